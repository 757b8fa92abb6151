package dev.phoenix.corpus;

import org.jspecify.annotations.Nullable;

/**
 * The contents of a live corpus and its counters since it was opened.
 *
 * @param version number of the current state
 * @param posts live posts
 * @param segments segments that a search scans
 * @param looseRows rows that the next compaction moves or drops
 * @param puts posts added or replaced
 * @param removes posts removed
 * @param commits writes to the log; changes acknowledged together are one write
 * @param compactions completed compactions
 * @param failedCompactions failed compactions; the log keeps growing after a failure
 * @param logBytes bytes of the current log
 * @param refusal why changes are refused at present, for example by a full disk; null if they are
 *     not
 */
public record CorpusStatistics(
    long version,
    int posts,
    int segments,
    int looseRows,
    long puts,
    long removes,
    long commits,
    long compactions,
    long failedCompactions,
    long logBytes,
    @Nullable String refusal) {
  /** The same figures of a corpus that refuses changes. */
  CorpusStatistics refusing(String reason) {
    return new CorpusStatistics(
        version,
        posts,
        segments,
        looseRows,
        puts,
        removes,
        commits,
        compactions,
        failedCompactions,
        logBytes,
        reason);
  }
}
