/** What the engine and the ports count, in the Prometheus format. */
@NullMarked
package dev.phoenix.serving.metrics;

import org.jspecify.annotations.NullMarked;
