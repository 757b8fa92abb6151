package dev.phoenix.serving.tracing;

import org.jspecify.annotations.Nullable;

/** The headers of a call, whatever carried it. */
@FunctionalInterface
public interface CallerHeaders {
  /** The value of the header {@code name}, in small letters; null where there is none. */
  @Nullable String get(String name);
}
