/**
 * The whole recommender, from retrieval to the feed, and the choice of a backend.
 *
 * <p>All public types are API.
 */
@NullMarked
package dev.phoenix.pipeline;

import org.jspecify.annotations.NullMarked;
