package dev.phoenix.corpus;

/** A named corpus that provides snapshots. Thread-safe. */
public sealed interface SearchableCorpus extends AutoCloseable permits LiveCorpus, FixedCorpus {
  /** The name used in requests. */
  String name();

  /** A snapshot of the current state, which the caller closes. */
  Snapshot snapshot();

  /** The contents and counters of the corpus. */
  CorpusStatistics statistics();

  /** Closes the files; open snapshots stay valid until they are closed. Idempotent. */
  @Override
  void close();
}
