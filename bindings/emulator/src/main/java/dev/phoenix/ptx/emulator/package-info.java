/**
 * A device that executes PTX on the CPU, exactly where the ISA is exact, and with checks that
 * hardware does not make.
 *
 * <p>A kernel's instructions are decoded once into {@code Operation}s, which process all 32 lanes
 * of a warp. A warp runs until it reaches a barrier or ends; the warps of a block take turns;
 * blocks run on all cores. An arithmetic instruction is a static Java method for one lane, with its
 * opcodes in a {@code @Ptx} annotation; the loop over the lanes is generated once per method.
 *
 * <p>It supports the code that nvcc generates for {@code sm_80}. docs/emulator.md lists the
 * instructions, the errors found by {@code kernel(entry)} and at run time, and what is not
 * detected: races in global memory, missing fences, and timing. Approximations are correctly
 * rounded ({@code Approximations} lists the documented errors). Diverged lanes run in code order
 * and reconverge no later than at the immediate post-dominator; polling lanes and warps yield to
 * others. {@link dev.phoenix.ptx.emulator.InstructionCounts} counts the executed instructions.
 */
@NullMarked
package dev.phoenix.ptx.emulator;

import org.jspecify.annotations.NullMarked;
