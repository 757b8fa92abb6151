package dev.phoenix.serving.grpc;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.phoenix.corpus.LiveCorpus;
import dev.phoenix.scoring.ScoreWeights;
import dev.phoenix.scoring.ScoringOptions;
import dev.phoenix.serving.CorpusChoice;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Rejection.Reason;
import dev.phoenix.serving.RequestLimits;
import java.util.HashMap;
import java.util.Map;

/** The maximum number of elements of every repeated field of a message. */
final class WireLimits {
  /** The maximum number of indices in a call. */
  static final int MAX_INDICES = 1024;

  /** The maximum number of tensors in a call. */
  static final int MAX_TENSORS = 32;

  /** The maximum number of dimensions of a tensor. */
  static final int MAX_DIMENSIONS = 8;

  private static final String PRODUCTION = "xai.recsys.v1.";
  private static final String OURS = "phoenix.v1.";
  private static final String OPEN = "inference.";

  private final Map<String, Integer> byName = new HashMap<>();
  private final int elements;

  WireLimits(RequestLimits limits) {
    this.elements = Math.max(limits.history() * limits.actions(), limits.candidates());
    byName.put(PRODUCTION + "PredictNextActionsRequest.sequences", limits.users());
    byName.put(PRODUCTION + "PredictNextActionsRequest.candidateSets", 1);
    byName.put(PRODUCTION + "PredictNextActionsRequest.requestedActionIndices", MAX_INDICES);
    byName.put(
        PRODUCTION + "PredictNextActionsRequest.requestedContinuousActionIndices", MAX_INDICES);
    byName.put(PRODUCTION + "CandidateSet.candidates", limits.candidates());
    byName.put(PRODUCTION + "AggregatedUserActionList.aggregatedUserActions", limits.history());
    byName.put(PRODUCTION + "AggregatedUserAction.actions", limits.actions());
    byName.put(PRODUCTION + "RetrieveTopKCandidatesRequest.user_ids", limits.users());
    byName.put(PRODUCTION + "RetrieveTopKCandidatesRequest.sequences", limits.users());
    byName.put(OURS + "RecommendRequest.excluded_post_ids", limits.excluded());
    byName.put(OURS + "CorpusSelection.corpora", CorpusChoice.MAX_CORPORA);
    byName.put(OURS + "Scoring.weights", ScoreWeights.MAX_COUNT);
    byName.put(OURS + "Scoring.corpus_factors", ScoringOptions.MAX_CORPORA);
    byName.put(OURS + "PutPostsRequest.posts", LiveCorpus.MAX_CHANGES);
    byName.put(OURS + "RemovePostsRequest.post_ids", LiveCorpus.MAX_CHANGES);
    byName.put(OPEN + "ModelInferRequest.InferInputTensor.shape", MAX_DIMENSIONS);
  }

  /** The limit of a repeated field; unlisted fields have one default, tensor contents another. */
  int of(FieldDescriptor field) {
    boolean contents = field.getContainingType().getFullName().equals(OPEN + "InferTensorContents");
    return byName.getOrDefault(field.getFullName(), contents ? elements : MAX_TENSORS);
  }

  /** The refusal of {@code found} elements of {@code field}. */
  Rejection refusal(FieldDescriptor field, int found) {
    return new Rejection(
        Reason.INVALID,
        "%s: expected at most %d, found %d".formatted(field.getName(), of(field), found));
  }
}
