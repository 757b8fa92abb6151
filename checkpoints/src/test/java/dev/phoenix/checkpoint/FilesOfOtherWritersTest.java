package dev.phoenix.checkpoint;

import static dev.phoenix.checkpoint.TestFiles.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Archives and configurations written by programs other than numpy.save. Files that numpy.load
 * reads are read; the error for any other file names its kind.
 */
class FilesOfOtherWritersTest {
  private static Path file(String name) {
    return TestFiles.npy("../cases").resolve(name);
  }

  @Test
  void typesOfOneByteMayHaveAByteOrder() {
    try (NpzFile bools = NpzFile.open(file("cnpy_b1.npz"));
        NpzFile signed = NpzFile.open(file("cnpy_bytes.npz"));
        NpzFile unsigned = NpzFile.open(file("cnpy_u1.npz"))) {
      assertArrayEquals(new boolean[] {true, false, true}, bools.get("b1").toBooleans());
      assertArrayEquals(new int[] {1, -2, 3}, signed.get("i1").toInts());
      assertArrayEquals(new int[] {1, 2, 255}, unsigned.get("u1").toInts());
    }
  }

  @Test
  void zerosMayBePackedAsWellAsDeflateCan() {
    try (NpzFile large = NpzFile.open(file("np_zeros_big.npz"));
        NpzFile streamed = NpzFile.open(file("np_streamc.npz"))) {
      assertArrayEquals(new long[] {3000, 1000}, large.get("a").shape());
      assertArrayEquals(new float[3_000_000], large.get("a").toFloats());
      assertArrayEquals(new long[] {2, 3}, streamed.get("a").shape());
      assertArrayEquals(new float[100_000], streamed.get("b").toFloats());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "zip_r_dirs.npz, transformer/decoder_layer_0/w",
    "js_jszip.npz, transformer/w",
    "js_fflate.npz, transformer/w",
    "java_zos_dirs.npz, transformer/w"
  })
  void foldersHaveEntriesOfTheirOwn(String name, String entry) {
    try (NpzFile file = NpzFile.open(file(name))) {
      assertEquals(List.of(entry), List.copyOf(file.names()));
      assertArrayEquals(new long[] {2, 3}, file.get(entry).shape());
      assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5}, file.get(entry).toFloats());
    }
  }

  @Test
  void anArrayIsToldByItsBytesWhereItsNameDoesNot() {
    RawZip zip = new RawZip();
    zip.store("readme.txt", "not an array".getBytes(StandardCharsets.UTF_8));
    zip.store("w", RawZip.zeros(2));
    try (NpzFile file = TestFiles.parse(zip.build())) {
      assertEquals(List.of("w"), List.copyOf(file.names()));
      assertArrayEquals(new float[2], file.get("w").toFloats());
    }
    zip.store("w.npy", RawZip.zeros(2));
    assertRefused(() -> TestFiles.parse(zip.build()), "'w'", "each array once");
  }

  @ParameterizedTest
  @ValueSource(strings = {"np_StringDType.npz", "np_obj_npstr.npz"})
  void topicsThatCannotBeReadAreNamedWithWhatToSave(String name) {
    assertRefused(
        () -> NpzFile.open(file(name)).close(), name, "'a'", "numpy", "save array.astype(str)");
  }

  @Test
  void filesOfOtherKindsAreNamed() {
    assertRefused(() -> NpzFile.open(file("lfs.npz")).close(), "Git LFS pointer", "git lfs pull");
    assertRefused(() -> NpzFile.open(file("gz.npz")).close(), "gzip file", "gunzip");
    assertRefused(() -> ModelConfig.read(file("c_lfs.json")), "c_lfs.json", "Git LFS pointer");
    assertRefused(() -> ModelConfig.read(file("gz.npz")), "JSON", "gzip file");
  }

  @Test
  void nullIsWhatIsNotSet() {
    ModelConfig heads = ModelConfig.read(file("c_null_kv.json"));
    assertEquals(2, heads.attention().numKvHeads());
    assertTrue(heads.sequence().rightAnchoredRope());
    ModelConfig defaults = ModelConfig.read(file("c_null_all_opt.json"));
    assertEquals(60, defaults.features().postAgeGranularityMins());
    assertEquals(2.0, defaults.transformer().wideningFactor());
    assertEquals(0.125, defaults.attention().attnOutputMultiplier());
    assertEquals(0, defaults.hashCounts().ip());
    assertEquals(30.0, defaults.features().normScale());
    assertEquals(200, defaults.retrieval().topK());
    assertTrue(defaults.retrieval().enableLinearProj());
  }

  @ParameterizedTest
  @CsvSource({
    "widening_factor, NaN",
    "norm_scale, Infinity",
    "attn_output_multiplier, -Infinity",
    "top_k, NaN"
  })
  void numbersThatAreNoneAreRefusedInOurWords(String key, String value) {
    String json =
        new String(TestFiles.bytes(file("c_null_all_opt.json")), StandardCharsets.UTF_8)
            .replace("\"" + key + "\": null", "\"" + key + "\": " + value);
    CheckpointException refused =
        assertRefused(() -> ModelConfig.parse(json, "config.json"), "$." + key, value);
    assertTrue(!String.valueOf(refused.getMessage()).contains("enable"), refused::toString);
  }

  @Test
  void aByteOrderMarkBeforeJsonIsRead() {
    String json = new String(TestFiles.bytes(file("c_null_kv.json")), StandardCharsets.UTF_8);
    byte[] marked = ("\uFEFF" + json).getBytes(StandardCharsets.UTF_8);
    JsonPlace root = JsonPlace.parse(marked, new Place("config.json", null));
    assertEquals(64, root.member("emb_size").integer(1, 100));
  }
}
