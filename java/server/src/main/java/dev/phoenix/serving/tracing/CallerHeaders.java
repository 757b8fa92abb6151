package dev.phoenix.serving.tracing;

import org.jspecify.annotations.Nullable;

/** The headers of a call, over gRPC or HTTP. */
@FunctionalInterface
public interface CallerHeaders {
  /** The value of header {@code name}, which is in lower case; null if there is none. */
  @Nullable String get(String name);
}
