package dev.phoenix.ops.cpu;

import dev.phoenix.ops.HeadShape;
import dev.phoenix.ops.KeptHistory;
import dev.phoenix.ops.KeyValues;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.RowLayout;
import dev.phoenix.tensor.Scope;
import java.util.List;

/**
 * Keys and values in the panel layout of {@link MatmulTile}, so that both products of attention use
 * its tiles. For every request and key/value head, keys are transposed into panels of positions
 * [panel][headSize][PANEL] and values stored in panels of dimensions [panel][position][PANEL].
 * Positions are padded to whole panels; weights in the padding are zero.
 */
final class KeyValueCache extends KeyValues implements Scope.Resource {
  private final HeadShape shape;
  private final float[][] keys;
  private final float[][] values;
  private final int valueColumns;
  private final KeepWork keep;
  private final AttentionWork attention;
  private int[] starts = new int[1];

  private KeyValueCache(int layers, HeadShape shape, Team team, Precision precision) {
    this.shape = shape;
    this.keys = new float[layers][0];
    this.values = new float[layers][0];
    this.valueColumns = MatmulTile.panels(shape.headSize()) * MatmulTile.PANEL;
    this.keep = new KeepWork(team, this);
    this.attention = new AttentionWork(team, this, precision);
  }

  static KeyValueCache create(
      Scope scope, int layers, HeadShape shape, Team team, Precision precision) {
    return scope.own(new KeyValueCache(layers, shape, team, precision));
  }

  static KeyValueCache of(KeyValues keyValues) {
    if (keyValues instanceof KeyValueCache cache) {
      return cache;
    }
    throw new IllegalArgumentException("these keys and values are not in CPU memory");
  }

  HeadShape shape() {
    return shape;
  }

  /** Stores the keys and values of fused rows for {@code layer}. */
  void keep(int layer, CpuTensor fused) {
    keep.run(layer, fused);
  }

  /** Attention against these keys and values. */
  AttentionWork attention() {
    return attention;
  }

  /** Allocates space for the requests of {@link #history} in {@code layer}. */
  void prepare(int layer) {
    RowLayout history = history();
    if (starts.length <= history.requests()) {
      starts = new int[2 * history.requests() + 1];
    }
    int padded = 0;
    for (int request = 0; request < history.requests(); request++) {
      starts[request] = padded;
      padded += paddedLength(request);
    }
    int heads = shape.keyValueHeads();
    keys[layer] = atLeast(keys[layer], Math.multiplyExact(padded, heads * shape.headSize()));
    values[layer] = atLeast(values[layer], Math.multiplyExact(padded, heads * valueColumns));
  }

  /**
   * Copies the histories {@code from}. The panels of a request are contiguous, so each takes two
   * array copies per layer.
   */
  void copy(List<KeptHistory> from) {
    for (KeptHistory kept : from) {
      if (!of(kept.keyValues()).isLike(this)) {
        throw new IllegalArgumentException("these keys and values are of another model");
      }
    }
    layAs(from);
    for (int layer = 0; layer < keys.length; layer++) {
      prepare(layer);
      for (int request = 0; request < from.size(); request++) {
        KeyValueCache source = of(from.get(request).keyValues());
        int there = from.get(request).request();
        int positions = paddedLength(request) * shape.keyValueHeads();
        System.arraycopy(
            source.keys[layer],
            source.keysAt(there, 0),
            keys[layer],
            keysAt(request, 0),
            positions * shape.headSize());
        System.arraycopy(
            source.values[layer],
            source.valuesAt(there, 0),
            values[layer],
            valuesAt(request, 0),
            positions * valueColumns);
      }
    }
  }

  private boolean isLike(KeyValueCache other) {
    return shape.equals(other.shape) && keys.length == other.keys.length;
  }

  private static float[] atLeast(float[] array, int length) {
    if (array.length >= length) {
      return array;
    }
    // The first allocation is exact, because a cache of a single request never grows.
    return new float[array.length == 0 ? length : length + length / 2];
  }

  /** Positions of a request, rounded up to whole panels. */
  int paddedLength(int request) {
    return MatmulTile.panels(history().length(request)) * MatmulTile.PANEL;
  }

  float[] keys(int layer) {
    return keys[layer];
  }

  float[] values(int layer) {
    return values[layer];
  }

  /** The offset of the key panels of a head. */
  int keysAt(int request, int head) {
    return (starts[request] * shape.keyValueHeads() + head * paddedLength(request))
        * shape.headSize();
  }

  /** The offset of the value panels of a head. */
  int valuesAt(int request, int head) {
    return (starts[request] * shape.keyValueHeads() + head * paddedLength(request)) * valueColumns;
  }

  @Override
  public long bytes() {
    long floats = 0;
    for (int layer = 0; layer < keys.length; layer++) {
      floats += keys[layer].length + values[layer].length;
    }
    return floats * Float.BYTES;
  }

  @Override
  public void release() {
    java.util.Arrays.fill(keys, new float[0]);
    java.util.Arrays.fill(values, new float[0]);
  }
}
