package dev.phoenix.tensor;

/**
 * A matrix in a backend's memory. It is created once with a capacity in rows and then uses as many
 * of them as the current request needs, so that a request allocates nothing. Its {@link Scope} owns
 * the memory.
 */
public abstract class Tensor {
  private final String name;
  private final Shape capacity;
  private int rows;

  protected Tensor(String name, Shape capacity) {
    this.name = name;
    this.capacity = capacity;
    this.rows = capacity.rows();
  }

  /** A name of the contents, for messages. */
  public final String name() {
    return name;
  }

  /** The rows in use. */
  public final int rows() {
    return rows;
  }

  /** The columns of every row. */
  public final int columns() {
    return capacity.columns();
  }

  /** The shape in use. */
  public final Shape shape() {
    return new Shape(rows, capacity.columns());
  }

  /**
   * Takes the first {@code count} rows into use; their values are unspecified until written.
   *
   * @throws IllegalArgumentException if the capacity is smaller
   */
  public final void useRows(int count) {
    if (count < 0 || count > capacity.rows()) {
      throw new IllegalArgumentException(
          "%s holds at most %d rows, asked for %d".formatted(name, capacity.rows(), count));
    }
    rows = count;
  }

  /** Writes {@code values}, dense and row-major, into the rows in use. */
  public final void set(float[] values) {
    if (values.length != rows * columns()) {
      throw new IllegalArgumentException(
          "%s takes %d values, found %d".formatted(this, rows * columns(), values.length));
    }
    copyFrom(values, 0);
  }

  /** Copies {@code from[at..]}, dense and row-major, into the rows in use. */
  public abstract void copyFrom(float[] from, int at);

  /** Copies the rows in use, dense and row-major, to {@code to[at..]}. */
  public abstract void copyTo(float[] to, int at);

  /** A dense, row-major copy of the rows in use. */
  public final float[] toArray() {
    float[] values = new float[rows * columns()];
    copyTo(values, 0);
    return values;
  }

  /** Bytes of memory behind the tensor. */
  public abstract long bytes();

  @Override
  public final String toString() {
    return name + shape();
  }
}
