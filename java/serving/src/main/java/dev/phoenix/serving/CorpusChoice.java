package dev.phoenix.serving;

import dev.phoenix.corpus.Filter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which posts a request may be given.
 *
 * @param corpora by name; none stand for the default one
 * @param filter of the posts' attributes
 */
public record CorpusChoice(List<String> corpora, Filter filter) {
  /** Every post of the default corpus. */
  public static final CorpusChoice DEFAULT = new CorpusChoice(List.of(), Filter.EVERY);

  private static final String FORM = "corpora=a,b;all=1;any=2;none=4, any of them left out";
  private static final int MOST_CHARACTERS = 8192;

  /** Corpora of a request. */
  public static final int MOST_CORPORA = 64;

  public CorpusChoice {
    corpora = List.copyOf(corpora);
    RequestLimits.require("corpora", corpora.size(), MOST_CORPORA);
  }

  /**
   * A choice as text, for callers whose messages have no place for one: {@code
   * corpora=a,b;all=1;any=2;none=4}, any of them left out; bits as decimal or 0x-hexadecimal
   * numbers of 64 bits without a sign. An empty text stands for {@link #DEFAULT}.
   *
   * @throws Rejection if it is of another form
   */
  public static CorpusChoice parse(String text) {
    RequestLimits.require("characters that choose posts", text.length(), MOST_CHARACTERS);
    List<String> corpora = List.of();
    long all = 0;
    long any = 0;
    long none = 0;
    Set<String> seen = new HashSet<>();
    for (String item : text.isBlank() ? new String[0] : text.split(";", -1)) {
      int equals = item.indexOf('=');
      String key = item.substring(0, Math.max(0, equals)).strip();
      String value = item.substring(equals + 1).strip();
      if (!seen.add(key) || value.isEmpty()) {
        throw malformed();
      }
      switch (key) {
        case "corpora" -> corpora = List.of(value.split("\\s*,\\s*", -1));
        case "all" -> all = bits(value);
        case "any" -> any = bits(value);
        case "none" -> none = bits(value);
        default -> throw malformed();
      }
    }
    return new CorpusChoice(corpora, new Filter(all, any, none));
  }

  private static long bits(String value) {
    try {
      return value.startsWith("0x")
          ? Long.parseUnsignedLong(value.substring(2), 16)
          : Long.parseUnsignedLong(value);
    } catch (NumberFormatException wrong) {
      throw malformed();
    }
  }

  private static Rejection malformed() {
    return new Rejection(
        Rejection.Reason.INVALID, "the choice of posts: expected " + FORM + ", found another form");
  }
}
