package dev.phoenix.bench.gpu;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.Matmul;
import dev.phoenix.device.MatmulShape;
import dev.phoenix.device.Stream;

/** A matrix product that unwraps a {@link TracedStream} and records itself there. */
final class TracedMatmul implements Matmul {
  private final Matmul plan;

  TracedMatmul(Matmul plan) {
    this.plan = plan;
  }

  @Override
  public MatmulShape shape() {
    return plan.shape();
  }

  @Override
  public void run(Stream stream, DeviceMemory c, DeviceMemory a, DeviceMemory b) {
    if (stream instanceof TracedStream traced) {
      traced.multiply(new Trace.Product(shape(), inner -> plan.run(inner, c, a, b)));
    } else {
      plan.run(stream, c, a, b);
    }
  }

  @Override
  public void runAdding(Stream stream, DeviceMemory c, DeviceMemory a, DeviceMemory b) {
    if (stream instanceof TracedStream traced) {
      traced.multiply(new Trace.Product(shape(), inner -> plan.runAdding(inner, c, a, b)));
    } else {
      plan.runAdding(stream, c, a, b);
    }
  }

  @Override
  public void close() {
    plan.close();
  }
}
