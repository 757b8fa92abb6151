package dev.phoenix.ops.reference;

import dev.phoenix.kernels.reference.TopKReference;
import dev.phoenix.ops.CorpusIndex;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.TopK;
import dev.phoenix.ops.TopKQuery;
import dev.phoenix.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A corpus that is scanned row by row, in float32 whatever precision was requested. */
record ReferenceCorpus(Shape shape, MemorySegment rows) implements CorpusIndex {
  private static final ValueLayout.OfFloat LITTLE_ENDIAN =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  ReferenceCorpus {
    long expected = (long) shape.rows() * shape.columns() * Float.BYTES;
    if (rows.byteSize() != expected) {
      throw new IllegalArgumentException(
          "a corpus %s takes %d bytes, found %d".formatted(shape, expected, rows.byteSize()));
    }
  }

  static ReferenceCorpus of(CorpusIndex index) {
    if (index instanceof ReferenceCorpus reference) {
      return reference;
    }
    throw new IllegalArgumentException(
        "a corpus of " + index.shape() + " is not an index of the reference backend");
  }

  @Override
  public Precision held() {
    return Precision.FLOAT32;
  }

  /** Searches for one user after the other. */
  TopK topK(TopKQuery query) {
    int columns = shape.columns();
    requireFit(query);
    float[] corpus = rows.toArray(LITTLE_ENDIAN);
    int k = Math.min(query.k(), shape.rows());
    int[] indices = new int[query.count() * k];
    float[] scores = new float[indices.length];
    for (int user = 0; user < query.count(); user++) {
      float[] vector = Arrays.copyOfRange(query.users(), user * columns, (user + 1) * columns);
      TopKReference.Result result = TopKReference.apply(vector, corpus, mask(query, user), k);
      System.arraycopy(result.indices(), 0, indices, user * k, k);
      System.arraycopy(result.scores(), 0, scores, user * k, k);
    }
    return new TopK(query.count(), k, indices, scores);
  }

  private void requireFit(TopKQuery query) {
    int expected = query.count() * shape.columns();
    if (query.users().length != expected) {
      throw new IllegalArgumentException(
          "%d users of a corpus %s take %d values, found %d"
              .formatted(query.count(), shape, expected, query.users().length));
    }
    long[] mask = query.mask();
    int words = (shape.rows() + Long.SIZE - 1) / Long.SIZE;
    if (mask != null && mask.length < words) {
      throw new IllegalArgumentException(
          "a mask of %d entries takes %d words, found %d"
              .formatted(shape.rows(), words, mask.length));
    }
  }

  private boolean[] mask(TopKQuery query, int user) {
    boolean[] retrievable = new boolean[shape.rows()];
    long[] mask = query.mask();
    for (int row = 0; row < retrievable.length; row++) {
      retrievable[row] = mask == null || (mask[row / Long.SIZE] >>> row & 1) != 0;
    }
    for (int row : query.hidden(user)) {
      retrievable[row] = false;
    }
    return retrievable;
  }
}
