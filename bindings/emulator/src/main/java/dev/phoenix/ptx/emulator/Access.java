package dev.phoenix.ptx.emulator;

/** Kind of memory access. */
enum Access {
  /** A plain load. */
  READ,
  /** A plain store. */
  WRITE,
  /** A volatile, relaxed or acquire load: does not race with other strong accesses. */
  STRONG_READ,
  /** A volatile, relaxed or release store. */
  STRONG_WRITE,
  /** An atomic read-modify-write. */
  ATOMIC,
  /** The start of an asynchronous copy: the bytes are written later. */
  COPY;

  boolean writes() {
    return this == WRITE || this == STRONG_WRITE || this == ATOMIC || this == COPY;
  }

  boolean reads() {
    return this == READ || this == STRONG_READ || this == ATOMIC;
  }

  boolean strong() {
    return this == STRONG_READ || this == STRONG_WRITE || this == ATOMIC;
  }
}
