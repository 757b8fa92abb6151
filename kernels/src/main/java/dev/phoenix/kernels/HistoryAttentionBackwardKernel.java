package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.LaunchShape.Extent;
import dev.phoenix.device.LaunchTarget;

/**
 * Gradients of {@link HistoryAttentionKernel}. Attention weights are recomputed tile by tile.
 * Source: docs/model.md#4-transformer and #9-training.
 */
public final class HistoryAttentionBackwardKernel {
  private static final int ROWS = 64;
  private static final int THREADS = 128;
  private static final int MAX_SEGMENTS = 65535;

  private final AttentionHeads heads;
  private final Kernel queries;
  private final Kernel keys;

  /**
   * The kernels for a head geometry, on the library's device.
   *
   * @throws IllegalArgumentException when heads are larger than {@link
   *     AttentionHeads#MAX_TRAINED_HEAD_SIZE}
   */
  public HistoryAttentionBackwardKernel(KernelLibrary library, AttentionHeads heads) {
    heads.requireTrained();
    this.heads = heads;
    String stem = "history_attention_backward";
    this.queries = library.kernel(stem, stem + "_query_" + heads.tile());
    this.keys = library.kernel(stem, stem + "_key_" + heads.tile());
    queries.reserveDynamicShared(heads.backwardSharedBytes());
    keys.reserveDynamicShared(heads.backwardSharedBytes());
  }

  /**
   * Gradient buffers.
   *
   * @param qkv [rows, (H + 2G) * K] float32, added to: queries | keys | values, as after rotation
   * @param stats [rows, H, 2] float32, scratch
   */
  public record Gradients(DeviceMemory qkv, DeviceMemory stats) {}

  /**
   * Adds the gradients of queries, keys and values.
   *
   * @param gradOut [rows, H * K] bfloat16
   * @param batch inputs of the forward pass
   * @throws IllegalArgumentException when an operand is too small or not aligned to 16 bytes
   */
  public void launch(
      LaunchTarget target,
      Gradients gradients,
      DeviceMemory gradOut,
      HistoryAttentionKernel.Batch batch) {
    check(gradients, gradOut, batch);
    if (batch.segments() == 0 || batch.longest() == 0) {
      return;
    }
    int packed = Math.multiplyExact(batch.longest(), heads.group());
    target.launch(queries, shape(packed, batch.segments()), arguments(gradients, gradOut, batch));
    target.launch(
        keys, shape(batch.longest(), batch.segments()), arguments(gradients, gradOut, batch));
  }

  private KernelArguments arguments(
      Gradients gradients, DeviceMemory gradOut, HistoryAttentionKernel.Batch batch) {
    return heads
        .arguments(
            KernelArguments.builder()
                .pointer(gradients.qkv())
                .pointer(gradients.stats())
                .pointer(gradOut)
                .pointer(batch.qkv())
                .pointer(batch.offsets()))
        .build();
  }

  private LaunchShape shape(int rows, int segments) {
    return LaunchShape.of(
            Extent.of(Math.ceilDiv(rows, ROWS), heads.keyHeads(), segments), Extent.of(THREADS))
        .withDynamicShared(heads.backwardSharedBytes());
  }

  private void check(
      Gradients gradients, DeviceMemory gradOut, HistoryAttentionKernel.Batch batch) {
    Check.between("segments", batch.segments(), 0, MAX_SEGMENTS);
    Check.between("longest segment", batch.longest(), 0, batch.rows());
    int fused = heads.fusedColumns();
    Check.holds("gradQkv", gradients.qkv(), ElementType.F32, batch.rows(), fused);
    Check.holds("stats", gradients.stats(), ElementType.F32, batch.rows(), heads.queryHeads(), 2);
    Check.holds("gradOut", gradOut, ElementType.BF16, batch.rows(), heads.queryColumns());
    Check.holds("qkv", batch.qkv(), ElementType.BF16, batch.rows(), fused);
    Check.holdsIntegers("offsets", batch.offsets(), batch.segments() + 1L);
    Check.beginsAligned("qkv", batch.qkv());
    Check.beginsAligned("gradOut", gradOut);
  }
}
