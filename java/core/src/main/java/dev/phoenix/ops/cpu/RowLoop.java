package dev.phoenix.ops.cpu;

/** Runs a lambda over independent rows on several threads. */
final class RowLoop {
  /**
   * Rows of a chunk. Sums are kept per chunk, so that they do not depend on the number of threads.
   */
  static final int CHUNK = 64;

  private final Team team;

  RowLoop(Team team) {
    this.team = team;
  }

  /** The computation for rows {@code from} to {@code to} (exclusive). */
  @FunctionalInterface
  interface Body {
    void rows(int from, int to);
  }

  /** Runs {@code body} over rows 0..count-1 in ranges; any thread may take any range. */
  void run(int count, Body body) {
    int runs = Math.min((count + 7) / 8, 4 * team.size());
    team.run(
        (part, member) ->
            body.rows((int) ((long) count * part / runs), (int) ((long) count * (part + 1) / runs)),
        runs);
  }

  /** The number of chunks of {@code count} rows. */
  static int chunks(int count) {
    return (count + CHUNK - 1) / CHUNK;
  }

  /** Runs {@code body} over rows 0..count-1 in chunks of {@link #CHUNK}. */
  void runChunks(int count, Body body) {
    team.run(
        (part, member) -> body.rows(part * CHUNK, Math.min(count, (part + 1) * CHUNK)),
        chunks(count));
  }

  /** Runs parts 0..count-1 of {@code work}. */
  void runParts(int count, Team.Work work) {
    team.run(work, count);
  }

  int threads() {
    return team.size();
  }
}
