package dev.phoenix.bench.serving;

import com.google.protobuf.ByteString;
import dev.phoenix.checkpoint.UserSequence;
import inference.GRPCInferenceServiceGrpc;
import inference.ModelInferRequest;
import inference.ModelInferRequest.InferInputTensor;
import io.grpc.MethodDescriptor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import phoenix.v1.RecommendRequest;
import phoenix.v1.RecommenderGrpc;
import xai.recsys.v1.CandidateSet;
import xai.recsys.v1.PredictNextActionsRequest;
import xai.recsys.v1.RecsysPredictorGrpc;
import xai.recsys.v1.RecsysRetrievalPredictorGrpc;
import xai.recsys.v1.RetrieveTopKCandidatesRequest;
import xai.recsys.v1.TweetInfo;

/** One small valid request of every kind, from which malformed ones are made. */
final class WireRequests {
  private static final int POSTS = 4;

  private static final UserSequence USER = new RankRequests(1, POSTS, 1).user(0);

  private WireRequests() {}

  /** An encoded message and its gRPC method. */
  record Rpc(MethodDescriptor<?, ?> method, byte[] message) {}

  /** An HTTP body and its path. */
  record Body(String path, byte[] body) {}

  static List<Rpc> rpcs() {
    return List.of(rank(), retrieve(), recommend(), infer());
  }

  private static Rpc rank() {
    CandidateSet candidates =
        CandidateSet.newBuilder().addCandidates(TweetInfo.newBuilder().setTweetId(9)).build();
    return new Rpc(
        RecsysPredictorGrpc.getPredictNextActionsMethod(),
        PredictNextActionsRequest.newBuilder()
            .addSequences(RankRequests.sequence(USER))
            .addCandidateSets(candidates)
            .build()
            .toByteArray());
  }

  private static Rpc retrieve() {
    return new Rpc(
        RecsysRetrievalPredictorGrpc.getRetrieveTopKCandidatesMethod(),
        RetrieveTopKCandidatesRequest.newBuilder()
            .addUserIds(USER.userId())
            .addSequences(RankRequests.sequence(USER))
            .setTopK(5)
            .build()
            .toByteArray());
  }

  static Rpc recommend() {
    return new Rpc(
        RecommenderGrpc.getRecommendMethod(),
        RecommendRequest.newBuilder()
            .setSequence(RankRequests.sequence(USER))
            .setTopK(5)
            .build()
            .toByteArray());
  }

  private static Rpc infer() {
    ByteBuffer ids = ByteBuffer.allocate(POSTS * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    USER.history().forEach(engagement -> ids.putLong(engagement.postId()));
    ByteString history = ByteString.copyFrom(ids.flip());
    ByteString one =
        ByteString.copyFrom(
            ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(7).flip());
    return new Rpc(
        GRPCInferenceServiceGrpc.getModelInferMethod(),
        ModelInferRequest.newBuilder()
            .setModelName("retrieval")
            .addInputs(tensor("user_id", 1))
            .addInputs(tensor("history_post_ids", POSTS))
            .addInputs(tensor("history_author_ids", POSTS))
            .addRawInputContents(one)
            .addRawInputContents(history)
            .addRawInputContents(history)
            .build()
            .toByteArray());
  }

  private static InferInputTensor tensor(String name, long count) {
    return InferInputTensor.newBuilder()
        .setName(name)
        .setDatatype("UINT64")
        .addShape(count)
        .build();
  }

  static List<Body> bodies() {
    return List.of(
        new Body(
            "/v1/recommend",
            utf8(
                """
                {"user_id": "7", "history": [
                  {"post_id": 5, "author_id": 6, "actions": {"1": 1, "4": 0.5}},
                  {"post_id": "8", "author_id": 9, "actions": {"11": 1}}],
                 "top_k": 5, "limit": 3, "filter": {"any": 3}, "deadline_ms": 1000}
                """)),
        new Body(
            "/v2/models/retrieval/infer",
            utf8(
                """
                {"id": "x", "parameters": {"binary_data_output": true}, "inputs": [
                  {"name": "user_id", "shape": [1], "datatype": "UINT64", "data": [7]},
                  {"name": "history_post_ids", "shape": [2], "datatype": "UINT64", "data": [5, 6]},
                  {"name": "history_author_ids", "shape": [2], "datatype": "INT64", "data": [6, 8]},
                  {"name": "top_k", "shape": [1], "datatype": "INT32", "data": [4]}]}
                """)));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
