package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.LaunchShape.Extent;
import dev.phoenix.device.LaunchTarget;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The K best scores u·c over a corpus for a batch of users, planned for one size. The corpus is
 * read once for all users of a block. Scores are float32 sums, in descending order, ties by lower
 * index, NaN last; scores of the whole corpus are never stored. Source: docs/model.md#6-retrieval.
 */
public final class TopKKernel {
  /** The largest K. */
  public static final int MAX_K = 2048;

  private static final int THREADS = 256;
  private static final int TILE_ENTRIES = 256;
  private static final int TILE_BYTES = TILE_ENTRIES * 128;
  private static final int STAGES = 2;
  private static final int USERS = 16;
  private static final int MERGE_THREADS = 1024;

  private final Size size;
  private final int usersPerBlock;
  private final int slices;
  private final int capacity;
  private final Kernel scan;
  private final Kernel merge;

  /**
   * The size of a scan.
   *
   * @param users B, number of users
   * @param entries N, entries of the corpus
   * @param columns D
   * @param k number of results, at most {@link #MAX_K}; may exceed N
   * @param corpusType float32 or bfloat16
   */
  public record Size(int users, int entries, int columns, int k, ElementType corpusType) {
    /** Checks the sizes. */
    public Size {
      Check.between("users", users, 1, USERS * 65535);
      Check.between("entries", entries, 1, Integer.MAX_VALUE - TILE_ENTRIES);
      Check.between("columns", columns, 1, Integer.MAX_VALUE / USERS);
      Check.between("k", k, 1, MAX_K);
    }
  }

  /** Plans a scan on the library's device. */
  public TopKKernel(KernelLibrary library, Size size) {
    this.size = size;
    this.usersPerBlock = size.users() == 1 ? 1 : USERS;
    this.capacity = Integer.highestOneBit(2 * (size.k() + MERGE_THREADS) - 1);
    int tiles = Math.ceilDiv(size.entries(), TILE_ENTRIES);
    String type = size.corpusType().toString().toLowerCase(Locale.ROOT);
    this.scan = library.kernel("top_k", "top_k_scan_" + type + "_" + usersPerBlock);
    this.merge = library.kernel("top_k_merge", "top_k_merge");
    scan.reserveDynamicShared(scanSharedBytes());
    int blocks =
        scan.maxActiveBlocks(THREADS, scanSharedBytes())
            * library.device().properties().multiprocessors();
    // As many blocks as can be resident at once, so that each has the longest list to select from.
    this.slices = Math.clamp(Math.ceilDiv(blocks, userGroups()), 1, tiles);
  }

  /**
   * The result.
   *
   * @param indices [users, K] int32; -1 after the last entry if K exceeds N
   * @param scores [users, K] float32; -infinity after the last entry
   */
  public record Result(DeviceMemory indices, DeviceMemory scores) {}

  /**
   * The corpus to scan.
   *
   * @param entries [N, D] of the planned type, aligned to 16 bytes
   * @param mask which entries may be retrieved; null: all
   */
  public record Corpus(DeviceMemory entries, @Nullable Mask mask) {}

  /**
   * A mask: bit i % 32 of word i / 32 is set where entry i may be retrieved. A masked entry scores
   * -1e12.
   *
   * @param words 32-bit words, little-endian: N / 32 rounded up for each mask
   * @param wordsPerUser words from one user's mask to the next; 0: one mask for all users
   */
  public record Mask(DeviceMemory words, int wordsPerUser) {}

  /** Bytes of scratch memory that {@link #launch} needs. */
  public long workspaceBytes() {
    return (long) size.users() * slices * (capacity * (long) Long.BYTES + Integer.BYTES);
  }

  /**
   * Scans the corpus once for all users.
   *
   * @param users [users, D] float32
   * @param workspace {@link #workspaceBytes} bytes, unused once the launch has completed
   * @throws IllegalArgumentException when an operand is too small or not aligned
   */
  public void launch(
      LaunchTarget target,
      Result result,
      DeviceMemory users,
      Corpus corpus,
      DeviceMemory workspace) {
    check(result, users, corpus, workspace);
    long listBytes = (long) size.users() * slices * capacity * Long.BYTES;
    DeviceMemory candidates = workspace.slice(0, listBytes);
    DeviceMemory counts = workspace.slice(listBytes, (long) size.users() * slices * Integer.BYTES);
    launchScan(target, candidates, counts, users, corpus);
    target.launch(
        merge,
        LaunchShape.of(size.users(), MERGE_THREADS).withDynamicShared(capacity * Long.BYTES),
        KernelArguments.builder()
            .pointer(result.indices())
            .pointer(result.scores())
            .pointer(candidates)
            .pointer(counts)
            .i32(slices)
            .i32(capacity)
            .i32(size.k())
            .i32(capacity)
            .build());
  }

  /** Writes the best of every slice of the corpus to {@code candidates}. */
  private void launchScan(
      LaunchTarget target,
      DeviceMemory candidates,
      DeviceMemory counts,
      DeviceMemory users,
      Corpus corpus) {
    KernelArguments.Builder arguments =
        KernelArguments.builder()
            .pointer(candidates)
            .pointer(counts)
            .pointer(users)
            .pointer(corpus.entries());
    Mask mask = corpus.mask();
    if (mask == null) {
      arguments.nullPointer().i32(0);
    } else {
      arguments.pointer(mask.words()).i32(mask.wordsPerUser());
    }
    target.launch(
        scan,
        LaunchShape.of(Extent.of(slices, userGroups()), Extent.of(THREADS))
            .withDynamicShared(scanSharedBytes()),
        arguments
            .i32(size.users())
            .i32(size.entries())
            .i32(size.columns())
            .i32(size.k())
            .i32(capacity)
            .build());
  }

  private void check(Result result, DeviceMemory users, Corpus corpus, DeviceMemory workspace) {
    Check.holdsIntegers("indices", result.indices(), size.users(), size.k());
    Check.holds("scores", result.scores(), ElementType.F32, size.users(), size.k());
    Check.holds("users", users, ElementType.F32, size.users(), size.columns());
    Check.holds("corpus", corpus.entries(), size.corpusType(), size.entries(), size.columns());
    Check.beginsAligned("corpus", corpus.entries());
    Check.holdsBytes("workspace", workspace, workspaceBytes(), "bytes");
    Mask mask = corpus.mask();
    if (mask != null) {
      int words = Math.ceilDiv(size.entries(), Integer.SIZE);
      Check.between("mask words per user", mask.wordsPerUser(), 0, Integer.MAX_VALUE);
      Check.holdsIntegers("mask", mask.words(), (size.users() - 1L) * mask.wordsPerUser() + words);
    }
  }

  private int userGroups() {
    return Math.ceilDiv(size.users(), usersPerBlock);
  }

  private int scanSharedBytes() {
    int columns = TILE_BYTES / TILE_ENTRIES / size.corpusType().byteSize();
    int stage = TILE_BYTES + usersPerBlock * columns * Float.BYTES;
    return STAGES * stage + capacity * Long.BYTES;
  }
}
