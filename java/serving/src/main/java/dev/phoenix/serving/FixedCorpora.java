package dev.phoenix.serving;

import dev.phoenix.corpus.Corpora;
import dev.phoenix.corpus.FixedCorpus;
import dev.phoenix.pipeline.Artifacts;
import java.util.List;

/** The corpus file of the artifacts, as it is. */
public final class FixedCorpora implements CorpusSource {
  /** The name of the corpus of the artifacts. */
  static final String DEFAULT_NAME = "default";

  /** Corpora that cannot be changed. */
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
