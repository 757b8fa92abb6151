/**
 * Every kernel on inputs chosen to break it, and what it must give there: one class of {@link
 * dev.phoenix.kernels.check.KernelCase}s per kernel, which tests, the command line and benchmarks
 * share and which run on any device.
 *
 * <p>A case is a recipe: its inputs are drawn, and put on a device, when it is prepared, and its
 * expected values are computed when they are asked for. So a list of cases costs nothing, and a
 * case can be launched and timed without ever being compared.
 */
@NullMarked
package dev.phoenix.kernels.check;

import org.jspecify.annotations.NullMarked;
