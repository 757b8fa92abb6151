package dev.phoenix.model;

import dev.phoenix.ops.HeadShape;
import dev.phoenix.ops.KeptHistory;
import dev.phoenix.ops.KeyValues;
import dev.phoenix.ops.Ops;
import dev.phoenix.tensor.Scope;

/**
 * The keys and values of every layer for the histories of a batch of requests. {@link
 * Ranker#encode} fills it; {@link Ranker#score} may read it any number of times. The next encode
 * overwrites it.
 */
public final class EncodedHistories implements AutoCloseable {
  private final Scope scope = Scope.create("encoded histories");
  private final KeyValues keyValues;

  private EncodedHistories(Ops ops, int layers, HeadShape shape) {
    this.keyValues = ops.keyValues(scope, layers, shape);
  }

  static EncodedHistories create(Ops ops, int layers, HeadShape shape) {
    return new EncodedHistories(ops, layers, shape);
  }

  KeyValues keyValues() {
    return keyValues;
  }

  /** The keys and values of request {@code request}. */
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
