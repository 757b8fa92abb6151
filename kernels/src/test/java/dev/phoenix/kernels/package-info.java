/** The kernels against their definitions, on the emulated device and on a GPU alike. */
@NullMarked
package dev.phoenix.kernels;

import org.jspecify.annotations.NullMarked;
