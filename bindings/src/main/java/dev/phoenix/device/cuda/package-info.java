/**
 * The real device: an NVIDIA GPU, through JCuda's driver API and the generated cuBLASLt bindings.
 *
 * <p>The only importer of {@code jcuda.*} and of {@code dev.phoenix.bindings.cublaslt}. Nothing of
 * either is loaded before a device is asked for: {@link dev.phoenix.device.cuda.CudaDeviceProvider}
 * touches both only inside its methods.
 *
 * <p>Two facts of JCuda decide how it is used here. Its calls return a status as long as its
 * exceptions stay off, so every status is checked by {@code DriverStatus}. And a {@code
 * jcuda.Pointer} to a Java array or heap buffer is pinned only during the call, which an
 * asynchronous copy outlives; so host memory is always handed over as a bare native address ({@code
 * NativeAddress}), never as an array. That also lifts the 2 GiB limit of byte buffers.
 */
@NullMarked
package dev.phoenix.device.cuda;

import org.jspecify.annotations.NullMarked;
