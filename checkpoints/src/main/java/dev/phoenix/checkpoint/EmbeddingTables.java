package dev.phoenix.checkpoint;

import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The embedding tables of a model (users, items, authors, and IP ids if {@code ip_vocab_size} is
 * set), mapped from {@code embedding_tables.npz} and never copied to the heap
 * (docs/model.md#1-checkpoint-files and #2-hashing). Each is float32 [rows, D] in C order.
 *
 * <p>Reads may run on any thread until {@link #close()}; after it they throw {@link
 * IllegalStateException}.
 */
public final class EmbeddingTables implements AutoCloseable {
  private static final List<String> NAMES =
      List.of("user_embeddings", "item_embeddings", "author_embeddings");

  private static final String IP = "ip_embeddings";

  private final NpzFile file;
  private final Vocabulary vocabulary;
  private final int dimension;
  private final MemorySegment users;
  private final MemorySegment items;
  private final MemorySegment authors;
  private final MemorySegment ips;
  private final long ipStart;
  private final long itemStart;
  private final long authorStart;
  private final long end;

  private EmbeddingTables(NpzFile file, Vocabulary vocabulary, int dimension) {
    this.file = file;
    this.vocabulary = vocabulary;
    this.dimension = dimension;
    this.users = file.get(NAMES.get(0)).data();
    this.items = file.get(NAMES.get(1)).data();
    this.authors = file.get(NAMES.get(2)).data();
    this.ips = vocabulary.ip() > 0 ? file.get(IP).data() : MemorySegment.NULL;
    this.ipStart = vocabulary.ipStart();
    this.itemStart = vocabulary.itemStart();
    this.authorStart = vocabulary.authorStart();
    this.end = vocabulary.combinedRows();
  }

  /**
   * Maps the tables of the model that {@code config} describes. If it has no vocabulary, the row
   * counts are those of the tables.
   *
   * <p>All values are read once, in parallel, and checked to be finite.
   *
   * @throws CheckpointException if a table is missing, is not float32 in C order, does not have the
   *     configured shape, or has a NaN or infinite value
   */
  public static EmbeddingTables open(Path npz, ModelConfig config) {
    NpzFile file = NpzFile.open(npz);
    try {
      int[] rows = new int[NAMES.size()];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = rows(file.get(NAMES.get(i)), config.embSize());
      }
      NAMES.forEach(name -> FiniteRows.require(file.get(name), config.embSize()));
      Vocabulary found = new Vocabulary(rows[0], rows[1], rows[2], ipRows(file, config));
      Vocabulary expected = config.vocabulary().orElse(found);
      if (!expected.equals(found)) {
        throw file.place().refuse("tables of " + expected + " rows as in config.json", found);
      }
      warnOfOthers(file, Set.of(NAMES.get(0), NAMES.get(1), NAMES.get(2), IP));
      logIpHandling(file.place(), config, found);
      return new EmbeddingTables(file, found, config.embSize());
    } catch (RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  /** D, floats in a row. */
  public int dimension() {
    return dimension;
  }

  /** Row counts of the tables, and their offsets in the combined table. */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /**
   * Copies one row of the combined table, D floats, to {@code dst} at {@code dstOffset}. Rows 0 to
   * 64 are zeros. Allocates nothing.
   *
   * @throws IndexOutOfBoundsException if the row does not exist or {@code dst} is too short
   */
  public void copyRow(long combinedRow, float[] dst, int dstOffset) {
    if (combinedRow < 0 || combinedRow >= end) {
      throw new IndexOutOfBoundsException(
          "expected a combined embedding row from 0 to " + (end - 1) + ", found " + combinedRow);
    }
    if (combinedRow >= ipStart) {
      copy(ips, combinedRow - ipStart, dst, dstOffset);
    } else if (combinedRow >= authorStart) {
      copy(authors, combinedRow - authorStart, dst, dstOffset);
    } else if (combinedRow >= itemStart) {
      copy(items, combinedRow - itemStart, dst, dstOffset);
    } else if (combinedRow >= Vocabulary.RESERVED_ROWS) {
      copy(users, combinedRow - Vocabulary.RESERVED_ROWS, dst, dstOffset);
    } else {
      Arrays.fill(dst, dstOffset, dstOffset + dimension, 0f);
    }
  }

  /** float32 [UV, D], read-only, little-endian, possibly unaligned; valid until close. */
  public MemorySegment users() {
    return users;
  }

  /** float32 [IV, D], read-only, little-endian, possibly unaligned; valid until close. */
  public MemorySegment items() {
    return items;
  }

  /** float32 [AV, D], read-only, little-endian, possibly unaligned; valid until close. */
  public MemorySegment authors() {
    return authors;
  }

  /**
   * Reads the whole file and compares the checksums, which takes seconds for gigabytes.
   *
   * @throws CheckpointException if one differs
   */
  public void verifyChecksums() {
    file.verifyChecksums();
  }

  /** Unmaps the tables. Idempotent. */
  @Override
  public void close() {
    file.close();
  }

  /** Rows of the table of IP ids; 0 if the model has no IP hashes or the file has no such table. */
  private static int ipRows(NpzFile file, ModelConfig config) {
    boolean wanted = config.vocabulary().map(v -> v.ip() > 0).orElse(config.hashCounts().ip() > 0);
    if (!wanted || !file.contains(IP)) {
      return 0;
    }
    FiniteRows.require(file.get(IP), config.embSize());
    return rows(file.get(IP), config.embSize());
  }

  /** Logs how IP hashes are handled, once on opening, because scores depend on it. */
  private static void logIpHandling(Place place, ModelConfig config, Vocabulary found) {
    if (config.hashCounts().ip() == 0) {
      return;
    }
    boolean known =
        found.ip() > 0 && config.hashing().constants().flatMap(HashConfig::ip).isPresent();
    System.getLogger(EmbeddingTables.class.getName())
        .log(
            known ? Level.INFO : Level.WARNING,
            known
                ? "{0}: the model has {1} IP hashes; histories that name no user_ip_id are read"
                    + " without their term"
                : "{0}: the model has {1} IP hashes, but there is no ip_embeddings with"
                    + " ip_vocab_size and ip_hash_scales in config.json: their term is left out",
            place,
            config.hashCounts().ip());
  }

  /** Logs unknown entries, which later releases may use. */
  static void warnOfOthers(NpzFile file, Set<String> known) {
    for (String name : file.names()) {
      if (!known.contains(name)) {
        System.getLogger(EmbeddingTables.class.getName())
            .log(Level.WARNING, "{0}: unknown entry ignored", file.place().entry(name));
      }
    }
  }

  private void copy(MemorySegment table, long row, float[] dst, int dstOffset) {
    MemorySegment.copy(
        table, ByteCursor.F32, row * dimension * Float.BYTES, dst, dstOffset, dimension);
  }

  private static int rows(NpyArray table, int dimension) {
    long[] shape = table.shape();
    boolean shaped =
        shape.length == 2
            && shape[1] == dimension
            && shape[0] >= 2
            && shape[0] <= Integer.MAX_VALUE;
    if (table.type() != NpyType.FLOAT32 || table.fortranOrder() || !shaped) {
      throw table
          .place()
          .refuse(
              "FLOAT32 [rows >= 2, " + dimension + "] in C order",
              table.type()
                  + " "
                  + Arrays.toString(shape)
                  + (table.fortranOrder() ? " in Fortran order" : ""));
    }
    return (int) shape[0];
  }
}
