/**
 * Evaluation of recommenders: of retrieval by the rank of a user's next post among all posts, of
 * ranking by the quality of predicted action probabilities.
 */
@NullMarked
package dev.phoenix.evaluation;

import org.jspecify.annotations.NullMarked;
