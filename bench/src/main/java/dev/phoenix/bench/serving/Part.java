package dev.phoenix.bench.serving;

import java.util.Locale;

/** The parts of the serving benchmark, in the order in which they run. */
enum Part {
  /** Added latency, throughput beside the backend's, JSON's share. */
  LATENCY,
  /** Twice the capacity. */
  OVERLOAD,
  /** Models swapped under load, and models that do not load. */
  RELOADS,
  /** Two instances restarted one after another under load. */
  ROLLOUT,
  /** Malformed requests over every protocol. */
  MALFORMED;

  /** The name in commands and file names. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Measures; {@code quick} shortens the run. */
  Findings run(boolean quick, ServerWorkspace workspace) throws Exception {
    return switch (this) {
      case LATENCY -> new Latency(quick).run(workspace);
      case OVERLOAD -> new Overload(quick).run(workspace);
      case RELOADS -> new Reloads(quick).run(workspace);
      case ROLLOUT -> new RollOut(quick).run(workspace);
      case MALFORMED -> new MalformedRequests(quick).run(workspace);
    };
  }
}
