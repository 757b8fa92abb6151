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
 * The dense parameters of a model in training. Products take matrices that are not always the
 * parameters of the checkpoint: some stand side by side, of some only a block of rows is meant. So
 * every trainable matrix remembers which parts of which parameters it holds.
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

  /** A matrix, scale or scalar as the checkpoint has it. */
  Trainable whole(String name) {
    long[] shape = shape(name);
    Trainable trainable =
        shape.length == 2
            ? ops.matrix(scope, name, new Shape((int) shape[0], (int) shape[1]))
            : ops.scale(scope, name, shape.length == 0 ? 1 : (int) shape[0]);
    int columns = trainable.shape().columns();
    parts.add(new Part(name, 0, trainable, 0, columns));
    return add(trainable);
  }

  /** Matrices with the same inputs, side by side. */
  Trainable beside(String... names) {
    int columns = 0;
    for (String name : names) {
      columns += (int) shape(name)[1];
    }
    Trainable trainable = ops.matrix(scope, names[0], new Shape((int) shape(names[0])[0], columns));
    int column = 0;
    for (String name : names) {
      int width = (int) shape(name)[1];
      parts.add(new Part(name, 0, trainable, column, width));
      column += width;
    }
    return add(trainable);
  }

  /** Rows {@code row} to {@code row + rows} of a matrix. */
  Trainable block(String name, int row, int rows) {
    int columns = (int) shape(name)[1];
    Trainable trainable = ops.matrix(scope, name, new Shape(rows, columns));
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

  /** Keeps a trainable as it is: the optimiser, whose weight decay needs no gradient, skips it. */
  void freeze(Trainable trainable) {
    moved.remove(trainable);
  }

  /** Those that the optimiser moves. */
  List<Trainable> moved() {
    return moved;
  }

  /** Every trainable. */
  List<Trainable> all() {
    return all;
  }

  /** Copies one part of the trainables' state, such as their gradients, by parameter. */
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

  /** The reverse of {@link #copy}; product forms follow. */
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

  /** Names and shapes as the checkpoint has them. */
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
