package dev.phoenix.serving.oip;

import dev.phoenix.feature.ExcludedPosts;
import dev.phoenix.feature.HistoryCut;
import dev.phoenix.feature.ProductSurface;
import dev.phoenix.serving.Exclusion;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.PostSelection;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Rejection.Reason;
import dev.phoenix.serving.RequestLimits;
import dev.phoenix.serving.ServingRequest;
import dev.phoenix.serving.Task;
import dev.phoenix.serving.UserHistory;
import dev.phoenix.serving.UserHistoryBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Decodes tensors into a request. */
public final class InferenceDecoder {
  private final RequestLimits limits;
  private final FeedPolicy policy;
  private final Supplier<HistoryCut> cut;

  /**
   * Creates a decoder that checks every count against {@code limits}.
   *
   * @param cut what is kept of a history
   */
  public InferenceDecoder(RequestLimits limits, FeedPolicy policy, Supplier<HistoryCut> cut) {
    this.limits = limits;
    this.policy = policy;
    this.cut = cut;
  }

  /** The name of the request parameter that selects posts, see {@link PostSelection#parse}. */
  public static final String POSTS = "posts";

  /**
   * The fields of an inference request.
   *
   * @param model the model's name
   * @param inputs the input tensors
   * @param posts the selection of posts to retrieve; ignored by the ranker
   */
  public record Asked(String model, List<InferTensor> inputs, PostSelection posts) {}

  /** The request of these inputs, for any post of the default corpus. */
  public ServingRequest decode(String model, List<InferTensor> inputs, long deadlineNanos) {
    return decode(new Asked(model, inputs, PostSelection.DEFAULT), deadlineNanos);
  }

  /**
   * The request of these inputs.
   *
   * @throws Rejection naming the input that is missing or not what it should be
   */
  public ServingRequest decode(Asked asked, long deadlineNanos) {
    InferenceModels.require(asked.model());
    List<String> names = InferenceModels.inputNames(asked.model());
    Map<String, InferTensor> byName = new HashMap<>();
    for (InferTensor input : asked.inputs()) {
      String name = Rejection.quoted(input.name());
      if (!names.contains(input.name())) {
        throw new Rejection(
            Reason.INVALID, "inputs: expected some of %s, found %s".formatted(names, name));
      }
      if (byName.put(input.name(), input) != null) {
        throw new Rejection(Reason.INVALID, "inputs: %s is given twice".formatted(name));
      }
    }
    return new ServingRequest(
        history(byName),
        task(asked, byName),
        deadlineNanos,
        one(byName, "impression_time", asked.posts().impressionSeconds()));
  }

  private Task task(Asked asked, Map<String, InferTensor> inputs) {
    if (asked.model().equals("ranker")) {
      long[] posts = ids(inputs, "candidate_post_ids", limits.candidates());
      long[] authors = ids(inputs, "candidate_author_ids", limits.candidates());
      requireSame("candidate_author_ids", authors.length, posts.length);
      long[] created = {};
      if (inputs.containsKey("candidate_created")) {
        created = ids(inputs, "candidate_created", limits.candidates());
        requireSame("candidate_created", created.length, posts.length);
      }
      return new Task.Rank(posts, authors, 0, created);
    }
    int topK = topK(inputs);
    Exclusion exclusion = exclusion(asked.posts().exclusion(), inputs);
    return asked.model().equals("retrieval")
        ? new Task.Retrieve(topK, asked.posts().choice(), exclusion)
        : new Task.Recommend(
            topK, asked.posts().choice(), exclusion, Task.Vectors.neededBy(policy.scoring()));
  }

  private int topK(Map<String, InferTensor> inputs) {
    long topK = one(inputs, "top_k", policy.defaultTopK());
    if (topK < 1) {
      throw new Rejection(Reason.INVALID, "top_k: expected a whole number from 1, found " + topK);
    }
    return (int) Math.min(topK, Integer.MAX_VALUE);
  }

