/**
 * The operations of the model graph, independent of the backend.
 *
 * <p>{@link dev.phoenix.ops.Ops}, {@link dev.phoenix.ops.GradientOps} and the types of their
 * parameters and results are API; {@link dev.phoenix.ops.HostLossSum} and {@link
 * dev.phoenix.ops.HostTable} are internal, for backends in host memory.
 */
@NullMarked
package dev.phoenix.ops;

import org.jspecify.annotations.NullMarked;
