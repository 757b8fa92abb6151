/**
 * Evaluation of recommenders: of retrieval by the rank of a user's next post among all posts, of
 * ranking by the quality of predicted action probabilities.
 *
 * <p>The evaluations, their metrics, {@link dev.phoenix.evaluation.FullRanking} and {@link
 * dev.phoenix.evaluation.PostScorer} are API; {@link dev.phoenix.evaluation.EngagedEvents}, {@link
 * dev.phoenix.evaluation.ExportCheck}, {@link dev.phoenix.evaluation.LoggedAge}, {@link
 * dev.phoenix.evaluation.LoggedSequence}, {@link dev.phoenix.evaluation.RetrievalWeight} and {@link
 * dev.phoenix.evaluation.VectorScorer} are internal to training runs.
 */
@NullMarked
package dev.phoenix.evaluation;

import org.jspecify.annotations.NullMarked;
