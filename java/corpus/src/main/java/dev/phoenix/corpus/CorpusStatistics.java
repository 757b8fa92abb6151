package dev.phoenix.corpus;

/**
 * What a live corpus holds and has done since it was opened.
 *
 * @param version counts its states
 * @param posts posts that can be found
 * @param segments segments that a search scans
 * @param looseRows rows that the next compaction moves or takes away
 * @param puts posts added or replaced
 * @param removes posts removed
 * @param commits writes to the log: what was acknowledged together is one
 * @param compactions bases written
 * @param failedCompactions compactions that failed; the log goes on growing meanwhile
 * @param logBytes bytes of the present log
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
    long logBytes) {}
