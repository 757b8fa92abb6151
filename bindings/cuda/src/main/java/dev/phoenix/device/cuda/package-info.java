/**
 * The CUDA device: an NVIDIA GPU, through JCuda's driver API and the generated cuBLASLt bindings.
 *
 * <p>The only importer of {@code jcuda.*} and of {@code dev.phoenix.bindings.cublaslt}. Neither is
 * loaded before {@link dev.phoenix.device.cuda.CudaDeviceProvider} is first used.
 *
 * <p>Two properties of JCuda shape this package. Its calls return a status as long as its
 * exceptions stay off, so every status is checked by {@code DriverStatus}. And a {@code
 * jcuda.Pointer} to a Java array or heap buffer is pinned only during the call, which an
 * asynchronous copy outlives; so host memory is always passed as a native address ({@code
 * NativeAddress}). Copies therefore have no size limit; page-locked memory, which JCuda wraps in a
 * direct buffer, is limited to 2 GiB.
 *
 * <p>System properties: {@code phoenix.cublaslt} is the path of {@code libcublasLt.so.13} (or
 * {@code .12}) where the loader, {@code CUDA_HOME} and {@code /usr/local/cuda} do not lead to it.
 *
 * <p>Before a stream captures: load the modules, plan the products and run each once. The driver
 * and the library load code on first use, which may fail during a capture.
 */
@NullMarked
package dev.phoenix.device.cuda;

import org.jspecify.annotations.NullMarked;
