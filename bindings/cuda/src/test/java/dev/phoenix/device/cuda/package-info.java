/**
 * Tests of the CUDA device. Those that need a driver run against a fake one, {@code
 * src/test/c/fake_driver.c}, which the local C compiler builds; with {@code -Dphoenix.device=cuda}
 * they run on the real driver.
 */
@NullMarked
package dev.phoenix.device.cuda;

import org.jspecify.annotations.NullMarked;
