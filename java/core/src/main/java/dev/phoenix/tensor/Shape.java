package dev.phoenix.tensor;

/** The shape of a matrix: {@code rows} x {@code columns}, both at least 0. */
public record Shape(int rows, int columns) {
  public Shape {
    if (rows < 0 || columns < 0) {
      throw new IllegalArgumentException(
          "a shape needs sizes of at least 0, found [%d, %d]".formatted(rows, columns));
    }
    Math.multiplyExact(rows, columns);
  }

  /** Rows times columns. */
  public int elements() {
    return rows * columns;
  }

  /** Throws unless {@code other} is this shape; {@code what} names the matrix in the message. */
  public void require(String what, Shape other) {
    if (!equals(other)) {
      throw new IllegalArgumentException("%s: expected %s, found %s".formatted(what, this, other));
    }
  }

  /** Throws unless {@code other} has as many rows; {@code what} names it in the message. */
  public void requireRows(String what, Shape other) {
    if (rows != other.rows) {
      throw new IllegalArgumentException(
          "%s: expected %d rows, found %s".formatted(what, rows, other));
    }
  }

  @Override
  public String toString() {
    return "[" + rows + ", " + columns + "]";
  }
}
