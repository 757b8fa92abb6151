package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.tensor.Shape;

/**
 * The matrix operand of a product.
 *
 * @param shape [in, out]
 * @param type element type
 * @param memory dense, row-major elements
 */
record MatrixOperand(Shape shape, ElementType type, DeviceMemory memory) {}
