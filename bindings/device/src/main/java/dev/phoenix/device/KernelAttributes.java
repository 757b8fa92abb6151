package dev.phoenix.device;

/**
 * Resource usage of a compiled kernel.
 *
 * @param registers 32-bit registers per thread; 0 where the device does not allocate registers
 * @param staticSharedBytes shared memory the kernel declares itself
 * @param localBytes local memory per thread (arrays and spills)
 * @param maxThreads the largest block it can be launched with
 */
public record KernelAttributes(
    int registers, int staticSharedBytes, int localBytes, int maxThreads) {}
