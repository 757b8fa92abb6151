package dev.phoenix.corpus;

import dev.phoenix.checkpoint.CheckpointException;
import dev.phoenix.checkpoint.EmbeddingTables;
import dev.phoenix.feature.HashedCandidates;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.model.PostTower;
import dev.phoenix.ops.Ops;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Encodes posts with the candidate tower and the embedding tables of a retrieval model. It needs
 * separate operations, because those of a server are used by requests. Not thread-safe.
 */
public final class TowerEncoder implements PostEncoder, AutoCloseable {
  /** Posts of one pass: enough to fill the matmul tiles, few enough to fit in the cache. */
  private static final int PASS = 512;

  /** The last bytes of an archive, which contain its directory with a checksum per array. */
  private static final int DIRECTORY_BYTES = 1 << 16;

  private final Closer parts;
  private final PostTower tower;
  private final EmbeddingTables tables;
  private final String fingerprint;

  private TowerEncoder(Closer parts, PostTower tower, EmbeddingTables tables, String fingerprint) {
    this.parts = parts;
    this.tower = tower;
    this.tables = tables;
    this.fingerprint = fingerprint;
  }

  /**
   * Opens the encoder of the retrieval model in {@code directory}, which computes with {@code ops}.
   */
  public static TowerEncoder open(Ops ops, Path directory) {
    return Closer.open(
        parts -> {
          PostTower tower = parts.own(PostTower.load(ops, directory));
          Path file = directory.resolve("embedding_tables.npz");
          EmbeddingTables tables = parts.own(EmbeddingTables.open(file, tower.config()));
          return new TowerEncoder(parts, tower, tables, fingerprint(directory));
        });
  }

  /**
   * The fingerprint of the tower in {@code directory}: a hash of the configuration and of the
   * checksums of all arrays.
   */
  public static String fingerprint(Path directory) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String file : new String[] {"config.json", "model_params.npz", "embedding_tables.npz"}) {
        digest.update(lastBytes(directory.resolve(file)));
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static byte[] lastBytes(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      long size = channel.size();
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(size, DIRECTORY_BYTES));
      long from = size - bytes.capacity();
      int read = 0;
      while (read >= 0 && bytes.hasRemaining()) {
        read = channel.read(bytes, from + bytes.position());
      }
      return bytes.array();
    } catch (IOException e) {
      throw new CheckpointException(file + " cannot be read: " + e, e);
    }
  }

  @Override
  public int dimension() {
    return tower.config().embSize();
  }

  @Override
  public String fingerprint() {
    return fingerprint;
  }

  @Override
  public void encode(float[] out, long[] postIds, long[] authorIds) {
    for (int from = 0; from < postIds.length; from += PASS) {
      int to = Math.min(postIds.length, from + PASS);
      tower.encode(
          out,
          from * dimension(),
          HashedCandidates.create(
              tower.config(),
              tables,
              Arrays.copyOfRange(postIds, from, to),
              Arrays.copyOfRange(authorIds, from, to)));
    }
  }

  /** Closes the tower and unmaps the tables; the operations stay open. */
  @Override
  public void close() {
    parts.close();
  }
}
