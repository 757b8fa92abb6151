package dev.phoenix.model;

import dev.phoenix.kernels.reference.AttentionShape;
import dev.phoenix.ops.KeptHistory;
import dev.phoenix.ops.KeyValues;
import dev.phoenix.ops.Ops;
import dev.phoenix.tensor.Scope;

/**
 * The histories of a batch of requests as candidates see them: every layer's keys and values. Made
 * once per request by {@link Ranker#encode}, scored against any number of times. Reusable: the next
 * encode overwrites.
 */
public final class EncodedHistories implements AutoCloseable {
  private final Scope scope = Scope.create("encoded histories");
  private final KeyValues keyValues;

  private EncodedHistories(Ops ops, int layers, AttentionShape shape) {
    this.keyValues = ops.keyValues(scope, layers, shape);
  }

  static EncodedHistories create(Ops ops, int layers, AttentionShape shape) {
    return new EncodedHistories(ops, layers, shape);
  }

  KeyValues keyValues() {
    return keyValues;
  }

  /** What is kept of request {@code request}. */
  KeptHistory kept(int request) {
    return new KeptHistory(keyValues, request);
  }

  /** The number of requests encoded last. */
  public int requests() {
    return keyValues.history().requests();
  }

  /** The valid tokens, user included, of request {@code request}. */
  public int length(int request) {
    return keyValues.history().length(request);
  }

  /** Bytes of keys and values held. */
  public long bytes() {
    return scope.liveBytes();
  }

  @Override
  public void close() {
    scope.close();
  }
}
