package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.MatmulShape;
import dev.phoenix.kernels.GegluKernel;
import dev.phoenix.kernels.MatrixSize;

/** Products of rows with weights, with one cached plan per size and type. */
final class ProductWork implements AutoCloseable {
  private final Engine engine;
  private final Scratch scratch;
  private final GegluKernel geglu;
  private final Plans plans;

  ProductWork(Engine engine, Scratch scratch) {
    this.engine = engine;
    this.scratch = scratch;
    this.plans = new Plans(engine);
    this.geglu = new GegluKernel(engine.library());
  }

  /** out[r] = x[r] · w. */
  void multiply(GpuTensor out, GpuTensor x, MatrixOperand w) {
    require(out, x, w);
    out.useRows(x.rows());
    if (out.elements() > 0) {
      DeviceMemory a = scratch.input(x, w.type());
      int n = out.columns();
      record(out.type(), Command.Product.Sum.STORED, w, new Operands(out.memory(), a, x.size(), n));
    }
  }

  /** out[r] += x[r] · w. */
  void add(GpuTensor out, GpuTensor x, MatrixOperand w) {
    require(out, x, w);
    new dev.phoenix.tensor.Shape(x.rows(), out.columns()).require(out.name(), out.shape());
    if (out.elements() > 0) {
      DeviceMemory a = scratch.input(x, w.type());
      int n = out.columns();
      record(out.type(), Command.Product.Sum.ADDED, w, new Operands(out.memory(), a, x.size(), n));
    }
  }

  /** out = gelu(x · gate) * (x · up). */
  void gate(GpuTensor out, GpuTensor x, MatrixOperand w) {
    require(out, x, w);
    out.useRows(x.rows());
    int columns = out.columns();
    if (out.elements() == 0) {
      return;
    }
    DeviceMemory gateUp =
        scratch.memory(Scratch.Use.GATE_UP, 2L * out.elements() * ElementType.BF16.byteSize());
    DeviceMemory target = scratch.output(out, ElementType.BF16);
    DeviceMemory a = scratch.input(x, w.type());
    record(
        ElementType.BF16,
        Command.Product.Sum.STORED,
        w,
        new Operands(gateUp, a, x.size(), 2 * columns));
    geglu.launch(engine.recorder(), target, gateUp, new MatrixSize(x.paddedRows(), columns));
    scratch.written(out, ElementType.BF16);
  }

  /** C [rows of a, n] and A. */
  private record Operands(DeviceMemory c, DeviceMemory a, MatrixSize sizeOfA, int n) {}

  private void record(
      ElementType output, Command.Product.Sum sum, MatrixOperand w, Operands operands) {
    MatrixSize a = operands.sizeOfA();
    MatmulShape shape =
        MatmulShape.dense(
            new MatmulShape.Size(a.rows(), operands.n(), a.columns()), w.type(), output);
    engine.recorder().multiply(plans.of(shape), sum, operands.c(), operands.a(), w.memory());
  }

  private static void require(GpuTensor out, GpuTensor x, MatrixOperand w) {
    if (x.columns() != w.shape().rows() || out.columns() != w.shape().columns()) {
      throw new IllegalArgumentException(
          "%s cannot be multiplied by %s into %s".formatted(x, w.shape(), out));
    }
  }

  /** The plans of products. */
  Plans plans() {
    return plans;
  }

  @Override
  public void close() {
    plans.close();
  }
}
