package dev.phoenix.corpus;

import java.util.Collection;

/** Thrown if a request names a corpus that is not served. */
public final class UnknownCorpusException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** {@code name} is not one of {@code served}. */
  public UnknownCorpusException(String name, Collection<String> served) {
    super("expected a corpus of " + served + ", found '" + printable(name) + "'");
  }

  private static String printable(String name) {
    return name.codePoints()
        .limit(64)
        .map(c -> Character.isISOControl(c) ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
