/**
 * A small world to learn from: users with tastes, authors, posts with topics and titles, and what
 * came of every impression, drawn from known probabilities. All made up, from a seed.
 */
@NullMarked
package dev.phoenix.world;

import org.jspecify.annotations.NullMarked;
