package dev.phoenix.parity;

import dev.phoenix.checkpoint.NpzFile;
import java.nio.file.Path;

/** The reference's outputs in both precisions. */
record Expected(NpzFile float32, NpzFile bfloat16) implements AutoCloseable {
  static Expected open(Path folder) {
    NpzFile float32 = NpzFile.open(folder.resolve("expected_float32.npz"));
    try {
      return new Expected(float32, NpzFile.open(folder.resolve("expected_bfloat16.npz")));
    } catch (RuntimeException failed) {
      float32.close();
      throw failed;
    }
  }

  float[] floats(String tensor) {
    return float32.get(tensor).toFloats();
  }

  float[] roundedFloats(String tensor) {
    return bfloat16.get(tensor).toFloats();
  }

  int[] ints(String tensor) {
    return float32.get(tensor).toInts();
  }

  @Override
  public void close() {
    bfloat16.close();
    float32.close();
  }
}
