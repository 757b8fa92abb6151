/** Spans of calls, sent to a collector of OpenTelemetry's. */
@NullMarked
package dev.phoenix.serving.tracing;

import org.jspecify.annotations.NullMarked;
