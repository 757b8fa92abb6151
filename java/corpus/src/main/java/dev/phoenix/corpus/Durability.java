package dev.phoenix.corpus;

/** Where a change has to be before it is acknowledged. */
public enum Durability {
  /**
   * On disk: survives the loss of power. Changes that arrive while the disk is busy go together
   * with the next write, so many writers share one wait.
   */
  DISK,
  /**
   * With the operating system: survives the end of the process, not of the machine. After a loss of
   * power the log may be refused.
   */
  SYSTEM
}
