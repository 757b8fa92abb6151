package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.tensor.Shape;

/**
 * A matrix as products multiply by it.
 *
 * @param shape [in, out]
 * @param type of its elements
 * @param memory dense and row-major
 */
record MatrixOperand(Shape shape, ElementType type, DeviceMemory memory) {}
