package dev.phoenix.ops.cpu;

/** Loops over rows that need nothing of each other, for work that is not worth a class. */
final class RowLoop {
  /** Rows whose sums are kept apart: cut by the rows alone, so that sums do not hang on threads. */
  static final int CHUNK = 64;

  private final Team team;

  RowLoop(Team team) {
    this.team = team;
  }

  /** What is done with rows {@code from} to {@code to} (exclusive). */
  @FunctionalInterface
  interface Body {
    void rows(int from, int to);
  }

  /** Rows 0..count-1 in runs, any thread any run. */
  void run(int count, Body body) {
    int runs = Math.min((count + 7) / 8, 4 * team.size());
    team.run(
        (part, member) ->
            body.rows((int) ((long) count * part / runs), (int) ((long) count * (part + 1) / runs)),
        runs);
  }

  /** How many chunks {@code count} rows have. */
  static int chunks(int count) {
    return (count + CHUNK - 1) / CHUNK;
  }

  /** Rows 0..count-1 in chunks of {@link #CHUNK}. */
  void runChunks(int count, Body body) {
    team.run(
        (part, member) -> body.rows(part * CHUNK, Math.min(count, (part + 1) * CHUNK)),
        chunks(count));
  }

  /** Parts 0..count-1. */
  void runParts(int count, Team.Work work) {
    team.run(work, count);
  }

  int threads() {
    return team.size();
  }
}
