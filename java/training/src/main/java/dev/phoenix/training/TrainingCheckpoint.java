package dev.phoenix.training;

import dev.phoenix.checkpoint.ConfigWriter;
import dev.phoenix.checkpoint.EmbeddingTablesWriter;
import dev.phoenix.checkpoint.NpyArray;
import dev.phoenix.checkpoint.NpyOutput;
import dev.phoenix.checkpoint.NpyType;
import dev.phoenix.checkpoint.NpzFile;
import dev.phoenix.checkpoint.NpzWriter;
import dev.phoenix.ops.Trainable;
import dev.phoenix.ops.TrainableTable;
import dev.phoenix.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The whole state of a training in one npz file: {@code counts} (seed, step, skipped steps), {@code
 * progress} (the caller's numbers), {@code notes} (the caller's texts, alternating names and
 * values), {@code config} (alternating names and values that must be equal on resumption), {@code
 * value:}, {@code mean:} and {@code square:} of every parameter, the combined {@code
 * embedding_table} and its {@code accumulators}.
 */
final class TrainingCheckpoint {
  private static final int BLOCK_ROWS = 4096;
  private static final int MAX_DIFFERENCES = 6;
  private static final ValueLayout.OfFloat FLOATS =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN);

  /** One tensor of every trainable and the prefix of its entries. */
  private record Kind(String prefix, Function<Trainable, Tensor> part) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind("value:", Trainable::value),
          new Kind("mean:", Trainable::firstMoment),
          new Kind("square:", Trainable::secondMoment));

  private TrainingCheckpoint() {}

  /** Writes {@code file} atomically: to a temporary file, which is forced to disk and renamed. */
  static void save(Path file, TrainingState state, long... progress) {
    try (NpzWriter writer = NpzWriter.create(file)) {
      writer.write("counts", new long[] {state.seed(), state.step(), state.skipped()}, 3);
      writer.write("progress", progress, progress.length);
      writeTexts(writer, "notes", state.notes());
      writeTexts(writer, "config", describe(state.config()));
      SequencedMap<String, long[]> shapes = state.parameters().shapes();
      for (Kind kind : KINDS) {
        state
            .parameters()
            .copy(kind.part())
            .forEach(
                (name, values) ->
                    writer.write(
                        kind.prefix() + name, values, shapes.getOrDefault(name, new long[0])));
      }
      writeTable(writer, state.table());
      writer.commit();
    }
  }

  private static void writeTable(NpzWriter writer, TrainableTable table) {
    float[] block = new float[BLOCK_ROWS * table.columns()];
    try (NpyOutput out =
        writer.begin("embedding_table", NpyType.FLOAT32, table.rows(), table.columns())) {
      for (int row = 0; row < table.rows(); row += BLOCK_ROWS) {
        int count = Math.min(BLOCK_ROWS, table.rows() - row);
        table.copyRows(row, count, block);
        out.write(block, 0, count * table.columns());
      }
    }
    float[] accumulators = new float[table.rows()];
    table.copyAccumulators(0, table.rows(), accumulators);
    writer.write("accumulators", accumulators, accumulators.length);
  }

  /**
   * Reads what {@link #save} wrote into a new state.
   *
   * @throws IllegalArgumentException if it was written with another configuration
   */
  static void load(Path file, TrainingState state) {
    try (NpzFile npz = NpzFile.open(file)) {
      npz.verifyChecksums();
      requireSame(file, readTexts(npz, "config"), describe(state.config()));
      for (Kind kind : KINDS) {
        state.parameters().set(kind.part(), name -> npz.get(kind.prefix() + name).toFloats());
      }
      readTable(npz, state.table());
      long[] counts = npz.get("counts").toLongs();
      state.resumeAt(counts[0], counts[1], counts[2], npz.get("progress").toLongs());
    }
  }

  private static void readTable(NpzFile npz, TrainableTable table) {
    NpyArray rows = npz.get("embedding_table");
    long[] expected = {table.rows(), table.columns()};
    if (!Arrays.equals(rows.shape(), expected)) {
      throw new IllegalArgumentException(
          "embedding_table: expected %s, found %s"
              .formatted(Arrays.toString(expected), Arrays.toString(rows.shape())));
    }
    MemorySegment data = rows.data();
    float[] block = new float[BLOCK_ROWS * table.columns()];
    for (int row = 0; row < table.rows(); row += BLOCK_ROWS) {
      int count = Math.min(BLOCK_ROWS, table.rows() - row);
      long at = (long) row * table.columns() * Float.BYTES;
      MemorySegment.copy(data, FLOATS, at, block, 0, count * table.columns());
      table.setRows(row, count, block);
    }
    table.setAccumulators(0, table.rows(), npz.get("accumulators").toFloats());
  }

  private static void writeTexts(
      NpzWriter writer, String entry, SequencedMap<String, String> texts) {
    List<String> inTurn = new ArrayList<>();
    texts.forEach(
        (name, value) -> {
          inTurn.add(name);
          inTurn.add(value);
        });
    if (!inTurn.isEmpty()) {
      writer.writeStrings(entry, inTurn, inTurn.size());
    }
  }

  private static SequencedMap<String, String> readTexts(NpzFile npz, String entry) {
    SequencedMap<String, String> texts = new LinkedHashMap<>();
    if (npz.contains(entry)) {
      NpyArray array = npz.get(entry);
      for (int i = 0; i + 1 < array.size(); i += 2) {
        texts.put(array.string(i), array.string(i + 1));
      }
    }
    return texts;
  }

  /** The caller's texts in {@code file}. */
  static SequencedMap<String, String> notes(Path file) {
    try (NpzFile npz = NpzFile.open(file)) {
      return readTexts(npz, "notes");
    }
  }

  private static void requireSame(
      Path file, SequencedMap<String, String> found, SequencedMap<String, String> expected) {
    List<String> differences = new ArrayList<>();
    expected.forEach(
        (name, value) -> {
          String other = found.getOrDefault(name, "none");
          if (!other.equals(value) && differences.size() < MAX_DIFFERENCES) {
            differences.add("%s %s instead of %s".formatted(name, other, value));
          }
        });
    if (!differences.isEmpty()) {
      throw new IllegalArgumentException(
          "%s: expected a training of the same model and loss, found %s"
              .formatted(file, String.join("; ", differences)));
    }
  }

  /** The settings that must be equal on resumption: the model and the losses. */
  private static SequencedMap<String, String> describe(TrainingConfig config) {
    SequencedMap<String, String> names = new LinkedHashMap<>();
    JsonNode model = JsonMapper.shared().readTree(ConfigWriter.json(config.model()));
    for (String key : model.propertyNames()) {
      // The trained outputs are derived from the data and do not affect the parameters.
      if (!key.startsWith("trained_")) {
        names.put(key, model.get(key).toString());
      }
    }
    names.put("retrieval loss", config.retrieval().toString());
    names.put("ranker loss", config.ranker().toString());
    return names;
  }

  /** Writes the published layout, each file atomically, the configuration last. */
  static void export(Path directory, TrainingState state) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(directory + " cannot be made", e);
    }
    SequencedMap<String, long[]> shapes = state.parameters().shapes();
    try (NpzWriter writer = NpzWriter.create(directory.resolve("model_params.npz"))) {
      state
          .parameters()
          .copy(Trainable::value)
          .forEach(
              (name, values) -> writer.write(name, values, shapes.getOrDefault(name, new long[0])));
      writer.commit();
    }
    EmbeddingTablesWriter.write(
        directory.resolve("embedding_tables.npz"),
        TrainingState.vocabulary(state.config().model()),
        state.table().columns(),
        state.table()::copyRows);
    ConfigWriter.write(directory.resolve("config.json"), state.config().model());
  }
}
