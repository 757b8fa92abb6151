/**
 * A device that executes PTX on the CPU: exact where the ISA is exact, strict where hardware is
 * lenient.
 *
 * <p>The shape of it: a kernel's instructions are decoded once into {@code Operation}s that work on
 * all 32 lanes of a warp; a warp runs them until it reaches a barrier or ends; a block's warps take
 * turns; blocks run on all cores. The scalar meaning of an arithmetic instruction is one static
 * Java method that carries the opcodes it stands for in a {@code @Ptx} annotation; the loop over
 * the lanes around it is spun once per method.
 */
@NullMarked
package dev.phoenix.ptx.emulator;

import org.jspecify.annotations.NullMarked;
