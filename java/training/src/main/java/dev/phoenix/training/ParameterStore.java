package dev.phoenix.training;

import dev.phoenix.checkpoint.ParameterLayout;
import dev.phoenix.ops.GradientOps;
import dev.phoenix.ops.Trainable;
import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;

/**
 * The dense parameters of a model in training. The matrices of products are not always those of the
 * checkpoint: some are several parameters side by side, some are a block of rows of a parameter.
 * The store maps each trainable to the parts of parameters that it holds.
 */
final class ParameterStore {
  private final GradientOps ops;
  private final Scope scope;
  private final SequencedMap<String, long[]> shapes;
  private final List<Trainable> all = new ArrayList<>();
  private final List<Trainable> moved = new ArrayList<>();
  private final List<Part> parts = new ArrayList<>();

  ParameterStore(GradientOps ops, Scope scope, ParameterLayout layout) {
    this.ops = ops;
    this.scope = scope;
    this.shapes = layout.shapes();
  }

  /** Rows {@code row..} of parameter {@code name} are columns {@code column..} of a trainable. */
  private record Part(String name, int row, Trainable trainable, int column, int columns) {}

  /** Creates the trainable of a whole matrix, scale or scalar of the checkpoint. */
  Trainable whole(String name) {
    long[] shape = shape(name);
    Trainable trainable =
        shape.length == 2
            ? ops.trainable(scope, name, new Shape((int) shape[0], (int) shape[1]))
            : ops.trainableScale(scope, name, shape.length == 0 ? 1 : (int) shape[0]);
    int columns = trainable.shape().columns();
    parts.add(new Part(name, 0, trainable, 0, columns));
    return add(trainable);
  }

  /** Creates the trainable of several matrices with the same inputs, side by side. */
  Trainable beside(String... names) {
    int columns = 0;
    for (String name : names) {
      columns += (int) shape(name)[1];
    }
    Trainable trainable =
        ops.trainable(scope, names[0], new Shape((int) shape(names[0])[0], columns));
    int column = 0;
    for (String name : names) {
      int width = (int) shape(name)[1];
      parts.add(new Part(name, 0, trainable, column, width));
      column += width;
    }
    return add(trainable);
  }

  /** Creates the trainable of rows {@code row} to {@code row + rows} of a matrix. */
  Trainable block(String name, int row, int rows) {
    int columns = (int) shape(name)[1];
    Trainable trainable = ops.trainable(scope, name, new Shape(rows, columns));
    parts.add(new Part(name, row, trainable, 0, columns));
    return add(trainable);
  }

  private long[] shape(String name) {
    long[] shape = shapes.get(name);
    if (shape == null) {
      throw new IllegalArgumentException("the model has no parameter " + name);
    }
    return shape;
  }

  private Trainable add(Trainable trainable) {
    all.add(trainable);
    moved.add(trainable);
    return trainable;
  }

  /**
   * Excludes a trainable from the optimiser, whose weight decay would change it even without a
   * gradient.
   */
  void freeze(Trainable trainable) {
    moved.remove(trainable);
  }

  /** The trainables that the optimiser updates. */
  List<Trainable> moved() {
    return moved;
  }

  /** Every trainable. */
  List<Trainable> all() {
    return all;
  }

  /** Copies one tensor of every trainable, such as its gradient, by parameter name. */
  SequencedMap<String, float[]> copy(Function<Trainable, Tensor> what) {
    SequencedMap<String, float[]> values = new LinkedHashMap<>();
    shapes.forEach((name, shape) -> values.put(name, new float[elements(shape)]));
    for (Part part : parts) {
      float[] from = what.apply(part.trainable).toArray();
      float[] to = values.get(part.name);
      int width = part.trainable.shape().columns();
      for (int row = 0; to != null && row < part.trainable.shape().rows(); row++) {
        int at = (part.row + row) * part.columns;
        System.arraycopy(from, row * width + part.column, to, at, part.columns);
      }
    }
    return values;
  }

  /** The reverse of {@link #copy}; also refreshes the packed copies that products read. */
  void set(Function<Trainable, Tensor> what, Function<String, float[]> values) {
    for (Part part : parts) {
      Tensor tensor = what.apply(part.trainable);
      float[] to = tensor.toArray();
      float[] from = values.apply(part.name);
      int width = part.trainable.shape().columns();
      for (int row = 0; row < part.trainable.shape().rows(); row++) {
        int at = (part.row + row) * part.columns;
        System.arraycopy(from, at, to, row * width + part.column, part.columns);
      }
      tensor.set(to);
    }
    ops.refresh(all);
  }

  /** Names and shapes of the parameters in the checkpoint. */
  SequencedMap<String, long[]> shapes() {
    return shapes;
  }

  static int elements(long[] shape) {
    long elements = 1;
    for (long size : shape) {
      elements = Math.multiplyExact(elements, size);
    }
    return Math.toIntExact(elements);
  }
}
