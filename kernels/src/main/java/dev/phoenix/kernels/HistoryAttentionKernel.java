package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.LaunchShape.Extent;
import dev.phoenix.device.LaunchTarget;
import org.jspecify.annotations.Nullable;

/**
 * Causal attention of history rows with the tanh logit cap, on ragged segments; caches keys and
 * values for {@link CandidateAttentionKernel}. Source: docs/model.md#4-transformer.
 */
public final class HistoryAttentionKernel {
  private static final int QUERIES = 64;
  private static final int THREADS = 128;
  private static final int MAX_SEGMENTS = 65535;

  private final AttentionHeads heads;
  private final Kernel kernel;

  /** The kernel for a head geometry, on the library's device. */
  public HistoryAttentionKernel(KernelLibrary library, AttentionHeads heads) {
    this.heads = heads;
    this.kernel = library.kernel("history_attention", "history_attention_" + heads.tile());
    kernel.reserveDynamicShared(heads.sharedBytes());
  }

  /**
   * A ragged batch.
   *
   * @param qkv [rows, (H + 2G) * K] bfloat16, every row queries | keys | values, queries and keys
   *     rotated
   * @param offsets [segments + 1] int32, ascending from 0: segment s owns rows {@code offsets[s]}
   *     to {@code offsets[s + 1]}, exclusive
   * @param rows of all segments
   * @param segments at most 65535
   * @param longest an upper bound of the rows of a segment
   */
  public record Batch(
      DeviceMemory qkv, DeviceMemory offsets, int rows, int segments, int longest) {}

  /**
   * Computes the attention of every row to the earlier rows of its segment and itself.
   *
   * @param out [rows, H * K] bfloat16
   * @param kept [2, G, rows, K] bfloat16, written: keys, then values, the rows of one head
   *     contiguous; null if no candidates follow
   * @throws IllegalArgumentException when an operand is too small or not aligned to 16 bytes
   */
  public void launch(
      LaunchTarget target, DeviceMemory out, @Nullable DeviceMemory kept, Batch batch) {
    Check.between("segments", batch.segments(), 0, MAX_SEGMENTS);
    Check.between("longest segment", batch.longest(), 0, batch.rows());
    Check.holds("out", out, ElementType.BF16, batch.rows(), heads.queryColumns());
    Check.holds("qkv", batch.qkv(), ElementType.BF16, batch.rows(), heads.fusedColumns());
    Check.holdsIntegers("offsets", batch.offsets(), batch.segments() + 1L);
    Check.beginsAligned("qkv", batch.qkv());
    KernelArguments.Builder arguments = KernelArguments.builder().pointer(out);
    if (kept == null) {
      arguments.nullPointer();
    } else {
      Check.holds("kept", kept, ElementType.BF16, heads.keptElements(batch.rows()));
      Check.beginsAligned("kept", kept);
      arguments.pointer(kept);
    }
    if (batch.segments() == 0 || batch.longest() == 0) {
      return;
    }
    target.launch(
        kernel,
        LaunchShape.of(
                Extent.of(
                    Math.ceilDiv(batch.longest(), QUERIES), heads.queryHeads(), batch.segments()),
                Extent.of(THREADS))
            .withDynamicShared(heads.sharedBytes()),
        arguments
            .pointer(batch.qkv())
            .pointer(batch.offsets())
            .i32(batch.rows())
            .i32(heads.queryHeads())
            .i32(heads.keyHeads())
            .i32(heads.headSize())
            .f32(heads.multiplier())
            .build());
  }
}
