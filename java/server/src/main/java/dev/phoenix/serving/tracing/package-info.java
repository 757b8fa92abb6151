/** Spans of calls, sent to an OpenTelemetry collector. */
@NullMarked
package dev.phoenix.serving.tracing;

import org.jspecify.annotations.NullMarked;
