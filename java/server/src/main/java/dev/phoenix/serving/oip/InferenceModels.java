package dev.phoenix.serving.oip;

import dev.phoenix.scoring.Ranking;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.ModelInfo;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Rejection.Reason;
import dev.phoenix.serving.ServingResponse;
import dev.phoenix.serving.ServingResponse.Posts;
import dev.phoenix.serving.ServingResponse.Scores;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The models of the protocol: {@code ranker}, {@code retrieval} and {@code recommender}. Inputs of
 * all are a user and a history; the ranker also takes candidates, retrieval and recommender the
 * number of posts to find. A server without a ranker has no model {@code ranker}, and its
 * recommender no {@code probabilities}.
 */
public final class InferenceModels {
  /** The names, in the order they are listed. */
  public static final List<String> NAMES = List.of("ranker", "retrieval", "recommender");

  private static final long ANY = -1;

  private InferenceModels() {}

  /**
   * An input or output.
   *
   * @param name its name
   * @param datatype of its elements
   * @param shape -1 where a dimension is the request's own
   */
  public record Signature(String name, Datatype datatype, long[] shape) {}

  /** Refuses a name that is none of {@link #NAMES}. */
  public static void require(String model) {
    if (!NAMES.contains(model)) {
      throw new Rejection(
          Reason.NOT_FOUND,
          "model: expected one of %s, found %s".formatted(NAMES, Rejection.quoted(model)));
    }
  }

  /**
   * Whether a server has the model {@code model}.
   *
   * @param info the served version; null before the first is loaded, when every known name counts
   */
  public static boolean has(String model, @Nullable ModelInfo info) {
    return NAMES.contains(model)
        && (info == null || info.ranker().isPresent() || !model.equals("ranker"));
  }

  /**
   * Refuses a name that is none of {@link #NAMES}, and the ranker of a server without one.
   *
   * @throws Rejection listing the available models
   */
  public static void require(String model, ModelInfo info) {
    require(model);
    if (!has(model, info)) {
      throw new Rejection(
          Reason.NOT_FOUND,
          "model: this server runs without a ranker: expected retrieval or recommender, found"
              + " ranker");
    }
  }

  /**
   * Checks that a server has a model in a version.
   *
   * @param version empty for any
   * @param info the served version; null before the first is loaded
   * @return {@code info}
   * @throws Rejection if it has not, or if no model is loaded yet
   */
  public static ModelInfo served(String model, String version, @Nullable ModelInfo info) {
    require(model);
    if (info == null) {
      throw new Rejection(Reason.LOADING, "the model is being loaded");
    }
    require(model, info);
    requireVersion(version, info);
    return info;
  }

  /** The models that a server has, in the order they are listed. */
  public static List<String> served(@Nullable ModelInfo info) {
    return NAMES.stream().filter(name -> has(name, info)).toList();
  }

  /** What a model takes. Only ids and actions have to be given; times are in seconds since 1970. */
  public static List<Signature> inputs(String model, ModelInfo info) {
    return inputs(model, info.lastStage().actions().numActions());
  }

  /** The names of what a model takes. */
  static List<String> inputNames(String model) {
    return inputs(model, 0).stream().map(Signature::name).toList();
  }

  private static List<Signature> inputs(String model, long actions) {
    List<Signature> inputs = new ArrayList<>();
    inputs.add(new Signature("user_id", Datatype.UINT64, new long[] {1}));
    inputs.add(new Signature("history_post_ids", Datatype.UINT64, new long[] {ANY}));
    inputs.add(new Signature("history_author_ids", Datatype.UINT64, new long[] {ANY}));
    inputs.add(new Signature("history_actions", Datatype.FP32, new long[] {ANY, actions}));
    inputs.add(new Signature("history_surfaces", Datatype.INT32, new long[] {ANY}));
    inputs.add(new Signature("history_dwell_seconds", Datatype.FP32, new long[] {ANY}));
    inputs.add(new Signature("user_ip_id", Datatype.UINT64, new long[] {1}));
    inputs.add(new Signature("impression_time", Datatype.INT64, new long[] {1}));
    if (model.equals("ranker")) {
      inputs.add(new Signature("candidate_post_ids", Datatype.UINT64, new long[] {ANY}));
      inputs.add(new Signature("candidate_author_ids", Datatype.UINT64, new long[] {ANY}));
      inputs.add(new Signature("candidate_created", Datatype.INT64, new long[] {ANY}));
    } else {
      inputs.add(new Signature("top_k", Datatype.INT32, new long[] {1}));
      inputs.add(new Signature("excluded_post_ids", Datatype.UINT64, new long[] {ANY}));
    }
    return inputs;
  }

