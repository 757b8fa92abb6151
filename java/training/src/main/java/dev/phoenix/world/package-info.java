/**
 * A generator of synthetic datasets: users with preferences, authors, posts with topics and titles,
 * and impressions whose actions are drawn from known probabilities.
 */
@NullMarked
package dev.phoenix.world;

import org.jspecify.annotations.NullMarked;
