package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.LaunchShape.Extent;
import dev.phoenix.device.LaunchTarget;

/**
 * Gradients of {@link CandidateAttentionKernel}. Attention weights are recomputed tile by tile.
 * Source: docs/model.md#4-transformer and #9-training.
 */
public final class CandidateAttentionBackwardKernel {
  private static final int ROWS = 64;
  private static final int THREADS = 128;
  private static final int MAX_REQUESTS = 65535;

  private final AttentionHeads heads;
  private final Kernel queries;
  private final Kernel keys;
  private final Kernel own;

  /**
   * The kernels for a head geometry, on the library's device.
   *
   * @throws IllegalArgumentException when heads are larger than {@link
   *     AttentionHeads#MAX_TRAINED_HEAD_SIZE}
   */
  public CandidateAttentionBackwardKernel(KernelLibrary library, AttentionHeads heads) {
    heads.requireTrained();
    this.heads = heads;
    String stem = "candidate_attention_backward";
    this.queries = library.kernel(stem, stem + "_query_" + heads.tile());
    this.keys = library.kernel(stem, stem + "_key_" + heads.tile());
    this.own = library.kernel(stem, stem + "_own");
    queries.reserveDynamicShared(heads.backwardSharedBytes());
    keys.reserveDynamicShared(heads.backwardSharedBytes());
  }

  /**
   * Gradient buffers.
   *
   * @param qkv [candidate rows, (H + 2G) * K] float32, added to: queries | keys | values, as after
   *     rotation
   * @param history float32 of the shape of {@link History#rows}, added to
   * @param stats [candidate rows, H, 2] float32, scratch
   * @param own [candidate rows, H, 2] float32, scratch
   */
  public record Gradients(
      DeviceMemory qkv, DeviceMemory history, DeviceMemory stats, DeviceMemory own) {}

  /**
   * Adds the gradients of queries, keys and values, and of the history's keys and values.
   *
   * @param gradOut [candidate rows, H * K] bfloat16
   * @param candidates inputs of the forward pass
   * @param history rows from which the key/value cache was written
   * @throws IllegalArgumentException when an operand is too small or not aligned to 16 bytes
   */
  public void launch(
      LaunchTarget target,
      Gradients gradients,
      DeviceMemory gradOut,
      CandidateAttentionKernel.Candidates candidates,
      History history) {
    check(gradients, gradOut, candidates, history);
    if (history.requests() == 0) {
      return;
    }
    if (candidates.most() > 0) {
      launchQueries(target, gradients, gradOut, candidates, history);
      launchOwn(target, gradients, gradOut, candidates);
    }
    if (history.longest() > 0) {
      KernelArguments.Builder arguments =
          KernelArguments.builder().pointer(gradients.history()).pointer(gradients.stats());
      target.launch(
          keys,
          shape(history.longest(), history.requests()),
          heads
              .arguments(
                  operands(arguments, gradOut, candidates, history)
                      .i32(history.size().columns())
                      .i32(history.firstKey()))
              .build());
    }
  }

  private void launchQueries(
      LaunchTarget target,
      Gradients gradients,
      DeviceMemory gradOut,
      CandidateAttentionKernel.Candidates candidates,
      History history) {
    KernelArguments.Builder arguments =
        KernelArguments.builder()
            .pointer(gradients.qkv())
            .pointer(gradients.stats())
            .pointer(gradients.own());
    arguments = operands(arguments, gradOut, candidates, history);
    DeviceMemory seesItself = candidates.seesItself();
    if (seesItself == null) {
      arguments.nullPointer();
    } else {
      arguments.pointer(seesItself);
    }
    int packed = Math.multiplyExact(candidates.most(), heads.group());
    target.launch(
        queries,
        shape(packed, history.requests()),
        heads.arguments(arguments.i32(history.size().columns()).i32(history.firstKey())).build());
  }

  /**
   * The history of the requests.
   *
   * @param rows [rows, columns] bfloat16: in every row keys | values begin at column {@code
   *     firstKey}, the keys rotated
   * @param size rows and columns
   * @param firstKey 0, or H * K if the queries precede the keys
   * @param offsets [requests + 1] int32
   * @param requests at most 65535
   * @param longest an upper bound of the rows of a request
   */
  public record History(
      DeviceMemory rows,
      MatrixSize size,
      int firstKey,
      DeviceMemory offsets,
      int requests,
      int longest) {}

  private static KernelArguments.Builder operands(
      KernelArguments.Builder arguments,
      DeviceMemory gradOut,
      CandidateAttentionKernel.Candidates candidates,
      History history) {
    return arguments
        .pointer(gradOut)
        .pointer(candidates.qkv())
        .pointer(history.rows())
        .pointer(history.offsets())
        .pointer(candidates.offsets());
  }

  private void launchOwn(
      LaunchTarget target,
      Gradients gradients,
      DeviceMemory gradOut,
      CandidateAttentionKernel.Candidates candidates) {
    int work = heads.keyHeads() * heads.headSize();
    target.launch(
        own,
        RowBlock.spreading(work).covering(candidates.rows(), work),
        KernelArguments.builder()
            .pointer(gradients.qkv())
            .pointer(gradients.own())
            .pointer(gradOut)
            .pointer(candidates.qkv())
            .i32(candidates.rows())
            .i32(heads.queryHeads())
            .i32(heads.keyHeads())
            .i32(heads.headSize())
            .build());
  }

  private LaunchShape shape(int rows, int requests) {
    return LaunchShape.of(
            Extent.of(Math.ceilDiv(rows, ROWS), heads.keyHeads(), requests), Extent.of(THREADS))
        .withDynamicShared(heads.backwardSharedBytes());
  }

  private void check(
      Gradients gradients,
      DeviceMemory gradOut,
      CandidateAttentionKernel.Candidates candidates,
      History history) {
    int rows = candidates.rows();
    Check.between("requests", history.requests(), 0, MAX_REQUESTS);
    Check.between("most candidates of a request", candidates.most(), 0, rows);
    MatrixSize size = history.size();
    Check.between("longest history", history.longest(), 0, size.rows());
    int firstKey = history.firstKey();
    int lastKey = size.columns() - 2 * heads.keyHeads() * heads.headSize();
    Check.between("first key column", firstKey, 0, lastKey);
    Check.holds("gradQkv", gradients.qkv(), ElementType.F32, rows, heads.fusedColumns());
    Check.holds("gradHistory", gradients.history(), ElementType.F32, size.rows(), size.columns());
    Check.holds("stats", gradients.stats(), ElementType.F32, rows, heads.queryHeads(), 2);
    Check.holds("own", gradients.own(), ElementType.F32, rows, heads.queryHeads(), 2);
    Check.holds("gradOut", gradOut, ElementType.BF16, rows, heads.queryColumns());
    Check.holds("qkv", candidates.qkv(), ElementType.BF16, rows, heads.fusedColumns());
    Check.holds("history", history.rows(), ElementType.BF16, size.rows(), size.columns());
    Check.holdsIntegers("history offsets", history.offsets(), history.requests() + 1L);
    Check.holdsIntegers("candidate offsets", candidates.offsets(), history.requests() + 1L);
    DeviceMemory seesItself = candidates.seesItself();
    if (seesItself != null) {
      Check.holdsBytes("seesItself", seesItself, rows, "[" + rows + "]");
    }
    Check.beginsAligned("qkv", candidates.qkv());
    Check.beginsAligned("gradOut", gradOut);
    Check.beginsAligned("history", history.rows());
  }
}
