package dev.phoenix.scoring;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Rows that the vectors of posts are multiplied by. Computes in doubles. */
final class VectorRows {
  /** Rows that are multiplied together and share the loads of a vector. */
  static final int TOGETHER = 4;

  private static final VectorSpecies<Double> LANES = DoubleVector.SPECIES_PREFERRED;

  /** As many floats as {@link #LANES} has doubles. */
  private static final VectorSpecies<Float> NARROW =
      VectorSpecies.of(float.class, VectorShape.forBitSize(LANES.vectorBitSize() / 2));

  /** [posts, columns] */
  private final float[] vectors;

  private final int columns;

  /** [rows, columns] */
  private double[] rows = {};

  /** Creates no rows yet. {@code vectors} is [posts, columns]. */
  VectorRows(float[] vectors, int columns) {
    this.vectors = vectors;
    this.columns = columns;
  }

  /** Rows {@code from} to {@code to - 1}. */
  record Range(int from, int to) {}

  /** Makes {@code count} rows of zeros. */
  void clear(int count) {
    rows = new double[count * columns];
  }

  /**
   * Sets row {@code place} to the part of a post's vector outside the rows above, scaled to length
   * 1.
   *
   * @param components of the vector along the rows above, from {@code own} on
   */
  void setDirection(int place, int post, double[] components, int own) {
    set(place, post);
    for (int at = 0; at < place; at++) {
      subtract(components[own + at], at, place);
    }
    int row = place * columns;
    double square = 0;
    for (int column = 0; column < columns; column++) {
      square += rows[row + column] * rows[row + column];
    }
    double inverse = 1 / Math.sqrt(square);
    for (int column = 0; column < columns; column++) {
      rows[row + column] *= inverse;
    }
  }

  /** Subtracts {@code factor} times row {@code from} from row {@code to}. */
  private void subtract(double factor, int from, int to) {
    DoubleVector factors = DoubleVector.broadcast(LANES, -factor);
    int i = 0;
    for (; i <= columns - LANES.length(); i += LANES.length()) {
      row(from, i).fma(factors, row(to, i)).intoArray(rows, to * columns + i);
    }
    for (; i < columns; i++) {
      rows[to * columns + i] -= factor * rows[from * columns + i];
    }
  }

  /** Sets row {@code place} to a post's vector. */
  void set(int place, int post) {
    for (int column = 0; column < columns; column++) {
      rows[place * columns + column] = vectors[post * columns + column];
    }
  }

  /**
   * Multiplies a post's vector by rows. The product of row i becomes element {@code offset + i}.
   * Four rows at a time share the loads of the vector; a row's sum does not depend on which rows
   * are computed with it.
   */
  void multiply(int post, Range range, double[] products, int offset) {
    int vector = post * columns;
    int to = range.to();
    int at = range.from();
    for (; at <= to - TOGETHER; at += TOGETHER) {
      multiplyFour(vector, at, products, offset + at);
    }
    for (; at < to; at++) {
      DoubleVector sum = DoubleVector.zero(LANES);
      int width = LANES.length();
      int i = 0;
      for (; i <= columns - width; i += width) {
        sum = lanes(vector + i).fma(row(at, i), sum);
      }
      products[offset + at] = sum.reduceLanes(VectorOperators.ADD) + rest(vector, at, i);
    }
  }

  private void multiplyFour(int vector, int at, double[] products, int to) {
    DoubleVector sum0 = DoubleVector.zero(LANES);
    DoubleVector sum1 = DoubleVector.zero(LANES);
    DoubleVector sum2 = DoubleVector.zero(LANES);
    DoubleVector sum3 = DoubleVector.zero(LANES);
    int width = LANES.length();
    int i = 0;
    for (; i <= columns - width; i += width) {
      DoubleVector values = lanes(vector + i);
      sum0 = values.fma(row(at, i), sum0);
      sum1 = values.fma(row(at + 1, i), sum1);
      sum2 = values.fma(row(at + 2, i), sum2);
      sum3 = values.fma(row(at + 3, i), sum3);
    }
    products[to] = sum0.reduceLanes(VectorOperators.ADD) + rest(vector, at, i);
    products[to + 1] = sum1.reduceLanes(VectorOperators.ADD) + rest(vector, at + 1, i);
    products[to + 2] = sum2.reduceLanes(VectorOperators.ADD) + rest(vector, at + 2, i);
    products[to + 3] = sum3.reduceLanes(VectorOperators.ADD) + rest(vector, at + 3, i);
  }

  /** The part of a product from column {@code column} on. */
  private double rest(int vector, int row, int column) {
    double sum = 0;
    for (int i = column; i < columns; i++) {
      sum += vectors[vector + i] * rows[row * columns + i];
    }
    return sum;
  }

  /** The squared length of a post's vector. */
  double square(int post) {
    int vector = post * columns;
    DoubleVector sum = DoubleVector.zero(LANES);
    int i = 0;
    for (; i <= columns - LANES.length(); i += LANES.length()) {
      DoubleVector values = lanes(vector + i);
      sum = values.fma(values, sum);
    }
    double square = sum.reduceLanes(VectorOperators.ADD);
    for (; i < columns; i++) {
      square += (double) vectors[vector + i] * vectors[vector + i];
    }
    return square;
  }

  private DoubleVector lanes(int at) {
    return (DoubleVector)
        FloatVector.fromArray(NARROW, vectors, at).convertShape(VectorOperators.F2D, LANES, 0);
  }

  private DoubleVector row(int row, int column) {
    return DoubleVector.fromArray(LANES, rows, row * columns + column);
  }
}
