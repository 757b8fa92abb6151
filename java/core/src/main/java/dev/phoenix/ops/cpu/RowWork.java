package dev.phoenix.ops.cpu;

/** Work on independent rows, which is split into ranges of rows. */
abstract class RowWork implements Team.Work {
  private static final int FEWEST_ROWS = 8;

  private final Team team;
  private int rows;
  private int run;

  RowWork(Team team) {
    this.team = team;
  }

  /** Computes rows {@code from} to {@code to} (exclusive). */
  abstract void rows(int from, int to);

  /** Computes rows 0..count-1 on the threads of the team. */
  final void runRows(int count) {
    rows = count;
    run = Math.max(FEWEST_ROWS, (count + 2 * team.size() - 1) / (2 * team.size()));
    team.run(this, (count + run - 1) / run);
  }

  @Override
  public final void run(int part, int member) {
    rows(part * run, Math.min(rows, (part + 1) * run));
  }
}
