package dev.phoenix.checkpoint;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Mutates valid files at random many thousand times: parsing must end quickly, and only with a
 * {@code CheckpointException}. The seed is printed; run again with {@code -Dphoenix.seed=...} to
 * see the same inputs.
 */
class MutationTest {
  private static final int ROUNDS = 20_000;
  private static final byte[] TELLING = {0, 1, (byte) 0xFF, 0x7F, (byte) 0x80, '(', ')', '\'', '9'};
  private static final long MAX_NANOS = 1_000_000_000L;

  @ParameterizedTest
  @EnumSource(ParserProbe.class)
  void onlyRefusalsComeOut(ParserProbe probe) {
    long seed = Long.getLong("phoenix.seed", 20260102);
    System.out.println("MutationTest " + probe + " seed " + seed);
    byte[][] files = valid(probe);
    for (byte[] file : files) {
      probe.read(file);
    }
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] input = mutate(files, random);
      long start = System.nanoTime();
      try {
        probe.probe(input);
      } catch (Throwable t) {
        throw new AssertionError(
            "round " + round + " of seed " + seed + ": " + HexFormat.of().formatHex(input), t);
      }
      long nanos = System.nanoTime() - start;
      int current = round;
      assertTrue(nanos < MAX_NANOS, () -> "round " + current + " took " + nanos + " ns");
    }
  }

  private static byte[] mutate(byte[][] files, Random random) {
    byte[] input = files[random.nextInt(files.length)].clone();
    for (int n = 1 + random.nextInt(4); n > 0; n--) {
      int at = random.nextInt(input.length);
      switch (random.nextInt(6)) {
        case 0 -> input[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> input[at] = (byte) random.nextInt(256);
        case 2 -> input[at] = TELLING[random.nextInt(TELLING.length)];
        case 3 -> input = Arrays.copyOf(input, Math.max(1, at));
        case 4 -> {
          int count = Math.min(input.length - at, 1 + random.nextInt(8));
          Arrays.fill(input, at, at + count, TELLING[random.nextInt(TELLING.length)]);
        }
        default -> {
          byte[] other = files[random.nextInt(files.length)];
          int from = random.nextInt(other.length);
          int count =
              Math.min(random.nextInt(64), Math.min(other.length - from, input.length - at));
          System.arraycopy(other, from, input, at, count);
        }
      }
    }
    return input;
  }

  static byte[][] valid(ParserProbe probe) {
    return switch (probe) {
      case ARCHIVE -> {
        RawZip zip = new RawZip();
        zip.store("a.npy", RawZip.zeros(3)).zip64 = true;
        zip.deflate("b/c.npy", RawZip.zeros(50));
        yield new byte[][] {
          zip.build(),
          TestFiles.bytes(TestFiles.npy("types_stored.npz")),
          TestFiles.bytes(TestFiles.npy("types_deflated.npz")),
          TestFiles.bytes(TestFiles.npy("bare.npy")),
          TestFiles.bytes(TestFiles.npy("grid.npy")),
          RawZip.npy("{'descr': '<U2', 'fortran_order': True, 'shape': (1, 2), }", new byte[16]),
        };
      }
      case PICKLE -> {
        byte[][] pickles = new byte[4][];
        for (int i = 0; i < 4; i++) {
          byte[] npy = TestFiles.bytes(TestFiles.npy("strings_" + (i + 2) + ".npy"));
          pickles[i] = Arrays.copyOfRange(npy, 128, npy.length);
        }
        yield pickles;
      }
      case CONFIG ->
          new byte[][] {
            ParserProbe.text(ModelConfigTest.MINIMAL),
            TestFiles.bytes(TestFiles.demo("ranker/config.json")),
            TestFiles.bytes(TestFiles.golden("ranker_gqa/config.json")),
          };
      case SEQUENCE -> new byte[][] {TestFiles.bytes(TestFiles.demo("example_sequence.json"))};
    };
  }
}
