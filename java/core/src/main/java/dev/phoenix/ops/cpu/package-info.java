/** The operations on the CPU: register-tiled, vectorised and spread over the cores. */
@NullMarked
package dev.phoenix.ops.cpu;

import org.jspecify.annotations.NullMarked;
