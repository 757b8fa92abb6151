/**
 * Test cases of every kernel with difficult inputs and expected outputs: one class of {@link
 * dev.phoenix.kernels.check.KernelCase}s per kernel. Tests, the command line and benchmarks share
 * them; they run on any device.
 *
 * <p>A case is lazy: inputs are drawn and copied to a device when it is prepared, and expected
 * values are computed on request. So creating a list of cases is cheap, and a case can be timed
 * without computing expected values.
 *
 * <p>All of it is internal: it is exported to modules of this project only.
 */
@NullMarked
package dev.phoenix.kernels.check;

import org.jspecify.annotations.NullMarked;
