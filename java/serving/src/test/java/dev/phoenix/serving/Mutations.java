package dev.phoenix.serving;

import static org.junit.jupiter.api.Assertions.fail;

import dev.phoenix.testing.Seeds;
import java.util.Arrays;
import java.util.Random;

/**
 * Runs decoders on thousands of malformed requests: valid ones with bytes changed, cut, repeated
 * and inserted. {@code -Dphoenix.test.malformed=1000000} sets the number of each kind.
 */
public final class Mutations {
  private static final int COUNT = Integer.getInteger("phoenix.test.malformed", 2000);
  private static final long SECOND = 1_000_000_000L;

  private Mutations() {}

  /** Decodes one request. */
  @FunctionalInterface
  public interface Decoder {
    /** May throw a {@link Rejection} or an exception of the wire format's parser. */
    void decode(byte[] bytes) throws Exception;
  }

  /**
   * Runs {@code decoder} on mutations of {@code whole}; fails if it throws any other exception.
   *
   * @param wire the exception of the wire format's parser
   */
  public static void run(byte[] whole, Class<? extends Exception> wire, Decoder decoder) {
    Random random = Seeds.random("mutations " + wire.getSimpleName() + whole.length);
    for (int i = 0; i < COUNT; i++) {
      byte[] mutated = mutate(whole, random);
      long begin = System.nanoTime();
      try {
        decoder.decode(mutated);
      } catch (Exception refused) {
        boolean expected = refused instanceof Rejection || wire.isInstance(refused);
        if (!expected) {
          fail(Seeds.replay() + ": " + Arrays.toString(mutated), refused);
        }
      }
      if (System.nanoTime() - begin > 10 * SECOND) {
        fail(Seeds.replay() + ": ten seconds for one request");
      }
    }
  }

  private static byte[] mutate(byte[] whole, Random random) {
    byte[] bytes = whole.clone();
    int changes = 1 + random.nextInt(4);
    for (int change = 0; change < changes && bytes.length > 2; change++) {
      int at = random.nextInt(bytes.length - 1);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> bytes = Arrays.copyOf(bytes, at + 1);
        case 3 -> {
          int length = random.nextInt(bytes.length - at);
          byte[] longer = Arrays.copyOf(bytes, bytes.length + length);
          System.arraycopy(bytes, at, longer, bytes.length, length);
          bytes = longer;
        }
        default -> {
          byte[] interesting = {(byte) 0xFF, 0, 0x7F, (byte) 0x80, '[', '{', '-', '9', '"'};
          bytes[at] = interesting[random.nextInt(interesting.length)];
        }
      }
    }
    return bytes;
  }
}
