package dev.phoenix.checkpoint;

import static dev.phoenix.checkpoint.TestFiles.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFilesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"ranker_mini", "ranker_gqa", "retrieval_mlp", "retrieval_meanpool"})
  void readsEveryGoldenModel(String name) {
    check(TestFiles.golden(name), name.startsWith("ranker"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ranker", "retrieval"})
  void readsTheDemo(String name) {
    check(TestFiles.demo(name), name.equals("ranker"));
  }

  private static void check(Path model, boolean ranker) {
    ParameterLayout layout = layout(model, ranker);
    ModelParameters parameters = ModelParameters.open(model.resolve("model_params.npz"), layout);
    layout
        .shapes()
        .forEach(
            (name, shape) -> {
              if (!layout.isOptional(name)) {
                long size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
                assertEquals(size, parameters.get(name).length, name);
              }
            });
  }

  private static ParameterLayout layout(Path model, boolean ranker) {
    ModelConfig config = ModelConfig.read(model.resolve("config.json"));
    return ranker ? ParameterLayout.ranker(config) : ParameterLayout.retrieval(config);
  }

  @Test
  void listsEverythingThatIsWrongWithParameters() {
    Path model = TestFiles.golden("retrieval_meanpool");
    assertRefused(
        () -> ModelParameters.open(model.resolve("model_params.npz"), layout(model, true)),
        "model_params.npz",
        "'phoenix_model/unembeddings' [64, 19] is missing",
        "'phoenix_retrieval_model/proj_mat_1' is not expected");
    Path other = TestFiles.golden("retrieval_mlp");
    assertRefused(
        () -> ModelParameters.open(model.resolve("model_params.npz"), layout(other, false)),
        "candidate_tower_projection_1' [512, 256] is missing",
        "proj_mat_1': expected floats [256, 128], found FLOAT32 [128, 64]",
        "'transformer/decoder_layer_1/rms_norm/scale' [128] is missing");
  }

  @Test
  void namesTheFirstValueThatIsNotFinite() {
    Path model = TestFiles.golden("retrieval_meanpool");
    Path copy = folder.resolve("model_params.npz");
    ParameterLayout layout = layout(model, false);
    try (NpzFile file = NpzFile.open(model.resolve("model_params.npz"));
        NpzWriter writer = NpzWriter.create(copy)) {
      for (String name : file.names()) {
        float[] values = file.get(name).toFloats();
        if (name.endsWith("proj_mat_3")) {
          values[77] = Float.NaN;
          values[99] = Float.POSITIVE_INFINITY;
        }
        writer.write(name, values, file.get(name).shape());
      }
      writer.write(ParameterLayout.LOG_TEMPERATURE, new float[] {-3f});
      writer.commit();
    }
    assertRefused(
        () -> ModelParameters.open(copy, layout), "proj_mat_3", "finite", "NaN at index 77");
  }

  @Test
  void readsTheOptionalTemperature() {
    Path model = TestFiles.golden("retrieval_meanpool");
    Path copy = folder.resolve("model_params.npz");
    try (NpzFile file = NpzFile.open(model.resolve("model_params.npz"));
        NpzWriter writer = NpzWriter.create(copy)) {
      for (String name : file.names()) {
        writer.writeBfloat16(name, file.get(name).toFloats(), file.get(name).shape());
      }
      writer.write(ParameterLayout.LOG_TEMPERATURE, new float[] {-3f});
      writer.commit();
    }
    ModelParameters parameters = ModelParameters.open(copy, layout(model, false));
    assertArrayEquals(new float[] {-3f}, parameters.get(ParameterLayout.LOG_TEMPERATURE));
    assertFalse(parameters.contains("b"));
    assertRefused(() -> parameters.get("b"), "'b'", "a parameter of this name");
  }

  @Test
  void copiesEmbeddingRows() {
    ModelConfig config = ModelConfig.read(TestFiles.demo("ranker/config.json"));
    Path npz = TestFiles.demo("ranker/embedding_tables.npz");
    try (EmbeddingTables tables = EmbeddingTables.open(npz, config);
        NpzFile file = NpzFile.open(npz)) {
      tables.verifyChecksums();
      int d = tables.dimension();
      String[] names = {"user_embeddings", "item_embeddings", "author_embeddings"};
      long row = Vocabulary.RESERVED_ROWS;
      float[] found = new float[d + 2];
      for (String name : names) {
        float[] table = file.get(name).toFloats();
        for (int i = 0; i < table.length / d; i++, row++) {
          tables.copyRow(row, found, 1);
          assertArrayEquals(
              Arrays.copyOfRange(table, i * d, (i + 1) * d), Arrays.copyOfRange(found, 1, d + 1));
        }
      }
      assertEquals(row, tables.vocabulary().combinedRows());
      Arrays.fill(found, 7f);
      tables.copyRow(64, found, 1);
      assertEquals(7f, found[0]);
      assertEquals(7f, found[d + 1]);
      assertArrayEquals(new float[d], Arrays.copyOfRange(found, 1, d + 1));
      assertEquals(450L * d * 4, tables.users().byteSize());
      assertEquals(1400L * d * 4, tables.items().byteSize());
      assertEquals(500L * d * 4, tables.authors().byteSize());
      IndexOutOfBoundsException e =
          assertThrows(IndexOutOfBoundsException.class, () -> tables.copyRow(2415, found, 0));
      assertEquals("expected a combined embedding row from 0 to 2414, found 2415", e.getMessage());
      assertThrows(IndexOutOfBoundsException.class, () -> tables.copyRow(-1, found, 0));
      assertThrows(IndexOutOfBoundsException.class, () -> tables.copyRow(70, found, 3));
    }
  }

  @Test
  void refusesTablesThatAreClosed() {
    ModelConfig config = ModelConfig.read(TestFiles.demo("ranker/config.json"));
    EmbeddingTables tables =
        EmbeddingTables.open(TestFiles.demo("ranker/embedding_tables.npz"), config);
    tables.close();
    tables.close();
    float[] row = new float[tables.dimension()];
    assertThrows(IllegalStateException.class, () -> tables.copyRow(70, row, 0));
  }

  @Test
  void refusesOtherTables() {
    ModelConfig ranker = ModelConfig.read(TestFiles.demo("ranker/config.json"));
    Path retrieval = TestFiles.demo("retrieval/embedding_tables.npz");
    assertRefused(
        () -> EmbeddingTables.open(retrieval, ranker), "embedding_tables.npz", "450", "500");
    ModelConfig narrow = ModelConfig.parse(ModelConfigTest.MINIMAL, "c");
    assertRefused(
        () -> EmbeddingTables.open(retrieval, narrow),
        "'user_embeddings'",
        "FLOAT32 [rows >= 2, 64] in C order",
        "[500, 128]");
    assertRefused(
        () -> EmbeddingTables.open(TestFiles.npy("types_stored.npz"), narrow), "'user_embeddings'");
  }

  @Test
  void countsTheProblemsBeyondFifty() {
    ParameterLayout layout = layout(TestFiles.golden("retrieval_meanpool"), false);
    for (int extra : new int[] {49, 50, 51}) {
      Path npz = folder.resolve("many.npz");
      try (NpzWriter writer = NpzWriter.create(npz)) {
        layout.shapes().forEach((name, shape) -> writer.write(name, zeros(shape), shape));
        for (int i = 0; i < extra; i++) {
          writer.write("extra" + i, new float[1], 1);
        }
        writer.commit();
      }
      CheckpointException refused =
          assertRefused(() -> ModelParameters.open(npz, layout), "'extra0' is not expected");
      String message = String.valueOf(refused.getMessage());
      assertEquals(extra > 50, message.endsWith("; and 1 more"), message);
    }
  }

  @Test
  void comparesTheChecksumsOfParameters() throws IOException {
    Path model = TestFiles.golden("retrieval_meanpool");
    String name = "phoenix_retrieval_model/proj_mat_1";
    RawZip zip = new RawZip();
    try (NpzFile file = NpzFile.open(model.resolve("model_params.npz"))) {
      for (String entry : file.names()) {
        NpyArray array = file.get(entry);
        byte[] header = NpyHeader.write(NpyType.FLOAT32, 4, array.shape());
        byte[] all = Arrays.copyOf(header, header.length + (int) array.data().byteSize());
        MemorySegment.ofArray(all).asSlice(header.length).copyFrom(array.data());
        zip.store(entry + ".npy", all).crc += entry.equals(name) ? 1 : 0;
      }
    }
    Path copy = Files.write(folder.resolve("model_params.npz"), zip.build());
    assertRefused(
        () -> ModelParameters.open(copy, layout(model, false)), name, "the file is corrupt");
  }

  @Test
  void parametersInMemoryAreThoseOfTheLayout() {
    ParameterLayout layout = layout(TestFiles.golden("retrieval_meanpool"), false);
    SequencedMap<String, float[]> values = new LinkedHashMap<>();
    layout.shapes().forEach((name, shape) -> values.put(name, zeros(shape)));
    values.remove(ParameterLayout.LOG_TEMPERATURE);
    ModelParameters parameters = ModelParameters.of("memory", layout, values);
    assertEquals(List.copyOf(values.keySet()), List.copyOf(parameters.names()));
    String name = parameters.names().getFirst();
    assertTrue(parameters.contains(name));
    assertEquals(values.get(name), parameters.get(name));
    values.put("b", new float[1]);
    assertRefused(() -> of(layout, values), "memory: entry 'b'", "no parameter of this name");
    values.remove("b");
    values.put(name, new float[3]);
    assertRefused(() -> of(layout, values), name, "values, found 3");
    values.remove(name);
    assertRefused(() -> of(layout, values), name, "values, found none");
  }

  private static void of(ParameterLayout layout, SequencedMap<String, float[]> values) {
    ModelParameters.of("memory", layout, values);
  }

  private static float[] zeros(long... shape) {
    return new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
  }
}
