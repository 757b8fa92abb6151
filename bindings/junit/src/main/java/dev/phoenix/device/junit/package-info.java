/**
 * JUnit tests of CUDA kernels from Java.
 *
 * <p>A method annotated with {@link dev.phoenix.device.junit.OnDevice} runs on an emulated device,
 * on a GPU, or on both. It declares what it needs as parameters: a {@link
 * dev.phoenix.device.Device}, a {@link dev.phoenix.device.Stream}, kernels that are compiled from a
 * {@code .cu} file ({@link dev.phoenix.device.junit.CudaSource}) or read from a {@code .ptx} file
 * ({@link dev.phoenix.device.junit.PtxSource}), and {@link dev.phoenix.device.junit.DeviceArrays}
 * to copy arrays to and from the device. The test fails if it leaves memory, streams, events,
 * graphs, modules or plans open.
 */
@NullMarked
package dev.phoenix.device.junit;

import org.jspecify.annotations.NullMarked;
