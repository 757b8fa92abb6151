package dev.phoenix.serving;

/** Tells the time that deadlines are given in. Tests have one that they move themselves. */
@FunctionalInterface
interface Ticker {
  /** The clock of {@link System#nanoTime}. */
  Ticker SYSTEM = System::nanoTime;

  /** Nanoseconds since a moment that is the same for every call. */
  long nanos();
}
