package dev.phoenix.serving;

import dev.phoenix.corpus.Filter;
import java.util.List;

/**
 * Which posts a request may be given.
 *
 * @param corpora by name; none stand for the default one
 * @param filter of the posts' attributes
 */
public record CorpusChoice(List<String> corpora, Filter filter) {
  /** Every post of the default corpus. */
  public static final CorpusChoice DEFAULT = new CorpusChoice(List.of(), Filter.EVERY);

  /** Corpora of a request. */
  public static final int MAX_CORPORA = 64;

  public CorpusChoice {
    corpora = List.copyOf(corpora);
    RequestLimits.require("corpora", corpora.size(), MAX_CORPORA);
  }
}
