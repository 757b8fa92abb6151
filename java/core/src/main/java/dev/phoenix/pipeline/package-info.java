/** The whole recommender: retrieve, rank, feed; and the choice of a backend. */
@NullMarked
package dev.phoenix.pipeline;

import org.jspecify.annotations.NullMarked;
