package dev.phoenix.corpus;

/** A corpus under a name, of which snapshots are taken. Any thread may call. */
public sealed interface SearchableCorpus extends AutoCloseable permits LiveCorpus, FixedCorpus {
  /** The name by which requests ask for it. */
  String name();

  /** The present state, to be closed by the caller. */
  Snapshot snapshot();

  /** What the corpus holds and has done. */
  CorpusStatistics statistics();

  /** Closes the files; snapshots stay until they are closed. Idempotent. */
  @Override
  void close();
}
