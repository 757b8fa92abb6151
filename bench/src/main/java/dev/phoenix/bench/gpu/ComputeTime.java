package dev.phoenix.bench.gpu;

/** The device's time for what a call computes, without copies from the host. */
final class ComputeTime {
  /** Buffers grow, plans and graphs are made, and then the same list comes again. */
  private static final int MOST_WARM_UPS = 8;

  private ComputeTime() {}

  /**
   * Times the graphs of a call.
   *
   * @throws IllegalStateException when the call does not settle on graphs
   */
  static Timing of(Session session, Runnable call) {
    Trace trace = session.device().trace();
    for (int i = 0; i < MOST_WARM_UPS; i++) {
      trace.restart();
      call.run();
      if (i > 0 && trace.isAllGraphs()) {
        return session.timer().warm(() -> trace.replay(session.timer().stream()));
      }
    }
    throw new IllegalStateException(
        "a call still runs outside of graphs after %d times".formatted(MOST_WARM_UPS));
  }
}
