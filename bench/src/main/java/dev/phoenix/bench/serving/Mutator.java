package dev.phoenix.bench.serving;

import java.util.Arrays;
import java.util.Random;

/** Makes malformed requests from valid ones: changes, cuts, repeats or randomizes bytes. */
final class Mutator {
  private static final byte[] TELLING = {-1, 0, 127, -128, '[', '{', '}', '-', '9', '"', '\\'};
  private static final int LONGEST = 1 << 16;

  private final Random random;

  Mutator(long seed) {
    this.random = new Random(seed);
  }

  /** A new malformed variant of {@code whole}. */
  byte[] next(byte[] whole) {
    byte[] bytes = whole.clone();
    for (int change = random.nextInt(4); change >= 0 && bytes.length > 1; change--) {
      bytes = changed(bytes);
    }
    return bytes;
  }

  private byte[] changed(byte[] bytes) {
    int at = random.nextInt(bytes.length);
    return switch (random.nextInt(6)) {
      case 0 -> with(bytes, at, (byte) random.nextInt());
      case 1 -> with(bytes, at, (byte) (bytes[at] ^ 1 << random.nextInt(8)));
      case 2 -> with(bytes, at, TELLING[random.nextInt(TELLING.length)]);
      case 3 -> Arrays.copyOf(bytes, at);
      case 4 -> repeated(bytes, at);
      default -> noise(bytes, at);
    };
  }

  private static byte[] with(byte[] bytes, int at, byte value) {
    bytes[at] = value;
    return bytes;
  }

  private static byte[] repeated(byte[] bytes, int at) {
    int more = Math.min(bytes.length - at, LONGEST - bytes.length);
    if (more <= 0) {
      return bytes;
    }
    byte[] longer = Arrays.copyOf(bytes, bytes.length + more);
    System.arraycopy(bytes, at, longer, bytes.length, more);
    return longer;
  }

  private byte[] noise(byte[] bytes, int at) {
    byte[] noise = new byte[bytes.length - at];
    random.nextBytes(noise);
    System.arraycopy(noise, 0, bytes, at, noise.length);
    return bytes;
  }
}
