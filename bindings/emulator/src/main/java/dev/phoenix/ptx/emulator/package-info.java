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
 * <p>What it models: the instructions that nvcc emits for {@code sm_80}: integer, single, double,
 * half and bfloat16 arithmetic with their rounding modes; the approximations, correctly rounded
 * ({@code Approximations} lists the documented errors); conversions; loads and stores of all
 * spaces; atomics; shuffles, votes, matches, warp reductions; barriers and fences; {@code
 * cp.async}; {@code ldmatrix} and {@code mma.sync} for f16, bf16 and tf32. Lanes that part run
 * earliest first and meet again at the latest at the immediate post-dominator.
 *
 * <p>What it refuses, at {@code kernel(entry)}: recursion, indirect calls, textures, f8 and integer
 * matrices, and Hopper's wgmma, bulk copies, clusters and mbarrier, which would be families of
 * their own. What it can't see: races in global memory, and blocks that wait for blocks that have
 * not started (they end in a {@code BUDGET} fault). Time is not modelled; {@link
 * dev.phoenix.ptx.emulator.InstructionCounts} says what was executed.
 */
@NullMarked
package dev.phoenix.ptx.emulator;

import org.jspecify.annotations.NullMarked;
