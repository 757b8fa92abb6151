package dev.phoenix.serving;

import dev.phoenix.corpus.Filter;
import java.util.List;

/**
 * The posts that a request may retrieve.
 *
 * @param corpora the names of corpora; empty for the default one
 * @param filter the filter of the posts' attributes
 */
public record CorpusChoice(List<String> corpora, Filter filter) {
  /** Every post of the default corpus. */
  public static final CorpusChoice DEFAULT = new CorpusChoice(List.of(), Filter.EVERY);

  /** The maximum number of corpora of a request. */
  public static final int MAX_CORPORA = 64;

  public CorpusChoice {
    corpora = List.copyOf(corpora);
    RequestLimits.require("corpora", corpora.size(), MAX_CORPORA);
  }
}
