package dev.phoenix.bench.gpu;

import dev.phoenix.kernels.check.Work;

/**
 * What a device was measured to do per second.
 *
 * @param copyBytes bytes read plus bytes written by a large copy inside the device
 * @param tensorFlops of a large bfloat16 product
 * @param exponentials ex2.approx
 * @param tangents tanh.approx
 * @param flops of float32 multiply-adds, two each
 */
public record Ceilings(
    double copyBytes, double tensorFlops, double exponentials, double tangents, double flops) {

  /** The floor of work that is counted. */
  public Floor floor(Work work) {
    return new Floor(work.bytes() / copyBytes, Floor.Bound.MEMORY)
        .orHigher(new Floor(work.tensorFlops() / tensorFlops, Floor.Bound.TENSOR))
        // The slower of the two functions a kernel may use is no floor of it.
        .orHigher(
            new Floor(work.specials() / Math.max(exponentials, tangents), Floor.Bound.SPECIAL))
        .orHigher(new Floor(work.flops() / flops, Floor.Bound.ARITHMETIC));
  }
}
