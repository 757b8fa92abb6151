/**
 * A generator of synthetic datasets: users with preferences, authors, posts with topics and titles,
 * and impressions whose actions are drawn from known probabilities.
 *
 * <p>All public types are API.
 */
@NullMarked
package dev.phoenix.world;

import org.jspecify.annotations.NullMarked;
