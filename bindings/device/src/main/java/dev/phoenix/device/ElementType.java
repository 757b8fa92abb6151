package dev.phoenix.device;

/** The element types of a matrix product. */
public enum ElementType {
  /** IEEE binary32. */
  F32(4),
  /** bfloat16: the upper half of a binary32. */
  BF16(2);

  private final int byteSize;

  ElementType(int byteSize) {
    this.byteSize = byteSize;
  }

  /** Bytes per element. */
  public int byteSize() {
    return byteSize;
  }
}
