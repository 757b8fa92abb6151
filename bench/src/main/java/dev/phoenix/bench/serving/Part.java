package dev.phoenix.bench.serving;

import java.util.Locale;

/** What is measured, in the order in which all of it is. */
enum Part {
  /** Added latency, throughput beside the backend's, JSON's share. */
  LATENCY,
  /** Twice the capacity. */
  OVERLOAD,
  /** Models swapped under load, and models that do not load. */
  RELOADS,
  /** Two instances restarted one after another under load. */
  ROLLOUT,
  /** Malformed requests over every wire. */
  MALFORMED;

  /** As commands and files spell it. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Measures; a rehearsal is short. */
  Findings run(boolean quick, Workplace place) throws Exception {
    return switch (this) {
      case LATENCY -> new Latency(quick).run(place);
      case OVERLOAD -> new Overload(quick).run(place);
      case RELOADS -> new Reloads(quick).run(place);
      case ROLLOUT -> new RollOut(quick).run(place);
      case MALFORMED -> new MalformedRequests(quick).run(place);
    };
  }
}
