/** Metrics of the engine and the ports in the Prometheus format. */
@NullMarked
package dev.phoenix.serving.metrics;

import org.jspecify.annotations.NullMarked;
