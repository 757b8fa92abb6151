/**
 * A device that executes PTX on the CPU: exact where the ISA is exact, strict where hardware is
 * lenient.
 *
 * <p>The shape of it: a kernel's instructions are decoded once into {@code Operation}s that work on
 * all 32 lanes of a warp; a warp runs them until it reaches a barrier or ends; a block's warps take
 * turns; blocks run on all cores. The scalar meaning of an arithmetic instruction is one static
 * Java method that carries the opcodes it stands for in a {@code @Ptx} annotation; the loop over
 * the lanes around it is spun once per method.
 *
 * <p>What it models: what nvcc emits for {@code sm_80}. docs/emulator.md lists the instructions,
 * what is refused at {@code kernel(entry)}, what is found at run time, and what can't be seen:
 * races in global memory, missing fences, and time. Approximations are correctly rounded ({@code
 * Approximations} lists the documented errors). Lanes that part run earliest first and meet again
 * at the latest at the immediate post-dominator; lanes and warps that poll for something in vain
 * let the others run. {@link dev.phoenix.ptx.emulator.InstructionCounts} says what was executed.
 */
@NullMarked
package dev.phoenix.ptx.emulator;

import org.jspecify.annotations.NullMarked;
