package dev.phoenix.ptx;

import java.util.Locale;

/** Where a variable lives (section State Spaces). */
public enum StateSpace {
  /** Registers. */
  REG,
  /** Device memory. */
  GLOBAL,
  /** Memory of a block. */
  SHARED,
  /** Memory of a thread. */
  LOCAL,
  /** Constant memory. */
  CONST,
  /** Parameters of a kernel or a function. */
  PARAM;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
