package dev.phoenix.bench;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.phoenix.checkpoint.ModelConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The ranker of the golden pipeline in ONNX Runtime: the peer of ranking. The graph takes 64
 * candidates a sequence, so a longer list becomes several sequences, the last one padded.
 */
final class OnnxRanker implements AutoCloseable {
  private static final String RESOURCE = "phoenix_ranker_mini.onnx";

  private final OrtEnvironment environment;
  private final OrtSession session;
  private final ModelConfig config;
  private final int sequences;
  private final List<OnnxCall> calls = new ArrayList<>();

  /**
   * Settings that change the speed and not the result.
   *
   * @param threads the threads of a call
   * @param spinning whether idle threads spin
   * @param sequences the sequences of a call; the optimiser knows this batch size
   */
  record Settings(int threads, boolean spinning, int sequences) {}

  private OnnxRanker(OrtSession session, ModelConfig config, int sequences) {
    this.environment = OrtEnvironment.getEnvironment();
    this.session = session;
    this.config = config;
    this.sequences = sequences;
  }

  /** Loads the graph. */
  static OnnxRanker create(ModelConfig config, Settings settings) {
    try (var options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
      options.setIntraOpNumThreads(settings.threads());
      options.addConfigEntry("session.intra_op.allow_spinning", settings.spinning() ? "1" : "0");
      // With a fixed batch size, masks and rotations are constants, which the optimiser folds.
      options.setSymbolicDimensionValue("batch", settings.sequences());
      OrtSession session = OrtEnvironment.getEnvironment().createSession(graph(), options);
      return new OnnxRanker(session, config, settings.sequences());
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime does not load " + RESOURCE, e);
    }
  }

  /** The version of ONNX Runtime. */
  static String version() {
    return OrtEnvironment.getEnvironment().getVersion();
  }

  private static byte[] graph() {
    try (InputStream in = OnnxRanker.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + RESOURCE);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Binds all of {@code batch} as the inputs of one or more calls. */
  void bind(RandomBatch batch) {
    List<OnnxCall.Slice> slices = new ArrayList<>();
    for (int request = 0; request < batch.requests(); request++) {
      for (int from = 0; from < batch.candidates(); from += config.sequence().candidateSeqLen()) {
        slices.add(new OnnxCall.Slice(request, from));
      }
    }
    if (slices.size() % sequences != 0) {
      throw new IllegalArgumentException(
          "%d sequences do not fill calls of %d".formatted(slices.size(), sequences));
    }
    closeCalls();
    for (int at = 0; at < slices.size(); at += sequences) {
      calls.add(OnnxCall.create(environment, batch, slices.subList(at, at + sequences)));
    }
  }

  /** Scores the batch that was bound last. */
  void run() {
    for (OnnxCall call : calls) {
      call.run(session);
    }
  }

  /** The probability of an action after {@link #run}, NaN where the request has no such row. */
  float probability(int request, int candidate, int action) {
    for (OnnxCall call : calls) {
      float found = call.probability(request, candidate, action);
      if (!Float.isNaN(found)) {
        return found;
      }
    }
    return Float.NaN;
  }

  /** The continuous output {@code index} after {@link #run}. */
  float continuous(int request, int candidate, int index) {
    for (OnnxCall call : calls) {
      float found = call.continuous(request, candidate, index);
      if (!Float.isNaN(found)) {
        return found;
      }
    }
    return Float.NaN;
  }

  private void closeCalls() {
    calls.forEach(OnnxCall::close);
    calls.clear();
  }

  @Override
  public void close() {
    closeCalls();
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("ONNX Runtime does not close its session", e);
    }
  }
}
