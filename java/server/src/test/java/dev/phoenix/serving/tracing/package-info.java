/** Tests of traces. */
@NullMarked
package dev.phoenix.serving.tracing;

import org.jspecify.annotations.NullMarked;
