/** The Open Inference Protocol, whatever carries it: models, tensors, and what they stand for. */
@NullMarked
package dev.phoenix.serving.oip;

import org.jspecify.annotations.NullMarked;
