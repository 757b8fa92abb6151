/**
 * The device interface: the operations of a GPU that the product uses, modelled on the CUDA driver
 * API.
 *
 * <p>There are two implementations: NVIDIA GPUs (JCuda and cuBLASLt) and the emulated device, which
 * executes the same PTX on the CPU. Callers do not depend on which one they use.
 *
 * <p>Rules common to every type here: the code that created an object closes it ({@code close} is
 * idempotent); use after close throws {@link IllegalStateException}; arguments found invalid before
 * a native call throw {@link IllegalArgumentException}; calls that the device refuses throw {@link
 * DeviceException}.
 */
@NullMarked
package dev.phoenix.device;

import org.jspecify.annotations.NullMarked;
