package dev.phoenix.bench.gpu;

/** What is aimed at beside a peer. */
final class Goals {
  private static final double MINI = 5;
  private static final double PRODUCTION = 1.3;
  private static final double ATTENTION = 2;
  private static final double SCAN = 3;

  private Goals() {}

  /** A figure that has peers, with the ratio to the fastest as its goal, unless it has another. */
  static Figure withRatio(Figure figure) {
    double wanted =
        switch (figure.part()) {
          case MINI -> MINI;
          case PRODUCTION -> PRODUCTION;
          case ATTENTION -> ATTENTION;
          case TOPK -> SCAN;
          default -> 0;
        };
    double found =
        figure.bestPeer().map(Figure.PeerFigure::medianSeconds).orElse(Double.NaN)
            / figure.timing().medianSeconds();
    if (wanted == 0 || figure.goal() != null) {
      return figure;
    }
    return figure.withGoal(new Figure.Goal("x the fastest peer", wanted, found));
  }
}
