package dev.phoenix.corpus;

/** The guarantee for a change when it is acknowledged. */
public enum Durability {
  /**
   * The change is on disk and survives a power loss. Changes that arrive during a write are written
   * together afterwards, so that many callers share one wait.
   */
  DISK,
  /**
   * The change is with the operating system: it survives a crash of the process but not of the
   * machine. After a power loss the log may be refused.
   */
  SYSTEM
}
