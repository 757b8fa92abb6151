package dev.phoenix.serving;

import dev.phoenix.corpus.Corpora;
import dev.phoenix.corpus.FixedCorpus;
import dev.phoenix.pipeline.Artifacts;
import java.util.List;

/** A source with the corpus file of the artifacts, which cannot change. */
public final class FixedCorpora implements CorpusSource {
  /** The name of the corpus of the artifacts. */
  static final String DEFAULT_NAME = "default";

  /** Creates a source of fixed corpora. */
  public FixedCorpora() {}

  private record Opened(Corpora corpora) implements Lease {
    @Override
    public void close() {
      corpora.close();
    }
  }

  @Override
  public Lease open(Artifacts artifacts, int dimension) {
    return new Opened(
        Corpora.of(List.of(FixedCorpus.open(DEFAULT_NAME, artifacts.corpus(), dimension))));
  }

  @Override
  public void close() {}
}
