/**
 * The serving engine: queue, batches, kept histories, models that are swapped.
 *
 * <p>All public types are API, except {@link dev.phoenix.serving.BearerToken}, {@link
 * dev.phoenix.serving.Endpoint} and {@link dev.phoenix.serving.RequestLimits}, which are internal
 * to the server.
 */
@NullMarked
package dev.phoenix.serving;

import org.jspecify.annotations.NullMarked;
