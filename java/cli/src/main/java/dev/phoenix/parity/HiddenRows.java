package dev.phoenix.parity;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.feature.LookedUpInputs;
import dev.phoenix.model.Trace;
import dev.phoenix.ops.RowLayout;
import dev.phoenix.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The hidden rows of a traced pass in the reference's padded layout [B, 1 + S + C, D]. Padding has
 * no row in a pass and is not compared.
 */
final class HiddenRows {
  private final Expected expected;
  private final boolean[] valid;
  private final int historyTokens;
  private final int sequenceLength;
  private final int columns;
  private final Map<String, float[]> found = new LinkedHashMap<>();

  HiddenRows(ModelConfig config, LookedUpInputs inputs, Expected expected) {
    this.expected = expected;
    this.valid = expected.float32().get("padding_mask").toBooleans();
    this.columns = config.embSize();
    this.sequenceLength = valid.length / Math.max(inputs.requests(), 1);
    this.historyTokens = sequenceLength - inputs.candidatesPerRequest();
  }

  /** A trace of the encoding of histories. */
  Trace history() {
    return (step, hidden, rows) -> {
      float[] all = hidden.toArray();
      for (int request = 0; request < rows.requests(); request++) {
        int row = rows.begin(request);
        for (int token = 0; token < historyTokens; token++) {
          if (valid[request * sequenceLength + token]) {
            put(step, all, row++, request, token);
          }
        }
      }
    };
  }

  /** A trace of the scoring of candidates. */
  Trace candidates() {
    return this::placeCandidates;
  }

  private void placeCandidates(String step, Tensor hidden, RowLayout rows) {
    float[] all = hidden.toArray();
    for (int request = 0; request < rows.requests(); request++) {
      for (int row = rows.begin(request); row < rows.end(request); row++) {
        put(step, all, row, request, historyTokens + row - rows.begin(request));
      }
    }
  }

  private void put(String step, float[] all, int row, int request, int token) {
    float[] padded = found.computeIfAbsent(step, s -> new float[valid.length * columns]);
    int to = (request * sequenceLength + token) * columns;
    System.arraycopy(all, row * columns, padded, to, columns);
  }

  TensorCheck check(String step, Bounds bounds) {
    float[] rows = found.getOrDefault(step, new float[0]);
    return bounds.checkScaled(
        step,
        validRows(rows),
        validRows(expected.floats(step)),
        validRows(expected.roundedFloats(step)));
  }

  private float[] validRows(float[] padded) {
    float[] rows = new float[padded.length];
    int count = 0;
    for (int token = 0; token < valid.length && token * columns < padded.length; token++) {
      if (valid[token]) {
        System.arraycopy(padded, token * columns, rows, count * columns, columns);
        count++;
      }
    }
    return Arrays.copyOf(rows, count * columns);
  }
}
