package dev.phoenix.checkpoint;

/** Element types of a numpy array that a checkpoint may hold. All are little-endian. */
public enum NpyType {
  FLOAT32("<f4", 4),
  FLOAT16("<f2", 2),
  FLOAT64("<f8", 8),
  /** Two bytes, the upper half of a float32. In numpy it is a void type of two bytes. */
  BFLOAT16("|V2", 2),
  INT8("|i1", 1),
  INT16("<i2", 2),
  INT32("<i4", 4),
  INT64("<i8", 8),
  UINT8("|u1", 1),
  UINT16("<u2", 2),
  UINT32("<u4", 4),
  UINT64("<u8", 8),
  BOOL("|b1", 1),
  /** UTF-32 of a fixed number of code points, padded with zeros; its item size varies. */
  UNICODE("<U", 4),
  /** A fixed number of bytes, padded with zeros, read as UTF-8; its item size varies. */
  BYTES("|S", 1),
  /** A pickled object array whose elements are all strings; it has no item size. */
  OBJECT_STRING("|O", 0);

  private final String descriptor;
  private final int bytes;

  NpyType(String descriptor, int bytes) {
    this.descriptor = descriptor;
    this.bytes = bytes;
  }

  /** The {@code descr} that numpy writes; for sized string types, the part before the size. */
  String descriptor() {
    return descriptor;
  }

  /** Bytes of an element, or of one unit of a string element. */
  int bytes() {
    return bytes;
  }

  boolean sized() {
    return this == UNICODE || this == BYTES;
  }

  boolean isFloat() {
    return this == FLOAT32 || this == FLOAT16 || this == FLOAT64 || this == BFLOAT16;
  }

  boolean isString() {
    return sized() || this == OBJECT_STRING;
  }
}
