/** The transport-independent part of the Open Inference Protocol: models and tensors. */
@NullMarked
package dev.phoenix.serving.oip;

import org.jspecify.annotations.NullMarked;
