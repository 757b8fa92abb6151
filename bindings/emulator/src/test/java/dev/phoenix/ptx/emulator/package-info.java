/**
 * Tests of the emulated device: a class per instruction family, seeded faults, compiled kernels.
 */
@NullMarked
package dev.phoenix.ptx.emulator;

import org.jspecify.annotations.NullMarked;
