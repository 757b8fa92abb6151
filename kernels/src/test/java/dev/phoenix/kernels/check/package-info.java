/** Runs the kernel cases on the emulated device or on a GPU. */
@NullMarked
package dev.phoenix.kernels.check;

import org.jspecify.annotations.NullMarked;
