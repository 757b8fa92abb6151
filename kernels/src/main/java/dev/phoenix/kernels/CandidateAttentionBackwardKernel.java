package dev.phoenix.kernels;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.LaunchShape.Extent;
import dev.phoenix.device.Stream;

/**
 * Gradients of {@link CandidateAttentionKernel}, by computing attention again tile by tile. Source:
 * SPEC sections 4 and 9.
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
   * Where the gradients go.
   *
   * @param qkv [candidate rows, (H + 2G) * K] float32, written: queries | keys | values, as after
   *     rotation
   * @param kept [2, G, history rows, K] float32, written: those of the history's keys and values
   * @param stats [candidate rows, H, 2] float32, scratch
   * @param own [candidate rows, H, 2] float32, scratch
   */
  public record Gradients(
      DeviceMemory qkv, DeviceMemory kept, DeviceMemory stats, DeviceMemory own) {}

  /**
   * Finds the gradients of queries, keys and values, and of the history's keys and values.
   *
   * @param gradOut [candidate rows, H * K] bfloat16
   * @param candidates what the forward pass read
   * @param history likewise
   * @throws IllegalArgumentException when an operand is too small or not aligned to 16 bytes
   */
  public void launch(
      Stream stream,
      Gradients gradients,
      DeviceMemory gradOut,
      CandidateAttentionKernel.Candidates candidates,
      History history) {
    check(gradients, gradOut, candidates, history);
    CandidateAttentionKernel.History past = history.history();
    if (past.requests() == 0) {
      return;
    }
    if (candidates.most() > 0) {
      KernelArguments.Builder arguments =
          KernelArguments.builder()
              .pointer(gradients.qkv())
              .pointer(gradients.stats())
              .pointer(gradients.own());
      arguments = operands(arguments, gradOut, candidates, past);
      DeviceMemory seesItself = candidates.seesItself();
      if (seesItself == null) {
        arguments.nullPointer();
      } else {
        arguments.pointer(seesItself);
      }
      int packed = Math.multiplyExact(candidates.most(), heads.group());
      stream.launch(
          queries,
          shape(packed, past.requests()),
          heads.arguments(arguments.i32(past.rows())).build());
      launchOwn(stream, gradients, gradOut, candidates);
    }
    if (history.longest() > 0) {
      KernelArguments.Builder arguments =
          KernelArguments.builder().pointer(gradients.kept()).pointer(gradients.stats());
      stream.launch(
          keys,
          shape(history.longest(), past.requests()),
          heads.arguments(operands(arguments, gradOut, candidates, past).i32(past.rows())).build());
    }
  }

  /**
   * The history of the requests.
   *
   * @param history what the forward pass read
   * @param longest rows of the request that has most, or more
   */
  public record History(CandidateAttentionKernel.History history, int longest) {}

  private static KernelArguments.Builder operands(
      KernelArguments.Builder arguments,
      DeviceMemory gradOut,
      CandidateAttentionKernel.Candidates candidates,
      CandidateAttentionKernel.History past) {
    return arguments
        .pointer(gradOut)
        .pointer(candidates.qkv())
        .pointer(past.kept())
        .pointer(past.offsets())
        .pointer(candidates.offsets());
  }

  private void launchOwn(
      Stream stream,
      Gradients gradients,
      DeviceMemory gradOut,
      CandidateAttentionKernel.Candidates candidates) {
    int work = heads.keyHeads() * heads.headSize();
    stream.launch(
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
    CandidateAttentionKernel.History past = history.history();
    int rows = candidates.rows();
    Check.between("requests", past.requests(), 0, MAX_REQUESTS);
    Check.between("most candidates of a request", candidates.most(), 0, rows);
    Check.between("longest history", history.longest(), 0, past.rows());
    Check.holds("gradQkv", gradients.qkv(), ElementType.F32, rows, heads.fusedColumns());
    Check.holds("gradKept", gradients.kept(), ElementType.F32, heads.keptElements(past.rows()));
    Check.holds("stats", gradients.stats(), ElementType.F32, rows, heads.queryHeads(), 2);
    Check.holds("own", gradients.own(), ElementType.F32, rows, heads.queryHeads(), 2);
    Check.holds("gradOut", gradOut, ElementType.BF16, rows, heads.queryColumns());
    Check.holds("qkv", candidates.qkv(), ElementType.BF16, rows, heads.fusedColumns());
    Check.holds("kept", past.kept(), ElementType.BF16, heads.keptElements(past.rows()));
    Check.holdsIntegers("history offsets", past.offsets(), past.requests() + 1L);
    Check.holdsIntegers("candidate offsets", candidates.offsets(), past.requests() + 1L);
    DeviceMemory seesItself = candidates.seesItself();
    if (seesItself != null) {
      Check.holdsBytes("seesItself", seesItself, rows, "[" + rows + "]");
    }
    Check.beginsAligned("qkv", candidates.qkv());
    Check.beginsAligned("gradOut", gradOut);
    Check.beginsAligned("kept", past.kept());
  }
}