  /** What a model gives. */
  public static List<Signature> outputs(String model, ModelInfo info) {
    int actions = info.lastStage().actions().numActions();
    List<Signature> outputs = new ArrayList<>();
    if (!model.equals("ranker")) {
      outputs.add(new Signature("post_ids", Datatype.UINT64, new long[] {ANY}));
      outputs.add(new Signature("author_ids", Datatype.UINT64, new long[] {ANY}));
      outputs.add(new Signature("retrieval_scores", Datatype.FP32, new long[] {ANY}));
    }
    if (model.equals("recommender")) {
      outputs.add(new Signature("weighted_scores", Datatype.FP32, new long[] {ANY}));
    }
    if (!model.equals("retrieval") && info.ranker().isPresent()) {
      outputs.add(new Signature("probabilities", Datatype.FP32, new long[] {ANY, actions}));
    }
    if (model.equals("ranker")) {
      outputs.add(new Signature("logits", Datatype.FP32, new long[] {ANY, actions}));
      outputs.add(
          new Signature(
              "continuous",
              Datatype.FP32,
              new long[] {ANY, info.lastStage().actions().numContinuousActions()}));
    }
    return outputs;
  }

  /**
   * Refuses outputs that {@code model} does not give: a caller would miss them without a word.
   *
   * @throws Rejection listing the available models
   */
  public static void requireOutputs(String model, Collection<String> asked, ModelInfo info) {
    List<String> given = outputs(model, info).stream().map(Signature::name).toList();
    for (String name : asked) {
      if (!given.contains(name)) {
        throw new Rejection(
            Reason.INVALID,
            "outputs: expected some of %s, found %s".formatted(given, Rejection.quoted(name)));
      }
    }
  }

  /**
   * Refuses a version that is not the one that serves.
   *
   * @param asked empty for any
   */
  public static void requireVersion(String asked, ModelInfo info) {
    if (!asked.isEmpty() && !asked.equals(info.version())) {
      throw new Rejection(
          Reason.NOT_FOUND,
          "model_version: expected %s or none, found %s"
              .formatted(info.version(), Rejection.quoted(asked)));
    }
  }

  /**
   * A response as tensors; posts of the recommender in the order of the feed, the best first.
   *
   * @param policy what orders a feed
   */
  public static List<InferTensor> encode(
      String model, ServingResponse response, FeedPolicy policy) {
    return switch (model) {
      case "ranker" -> ranked(Objects.requireNonNull(response.scores()));
      case "retrieval" -> retrieved(response.posts());
      default -> recommended(response, policy);
    };
  }

  private static List<InferTensor> ranked(Scores scores) {
    long count = scores.logits().length / scores.actions();
    long[] shape = {count, scores.actions()};
    return List.of(
        InferTensor.of("probabilities", shape, scores.probabilities()),
        InferTensor.of("logits", shape, scores.logits()),
        InferTensor.of(
            "continuous", new long[] {count, scores.continuous()}, scores.continuousValues()));
  }

  private static List<InferTensor> retrieved(Posts posts) {
    long[] shape = {posts.count()};
    return List.of(
        InferTensor.of("post_ids", shape, posts.postIds()),
        InferTensor.of("author_ids", shape, posts.authorIds()),
        InferTensor.of("retrieval_scores", shape, posts.retrievalScores()));
  }

  private static List<InferTensor> recommended(ServingResponse response, FeedPolicy policy) {
    Scores scores = response.scores();
    Posts posts = response.posts();
    Ranking ranking = policy.rank(response);
    int count = posts.count();
    int actions = scores == null ? 0 : scores.actions();
    long[] postIds = new long[count];
    long[] authorIds = new long[count];
    float[] retrieval = new float[count];
    float[] weighted = new float[count];
    float[] probabilities = new float[count * actions];
    for (int rank = 0; rank < count; rank++) {
      int i = ranking.candidate(rank);
      postIds[rank] = posts.postIds()[i];
      authorIds[rank] = posts.authorIds()[i];
      retrieval[rank] = posts.retrievalScores()[i];
      weighted[rank] = (float) ranking.score(i);
      if (scores != null) {
        System.arraycopy(
            scores.probabilities(), i * actions, probabilities, rank * actions, actions);
      }
    }
    long[] shape = {count};
    List<InferTensor> tensors = new ArrayList<>();
    tensors.add(InferTensor.of("post_ids", shape, postIds));
    tensors.add(InferTensor.of("author_ids", shape, authorIds));
    tensors.add(InferTensor.of("retrieval_scores", shape, retrieval));
    tensors.add(InferTensor.of("weighted_scores", shape, weighted));
    if (scores != null) {
      tensors.add(InferTensor.of("probabilities", new long[] {count, actions}, probabilities));
    }
    return tensors;
  }
}
