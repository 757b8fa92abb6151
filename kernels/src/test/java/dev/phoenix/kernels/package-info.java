/** Tests of the kernels and their launchers, on the emulated device or on a GPU. */
@NullMarked
package dev.phoenix.kernels;

import org.jspecify.annotations.NullMarked;
