package dev.phoenix.feature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.NpzFile;
import dev.phoenix.checkpoint.Vocabulary;
import dev.phoenix.testing.ConfigText;
import dev.phoenix.testing.GoldenFiles;
import dev.phoenix.testing.Seeds;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HashFunctionsTest {
  private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(64);

  /** The golden hash parameters in the configuration of a small model. */
  private static HashFunctions golden() throws IOException {
    String hashes = Files.readString(GoldenFiles.path("components_hash_config.json")).strip();
    String rest = ConfigText.small().toString();
    String json = rest.substring(0, rest.length() - 1) + "," + hashes.substring(1);
    return HashFunctions.create(ModelConfig.parse(json, "components_hash_config.json"));
  }

  @Test
  void goldenIdsHashToTheirGoldenRows() throws IOException {
    HashFunctions hashes = golden();
    try (NpzFile file = GoldenFiles.open("components.npz")) {
      long[] ids = file.get("hash_ids").toLongs();
      int[] users = file.get("hash_user").toInts();
      int[] items = file.get("hash_item").toInts();
      int[] authors = file.get("hash_author").toInts();
      for (int i = 0; i < 2 * ids.length; i++) {
        long id = ids[i / 2];
        String what = "id " + Long.toUnsignedString(id);
        assertEquals(users[i], hashes.userRow(id, i % 2), what);
        assertEquals(items[i], hashes.itemRow(id, i % 2), what);
        assertEquals(authors[i], hashes.authorRow(id, i % 2), what);
      }
    }
  }

  @Test
  void idZeroIsRowZeroAndNoOtherIdIs() throws IOException {
    HashFunctions hashes = golden();
    assertEquals(0, hashes.userRow(0, 1));
    assertEquals(0, hashes.itemRow(0, 0));
    assertEquals(0, hashes.authorRow(0, 1));
    for (long id : new long[] {1, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
      assertEquals(true, hashes.userRow(id, 0) > Vocabulary.RESERVED_ROWS);
    }
  }

  /** The definition in exact arithmetic: wrap to 64 bits, two's complement, floor modulo. */
  private static long expected(long id, long scale, long bias, long modulus) {
    BigInteger wrapped =
        BigInteger.valueOf(id)
            .multiply(BigInteger.valueOf(scale))
            .add(BigInteger.valueOf(bias))
            .mod(TWO_TO_64);
    if (wrapped.testBit(63)) {
      wrapped = wrapped.subtract(TWO_TO_64);
    }
    return wrapped.mod(BigInteger.valueOf(modulus)).longValueExact();
  }

  @Test
  void hashesFollowExactArithmeticForAnyParameters() {
    Random random = Seeds.random("hashes");
    for (int round = 0; round < 40; round++) {
      long[] scales = random.longs(2).toArray();
      long[] biases = random.longs(2).toArray();
      long modulus = (random.nextLong() >>> (1 + random.nextInt(62))) + 1;
      int vocabulary = 2 + random.nextInt(1000);
      HashFunctions hashes = HashFunctions.create(config(scales, biases, modulus, vocabulary));
      for (int i = 0; i < 50; i++) {
        long id = random.nextLong() >>> random.nextInt(64);
        for (int j = 0; id != 0 && j < 2; j++) {
          long hash = expected(id, scales[j], biases[j], modulus) % (vocabulary - 1) + 1;
          assertEquals(65 + hash, hashes.userRow(id, j), Seeds.replay());
          assertEquals(65 + vocabulary + hash, hashes.itemRow(id, j), Seeds.replay());
          assertEquals(65 + 2L * vocabulary + hash, hashes.authorRow(id, j), Seeds.replay());
        }
      }
    }
  }

  private static ModelConfig config(long[] scales, long[] biases, long modulus, int vocabulary) {
    ConfigText hashes = ConfigText.empty();
    ConfigText config = ConfigText.small();
    for (String kind : new String[] {"user", "item", "author"}) {
      hashes.with(kind + "_hash_scales", Arrays.toString(scales));
      hashes.with(kind + "_biases", Arrays.toString(biases));
      hashes.with(kind + "_modulus", modulus);
      config.with(kind + "_vocab_size", vocabulary);
    }
    return config.with("hash_params", hashes).parse();
  }

  @Test
  void aConfigurationWithoutHashesIsRefusedByName() {
    ConfigText bare = ConfigText.small();
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> HashFunctions.create(bare.parse()));
    assertEquals("the configuration has no hash_params", e.getMessage());
  }
}
