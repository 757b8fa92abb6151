package dev.phoenix.ops.cpu;

/**
 * Rows in an array: row r begins at {@code at + r * stride}. Mutable and reused by its thread, so
 * that inner loops neither allocate nor pass array, offset and stride separately.
 */
final class View {
  float[] values = new float[0];
  int at;
  int stride;

  View of(float[] newValues, int newAt, int newStride) {
    values = newValues;
    at = newAt;
    stride = newStride;
    return this;
  }
}