  private Exclusion exclusion(Exclusion said, Map<String, InferTensor> inputs) {
    if (!inputs.containsKey("excluded_post_ids")) {
      return said;
    }
    long[] ids = ids(inputs, "excluded_post_ids", limits.excluded());
    return new Exclusion(said.history(), said.posts().and(ExcludedPosts.of(ids)));
  }

  /** An input of one element, or {@code standard} if it is missing. */
  private static long one(Map<String, InferTensor> inputs, String name, long standard) {
    if (!inputs.containsKey(name)) {
      return standard;
    }
    long[] given = ids(inputs, name, 1);
    requireSame(name, given.length, 1);
    return given[0];
  }

  private UserHistory history(Map<String, InferTensor> inputs) {
    long[] user = ids(inputs, "user_id", 1);
    requireSame("user_id", user.length, 1);
    long[] posts = ids(inputs, "history_post_ids", limits.history());
    long[] authors = ids(inputs, "history_author_ids", limits.history());
    requireSame("history_author_ids", authors.length, posts.length);
    float[] actions = actions(inputs.get("history_actions"), posts.length);
    int width = posts.length == 0 ? 0 : actions.length / posts.length;
    Details details = details(inputs, posts.length);
    UserHistoryBuilder history = new UserHistoryBuilder(cut.get());
    for (int i = 0; i < posts.length; i++) {
      for (int action = 0; action < width; action++) {
        if (actions[i * width + action] != 0) {
          history.action(action, actions[i * width + action]);
        }
      }
      history.event(posts[i], authors[i], details.surface(i), details.dwell(i));
    }
    return history.build(user[0], details.userIpId());
  }

  /** Optional details of events; empty arrays where they are not given. */
  private record Details(int[] surfaces, float[] dwellSeconds, long userIpId) {
    int surface(int i) {
      return surfaces.length == 0 ? 0 : surfaces[i];
    }

    float dwell(int i) {
      return dwellSeconds.length == 0 ? 0 : dwellSeconds[i];
    }
  }

  /** Values [S, A]; any A up to the limit, because a model ignores the actions it does not have. */
  private float[] actions(@Nullable InferTensor tensor, int rows) {
    if (tensor == null) {
      throw missing("history_actions");
    }
    if (tensor.shape().length != 2 || tensor.shape()[0] != rows) {
      throw new Rejection(Reason.INVALID, "history_actions: expected the shape [history, actions]");
    }
    RequestLimits.require("actions", (int) tensor.shape()[1], limits.actions());
    return tensor.floats();
  }

  private static Details details(Map<String, InferTensor> inputs, int rows) {
    InferTensor surfaces = inputs.get("history_surfaces");
    InferTensor dwell = inputs.get("history_dwell_seconds");
    int[] surface = new int[0];
    if (surfaces != null) {
      requireSame("history_surfaces", surfaces.count(), rows);
      long[] given = surfaces.longs();
      surface = new int[rows];
      for (int i = 0; i < rows; i++) {
        surface[i] = ProductSurface.of(given[i]);
      }
    }
    float[] seconds = new float[0];
    if (dwell != null) {
      requireSame("history_dwell_seconds", dwell.count(), rows);
      seconds = dwell.floats();
    }
    long ip = 0;
    if (inputs.containsKey("user_ip_id")) {
      long[] given = ids(inputs, "user_ip_id", 1);
      requireSame("user_ip_id", given.length, 1);
      ip = given[0];
    }
    return new Details(surface, seconds, ip);
  }

  private static long[] ids(Map<String, InferTensor> inputs, String name, int most) {
    InferTensor tensor = inputs.get(name);
    if (tensor == null) {
      throw missing(name);
    }
    RequestLimits.require(name, tensor.count(), most);
    return tensor.longs();
  }

  private static Rejection missing(String name) {
    return new Rejection(Reason.INVALID, "the input " + name + " is missing");
  }

  private static void requireSame(String name, int found, int expected) {
    if (found != expected) {
      throw new Rejection(
          Reason.INVALID, "%s: expected %d elements, found %d".formatted(name, expected, found));
    }
  }
}
