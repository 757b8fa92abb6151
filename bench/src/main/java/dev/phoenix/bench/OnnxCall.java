package dev.phoenix.bench;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.phoenix.checkpoint.ModelConfig;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The inputs and outputs of one call of the ONNX graph, in direct buffers that are allocated once,
 * so that a timed call copies nothing.
 */
final class OnnxCall implements AutoCloseable {
  /** Candidates {@code from} to {@code from + 64} of a request. */
  record Slice(int request, int from) {}

  private final OrtEnvironment environment;
  private final ModelConfig config;
  private final List<Slice> slices;
  private final int candidates;
  private final Map<String, OnnxTensor> inputs = new HashMap<>();
  private final Map<String, OnnxTensor> outputs = new HashMap<>();
  private final FloatBuffer probabilities;
  private final FloatBuffer continuous;

  private OnnxCall(OrtEnvironment environment, RandomBatch batch, List<Slice> slices) {
    this.environment = environment;
    this.config = batch.config();
    this.slices = List.copyOf(slices);
    this.candidates = batch.candidates();
    int rows = slices.size() * config.sequence().candidateSeqLen();
    this.probabilities = floats(rows * config.actions().numActions());
    this.continuous = floats(rows * config.actions().numContinuousActions());
  }

  static OnnxCall create(OrtEnvironment environment, RandomBatch batch, List<Slice> slices) {
    OnnxCall call = new OnnxCall(environment, batch, slices);
    try {
      call.bindHistories(batch);
      call.bindCandidates(batch);
      call.bindOutputs();
      return call;
    } catch (OrtException e) {
      call.close();
      throw new IllegalStateException("ONNX Runtime does not take the inputs", e);
    }
  }

  private void bindHistories(RandomBatch batch) throws OrtException {
    int s = config.sequence().historySeqLen();
    int d = config.embSize();
    int user = config.hashCounts().user() * d;
    int post = s * config.hashCounts().item() * d;
    int author = s * config.hashCounts().author() * d;
    int action = s * config.actions().numActions();
    FloatBuffer users = floats(slices.size() * user);
    FloatBuffer posts = floats(slices.size() * post);
    FloatBuffer authors = floats(slices.size() * author);
    FloatBuffer actions = floats(slices.size() * action);
    LongBuffer surfaces = longs(slices.size() * s);
    for (Slice slice : slices) {
      users.put(batch.users(), slice.request() * user, user);
      posts.put(batch.historyPosts(), slice.request() * post, post);
      authors.put(batch.historyAuthors(), slice.request() * author, author);
      actions.put(batch.actions(), slice.request() * action, action);
      surfaces.put(batch.historySurfaces(), slice.request() * s, s);
    }
    input("user_embeddings", users, config.hashCounts().user(), d);
    input("history_post_embeddings", posts, s, config.hashCounts().item(), d);
    input("history_author_embeddings", authors, s, config.hashCounts().author(), d);
    input("history_actions", actions, s, config.actions().numActions());
    input("history_product_surface", surfaces, s);
  }

  private void bindCandidates(RandomBatch batch) throws OrtException {
    int c = config.sequence().candidateSeqLen();
    int d = config.embSize();
    int post = config.hashCounts().item() * d;
    int author = config.hashCounts().author() * d;
    int tokens = 1 + config.sequence().historySeqLen();
    FloatBuffer posts = floats(slices.size() * c * post);
    FloatBuffer authors = floats(slices.size() * c * author);
    LongBuffer surfaces = longs(slices.size() * c);
    ByteBuffer mask = bytes(slices.size() * (tokens + c));
    for (int i = 0; i < slices.size(); i++) {
      Slice slice = slices.get(i);
      int count = Math.min(c, candidates - slice.from());
      int from = slice.request() * candidates + slice.from();
      posts.put(i * c * post, batch.candidatePosts(), from * post, count * post);
      authors.put(i * c * author, batch.candidateAuthors(), from * author, count * author);
      surfaces.put(i * c, batch.candidateSurfaces(), from, count);
      for (int token = 0; token < tokens + count; token++) {
        mask.put(i * (tokens + c) + token, (byte) 1);
      }
    }
    input("candidate_post_embeddings", posts, c, config.hashCounts().item(), d);
    input("candidate_author_embeddings", authors, c, config.hashCounts().author(), d);
    input("candidate_product_surface", surfaces, c);
    inputs.put(
        "padding_mask",
        OnnxTensor.createTensor(
            environment, mask, new long[] {slices.size(), tokens + c}, OnnxJavaType.BOOL));
  }

  private void bindOutputs() throws OrtException {
    int c = config.sequence().candidateSeqLen();
    outputs.put("probabilities", tensor(probabilities, c, config.actions().numActions()));
    outputs.put("continuous_preds", tensor(continuous, c, config.actions().numContinuousActions()));
  }

  private void input(String name, FloatBuffer values, long... shape) throws OrtException {
    inputs.put(name, tensor(values.rewind(), shape));
  }

  private void input(String name, LongBuffer values, long length) throws OrtException {
    long[] shape = {slices.size(), length};
    inputs.put(name, OnnxTensor.createTensor(environment, values.rewind(), shape));
  }

  /** A tensor over {@code values}; {@code shape} follows the batch dimension. */
  private OnnxTensor tensor(FloatBuffer values, long... shape) throws OrtException {
    long[] whole = new long[shape.length + 1];
    whole[0] = slices.size();
    System.arraycopy(shape, 0, whole, 1, shape.length);
    return OnnxTensor.createTensor(environment, values, whole);
  }

  private static ByteBuffer bytes(int count) {
    return ByteBuffer.allocateDirect(count).order(ByteOrder.nativeOrder());
  }

  private static FloatBuffer floats(int count) {
    return bytes(Math.multiplyExact(count, Float.BYTES)).asFloatBuffer();
  }

  private static LongBuffer longs(int count) {
    return bytes(Math.multiplyExact(count, Long.BYTES)).asLongBuffer();
  }

  /** Computes the outputs. */
  void run(OrtSession session) {
    try (OrtSession.Result result = session.run(inputs, outputs)) {
      if (result.size() != outputs.size()) {
        throw new IllegalStateException("ONNX Runtime computed " + result.size() + " outputs");
      }
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime does not run the graph", e);
    }
  }

  /** A probability of the last run; NaN if no slice holds the candidate. */
  float probability(int request, int candidate, int action) {
    int row = row(request, candidate);
    return row < 0 ? Float.NaN : probabilities.get(row * config.actions().numActions() + action);
  }

  /** A continuous output of the last run; NaN if no slice holds the candidate. */
  float continuous(int request, int candidate, int index) {
    int row = row(request, candidate);
    return row < 0
        ? Float.NaN
        : continuous.get(row * config.actions().numContinuousActions() + index);
  }

  private int row(int request, int candidate) {
    int c = config.sequence().candidateSeqLen();
    int i = slices.indexOf(new Slice(request, candidate / c * c));
    return i < 0 ? -1 : i * c + candidate % c;
  }

  @Override
  public void close() {
    inputs.values().forEach(OnnxTensor::close);
    outputs.values().forEach(OnnxTensor::close);
  }
}
