package dev.phoenix.corpus;

import java.nio.file.Path;

/**
 * The inputs of a compaction.
 *
 * @param source the state at the start of log {@code number}; held until the compaction ends
 * @param number of the new base
 * @param target its file
 * @param dimension D
 */
record CompactionPlan(SegmentSet source, long number, Path target, int dimension) {
  Segments.Base write() {
    return new Compaction(source, dimension).write(target);
  }
}
