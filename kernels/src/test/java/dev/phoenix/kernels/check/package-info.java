/** The cases of the kernels, on the emulated device and on a GPU alike. */
@NullMarked
package dev.phoenix.kernels.check;

import org.jspecify.annotations.NullMarked;
