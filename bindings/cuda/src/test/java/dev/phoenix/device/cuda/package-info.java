/**
 * Tests of the CUDA device. Those that need a driver run against a stand-in for it, {@code
 * src/test/c/fake_driver.c}, which the C compiler of this machine builds; with {@code
 * -Dphoenix.device=cuda} they run on the real one.
 */
@NullMarked
package dev.phoenix.device.cuda;

import org.jspecify.annotations.NullMarked;
