package dev.phoenix.feature;

import java.util.Locale;

/**
 * Which posts a feed leaves out. Evaluation and serving share it, so that what is measured is what
 * is shown.
 */
public enum Exclusion {
  /** Posts of the user's history are not recommended again. */
  SEEN,
  /** Every post may be recommended. */
  NONE;

  /** The name as the command line and the reports spell it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return label();
  }
}
