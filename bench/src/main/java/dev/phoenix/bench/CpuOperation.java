package dev.phoenix.bench;

/**
 * The operations of {@link dev.phoenix.ops.Ops}, each as one call on an {@link OperationOperands}.
 */
public enum CpuOperation {
  /** Gathers rows of an input. */
  GATHER,
  /** A matrix product. */
  MATMUL,
  /** Adds rows of a table. */
  ADD_ROWS,
  /** Copies selected rows. */
  TAKE_ROWS,
  /** Scatters rows to given positions. */
  PLACE_ROWS,
  /** Adds actions, surfaces and dwell times to history tokens. */
  ADD_HISTORY_FEATURES,
  /** Adds surfaces and ages to candidate tokens. */
  ADD_CANDIDATE_FEATURES,
  /** silu in place. */
  SILU,
  /** A norm. */
  RMS_NORM,
  /** A residual and two norms. */
  ADD_RMS_NORM,
  /** A residual and one norm. */
  ADD_NORM,
  /** Rotary position embedding. */
  ROPE,
  /** Copies keys and values into a cache. */
  KEEP,
  /** Attention of a history. */
  ATTEND_HISTORY,
  /** Attention of candidates. */
  ATTEND_CANDIDATES,
  /** The gated product of a feed-forward layer. */
  GATED_MATMUL,
  /** The mean of rows. */
  MEAN_POOL,
  /** Normalizes rows to unit length. */
  L2_NORMALIZE,
  /** A norm, a product and sigmoid. */
  ACTION_HEADS,
  /** The scan of a corpus. */
  TOP_K
}
