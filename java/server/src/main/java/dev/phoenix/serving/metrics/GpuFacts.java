package dev.phoenix.serving.metrics;

import java.util.function.LongSupplier;

/**
 * What metrics tell of a GPU.
 *
 * @param backend the backend that uses it
 * @param name the vendor's name
 * @param computeCapability its version of the instruction set, such as 9.0
 * @param memoryBytes its memory
 * @param allocatedBytes the device and pinned memory that this process holds at the moment
 */
public record GpuFacts(
    String backend,
    String name,
    String computeCapability,
    long memoryBytes,
    LongSupplier allocatedBytes) {}
