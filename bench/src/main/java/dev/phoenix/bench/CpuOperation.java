package dev.phoenix.bench;

/** The operations of {@link dev.phoenix.ops.Ops}, each as one call on an {@link OperationDesk}. */
public enum CpuOperation {
  /** Rows of an input. */
  GATHER,
  /** A product. */
  MATMUL,
  /** Rows of a table, added. */
  ADD_ROWS,
  /** Rows from among others. */
  TAKE_ROWS,
  /** Rows put in their places. */
  PLACE_ROWS,
  /** Actions, surfaces and dwell times, added to history tokens. */
  ADD_HISTORY_FEATURES,
  /** Surfaces and ages, added to candidate tokens. */
  ADD_CANDIDATE_FEATURES,
  /** silu in place. */
  SILU,
  /** A norm. */
  RMS_NORM,
  /** A residual and two norms. */
  ADD_RMS_NORM,
  /** A residual and one norm. */
  ADD_NORM,
  /** Rotation of heads. */
  ROPE,
  /** Keys and values, kept. */
  KEEP,
  /** Attention of a history. */
  ATTEND_HISTORY,
  /** Attention of candidates. */
  ATTEND_CANDIDATES,
  /** The gated product of a feed-forward layer. */
  GATED_MATMUL,
  /** The mean of rows. */
  MEAN_POOL,
  /** Rows of unit length. */
  L2_NORMALIZE,
  /** A norm, a product and sigmoid. */
  ACTION_HEADS,
  /** The scan of a corpus. */
  TOP_K
}
