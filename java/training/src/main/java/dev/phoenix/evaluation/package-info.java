/**
 * How good a recommender is: retrieval by where the post that a user took next stands among all
 * posts, ranking by how well probabilities tell what users did.
 */
@NullMarked
package dev.phoenix.evaluation;

import org.jspecify.annotations.NullMarked;
