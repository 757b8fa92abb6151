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
 * Attention of candidate rows to the cached keys and values of their request's history and to
 * themselves. A candidate's result is bitwise independent of the other candidates. Source:
 * docs/model.md#4-transformer.
 */
public final class CandidateAttentionKernel {
  private static final int PACKED_ROWS = 64;
  private static final int THREADS = 128;
  private static final int MAX_REQUESTS = 65535;

  private final AttentionHeads heads;
  private final Kernel kernel;

  /** The kernel for a head geometry, on the library's device. */
  public CandidateAttentionKernel(KernelLibrary library, AttentionHeads heads) {
    this.heads = heads;
    this.kernel = library.kernel("candidate_attention", "candidate_attention_" + heads.tile());
    kernel.reserveDynamicShared(heads.sharedBytes());
  }

  /**
   * The candidates of a batch of requests.
   *
   * @param qkv [rows, (H + 2G) * K] bfloat16, every row queries | keys | values, queries and keys
   *     rotated
   * @param offsets [requests + 1] int32, ascending from 0: request r owns rows {@code offsets[r]}
   *     to {@code offsets[r + 1]}, exclusive
   * @param seesItself [rows] bytes, 0 for a padding candidate, which attends to itself only if its
   *     request has no history; null: all candidates attend to themselves
   * @param rows of all requests
   * @param most an upper bound of the rows of a request
   */
  public record Candidates(
      DeviceMemory qkv,
      DeviceMemory offsets,
      @Nullable DeviceMemory seesItself,
      int rows,
      int most) {}

  /**
   * The history of the same requests.
   *
   * @param kept [2, G, rows, K] bfloat16 from {@link HistoryAttentionKernel}
   * @param offsets [requests + 1] int32
   * @param rows of all requests
   * @param requests at most 65535
   */
  public record History(DeviceMemory kept, DeviceMemory offsets, int rows, int requests) {}

  /**
   * Attends every candidate to the history of its request and to itself.
   *
   * @param out [candidate rows, H * K] bfloat16
   * @throws IllegalArgumentException when an operand is too small or not aligned to 16 bytes
   */
  public void launch(
      LaunchTarget target, DeviceMemory out, Candidates candidates, History history) {
    check(out, candidates, history);
    if (history.requests() == 0 || candidates.most() == 0) {
      return;
    }
    KernelArguments.Builder arguments =
        KernelArguments.builder()
            .pointer(out)
            .pointer(candidates.qkv())
            .pointer(history.kept())
            .pointer(history.offsets())
            .pointer(candidates.offsets());
    DeviceMemory seesItself = candidates.seesItself();
    if (seesItself == null) {
      arguments.nullPointer();
    } else {
      Check.holdsBytes("seesItself", seesItself, candidates.rows(), "[" + candidates.rows() + "]");
      arguments.pointer(seesItself);
    }
    int packed = Math.multiplyExact(candidates.most(), heads.group());
    target.launch(
        kernel,
        LaunchShape.of(
                Extent.of(Math.ceilDiv(packed, PACKED_ROWS), heads.keyHeads(), history.requests()),
                Extent.of(THREADS))
            .withDynamicShared(heads.sharedBytes()),
        arguments
            .i32(history.rows())
            .i32(heads.queryHeads())
            .i32(heads.keyHeads())
            .i32(heads.headSize())
            .f32(heads.multiplier())
            .build());
  }

  private void check(DeviceMemory out, Candidates candidates, History history) {
    Check.between("requests", history.requests(), 0, MAX_REQUESTS);
    Check.between("most candidates of a request", candidates.most(), 0, candidates.rows());
    Check.holds("out", out, ElementType.BF16, candidates.rows(), heads.queryColumns());
    Check.holds("qkv", candidates.qkv(), ElementType.BF16, candidates.rows(), heads.fusedColumns());
    Check.holds("kept", history.kept(), ElementType.BF16, heads.keptElements(history.rows()));
    Check.holdsIntegers("history offsets", history.offsets(), history.requests() + 1L);
    Check.holdsIntegers("candidate offsets", candidates.offsets(), history.requests() + 1L);
    Check.beginsAligned("qkv", candidates.qkv());
    Check.beginsAligned("kept", history.kept());
  }
}
