/** {@code run verify}: proves on a GPU, in one command, what the emulator proved without one. */
@NullMarked
package dev.phoenix.bench.verify;

import org.jspecify.annotations.NullMarked;
