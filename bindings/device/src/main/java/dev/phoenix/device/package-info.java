/**
 * The device: what the rest of the product may ask of a GPU, in the shape of the CUDA driver API.
 *
 * <p>Two implementations answer to it: the real one (JCuda and cuBLASLt) and the emulated one,
 * which executes the same PTX on the CPU. Code above this package never learns which it holds.
 *
 * <p>Rules common to every type here: an owner of a native handle is closed exactly once by the
 * code that created it ({@code close} is idempotent); use after close throws {@link
 * IllegalStateException}; arguments that are wrong before any native call throw {@link
 * IllegalArgumentException}; everything the device itself refuses throws {@link DeviceException}.
 */
@NullMarked
package dev.phoenix.device;

import org.jspecify.annotations.NullMarked;
