/** The whole recommender, from retrieval to the feed, and the choice of a backend. */
@NullMarked
package dev.phoenix.pipeline;

import org.jspecify.annotations.NullMarked;
