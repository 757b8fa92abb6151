package dev.phoenix.ops;

import dev.phoenix.tensor.Shape;

/** A corpus [N, D] in the form its backend scans fastest. Made by {@link Ops#corpusIndex}. */
public interface CorpusIndex {
  /** [N, D]. */
  Shape shape();

  /**
   * The precision of the scanned copy. A bfloat16 scan only selects entries, which are then scored
   * again in float32, so results equal those of a float32 scan.
   */
  Precision held();
}
