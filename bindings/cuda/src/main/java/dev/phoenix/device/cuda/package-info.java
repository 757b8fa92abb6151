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
 * NativeAddress}), never as an array. Copies so have no limit of size; only page-locked memory,
 * which JCuda wraps in a direct buffer when it allocates, comes in pieces below 2 GiB.
 *
 * <p>System properties: {@code phoenix.cublaslt} is the path of {@code libcublasLt.so.13} (or
 * {@code .12}) where the loader, {@code CUDA_HOME} and {@code /usr/local/cuda} do not lead to it.
 *
 * <p>Before a stream captures: load the modules, plan the products and run each once. The driver
 * and the library load code with the first use, and a capture may refuse that.
 */
@NullMarked
package dev.phoenix.device.cuda;

import org.jspecify.annotations.NullMarked;
