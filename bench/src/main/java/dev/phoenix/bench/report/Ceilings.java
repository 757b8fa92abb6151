package dev.phoenix.bench.report;

import dev.phoenix.kernels.check.Work;

/**
 * The measured peak rates of a device, per second.
 *
 * @param copyBytes bytes read plus bytes written by a large copy inside the device
 * @param tensorFlops floating-point operations of a large bfloat16 product
 * @param exponentials ex2.approx instructions
 * @param tangents tanh.approx instructions
 * @param flops floating-point operations of float32 multiply-adds, two each
 */
public record Ceilings(
    double copyBytes, double tensorFlops, double exponentials, double tangents, double flops) {

  /** The floor of {@code work}. */
  public Floor floor(Work work) {
    return new Floor(work.bytes() / copyBytes, Floor.Bound.MEMORY)
        .orHigher(new Floor(work.tensorFlops() / tensorFlops, Floor.Bound.TENSOR))
        // A kernel may use either function, so the faster rate gives the floor.
        .orHigher(
            new Floor(work.specials() / Math.max(exponentials, tangents), Floor.Bound.SPECIAL))
        .orHigher(new Floor(work.flops() / flops, Floor.Bound.ARITHMETIC));
  }
}
