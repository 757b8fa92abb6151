package dev.phoenix.ops;

import dev.phoenix.tensor.Shape;

/** A corpus [N, D] in the form its backend scans fastest. Made by {@link Ops#corpusIndex}. */
public interface CorpusIndex {
  /** [N, D]. */
  Shape shape();

  /**
   * How the scanned copy is held. A bfloat16 copy only narrows the search: what it leaves is scored
   * again in float32, so results are those of a float32 scan.
   */
  Precision held();
}
