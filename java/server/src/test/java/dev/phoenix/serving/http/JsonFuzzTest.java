package dev.phoenix.serving.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.feature.HistoryCut;
import dev.phoenix.serving.Demo;
import dev.phoenix.serving.FeedPolicy;
import dev.phoenix.serving.Mutations;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.RequestLimits;
import dev.phoenix.serving.oip.InferenceDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/**
 * Every body of a request decodes to a request or a rejection, for any bytes. A plain test run
 * repeats kept inputs and some mutations; with {@code JAZZER_FUZZ=1} and one method selected, it
 * fuzzes.
 */
class JsonFuzzTest {
  private static final String INFER =
      """
      {"id": "x", "parameters": {"binary_data_output": true}, "inputs": [
        {"name": "user_id", "shape": [1], "datatype": "UINT64", "data": [7]},
        {"name": "history_post_ids", "shape": [2], "datatype": "UINT64", "data": [5, 6]},
        {"name": "history_author_ids", "shape": [2], "datatype": "INT64", "data": [6, 8]},
        {"name": "history_actions", "shape": [2, 2], "datatype": "FP32", "data": [[1, 0.5], [0, 1]]},
        {"name": "top_k", "shape": [1], "datatype": "INT32", "data": [4]}],
       "outputs": [{"name": "post_ids", "parameters": {"binary_data": true}}]}
      """;

  private static int recommend(byte[] bytes) {
    return new RecommendCodec(RequestLimits.DEFAULT, FeedPolicy.DEFAULT, () -> HistoryCut.ALL)
        .decode(bytes, bytes.length)
        .user()
        .length();
  }

  private static int infer(byte[] bytes) {
    OpenInferenceCodec.Request request = OpenInferenceCodec.decode(bytes, bytes.length);
    return new InferenceDecoder(RequestLimits.DEFAULT, FeedPolicy.DEFAULT, () -> HistoryCut.ALL)
        .decode("recommender", request.inputs(), 1)
        .user()
        .length();
  }

  private static void allowRefusal(Mutations.Decoder decoder, byte[] bytes) throws Exception {
    try {
      decoder.decode(bytes);
    } catch (Rejection refused) {
      assertFalse(String.valueOf(refused.getMessage()).contains("\n"));
    }
  }

  @FuzzTest(maxDuration = "60s")
  void recommendBody(byte[] bytes) throws Exception {
    allowRefusal(JsonFuzzTest::recommend, bytes);
  }

  @FuzzTest(maxDuration = "60s")
  void inferBody(byte[] bytes) throws Exception {
    allowRefusal(JsonFuzzTest::infer, bytes);
  }

  @FuzzTest(maxDuration = "60s")
  void inferBodyWithBinaryTensors(byte[] bytes) throws Exception {
    allowRefusal(all -> OpenInferenceCodec.decode(all, all.length / 2), bytes);
  }

  @Test
  void mutatedBodiesAreDecodedOrRefused() throws Exception {
    byte[] example = Files.readAllBytes(Demo.ARTIFACTS.sequence());
    assertEquals(UserSequence.read(Demo.ARTIFACTS.sequence()).history().size(), recommend(example));
    Mutations.run(example, Rejection.class, JsonFuzzTest::recommend);
    byte[] infer = INFER.getBytes(StandardCharsets.UTF_8);
    assertEquals(2, infer(infer));
    Mutations.run(infer, Rejection.class, JsonFuzzTest::infer);
  }
}
