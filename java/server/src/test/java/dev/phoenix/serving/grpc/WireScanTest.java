package dev.phoenix.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.WireFormat;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.RequestLimits;
import dev.phoenix.testing.Seeds;
import inference.InferTensorContents;
import inference.ModelInferRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Collections;
import java.util.Random;
import org.junit.jupiter.api.Test;
import xai.recsys.v1.CandidateSet;
import xai.recsys.v1.PredictNextActionsRequest;
import xai.recsys.v1.RetrieveTopKCandidatesRequest;
import xai.recsys.v1.TweetInfo;

/** Counts in messages before parsing. */
class WireScanTest {
  private static final int MESSAGE_BYTES = 16 << 20;

  private final Random random = Seeds.random("wire scan");
  private final WireLimits limits = new WireLimits(RequestLimits.DEFAULT);

  private String refusal(byte[] message, Descriptor type) {
    Rejection refused = assertThrows(Rejection.class, () -> WireScan.check(limits, message, type));
    assertEquals(Rejection.Reason.INVALID, refused.reason());
    return String.valueOf(refused.getMessage());
  }

  private String refusal(Message message) {
    return refusal(message.toByteArray(), message.getDescriptorForType());
  }

  /** A candidate set of {@code bytes} bytes of empty candidates. */
  private static byte[] emptyCandidates(int bytes) throws IOException {
    byte[] empty = new byte[bytes / 2 * 2];
    for (int i = 0; i < empty.length; i += 2) {
      empty[i] = (byte) (CandidateSet.CANDIDATES_FIELD_NUMBER << 3 | 2);
    }
    return wrapped(PredictNextActionsRequest.CANDIDATESETS_FIELD_NUMBER, empty);
  }

  private static byte[] wrapped(int field, byte[] inner) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(inner.length + 16);
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeByteArray(field, inner);
    out.flush();
    return bytes.toByteArray();
  }

  @Test
  void millionsOfEmptyMessagesAreRefusedWithoutMakingOne() throws IOException {
    byte[] message = emptyCandidates(MESSAGE_BYTES - 16);
    Descriptor type = PredictNextActionsRequest.getDescriptor();
    WireScan.check(limits, emptyCandidates(4096), type);
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    String refused = refusal(message, type);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertEquals("candidates: expected at most 2048, found 8388600", refused);
    assertTrue(allocated < MESSAGE_BYTES, allocated + " bytes to refuse " + message.length);
  }

  @Test
  void whatIsWithinTheLimitsPasses() {
    WireUser user = new WireUser(random, 200);
    CandidateSet.Builder set = CandidateSet.newBuilder();
    for (int i = 0; i < 2048; i++) {
      set.addCandidates(TweetInfo.newBuilder().setTweetId(random.nextLong()));
    }
    PredictNextActionsRequest.Builder request =
        PredictNextActionsRequest.newBuilder()
            .addSequences(user.message())
            .addCandidateSets(set)
            .addAllRequestedActionIndices(Collections.nCopies(1024, 300))
            .setMetadata("x".repeat(1000))
            .setUnknownFields(unknown(1000));
    WireScan.check(
        limits, request.build().toByteArray(), PredictNextActionsRequest.getDescriptor());
    ModelInferRequest infer = user.inferRequest("ranker", 7);
    WireScan.check(limits, infer.toByteArray(), ModelInferRequest.getDescriptor());
    assertEquals(
        "requestedActionIndices: expected at most 1024, found 1025",
        refusal(request.addRequestedActionIndices(1).build()));
  }

  private static UnknownFieldSet unknown(int groups) {
    UnknownFieldSet.Field.Builder all = UnknownFieldSet.Field.newBuilder();
    UnknownFieldSet inner =
        UnknownFieldSet.newBuilder()
            .addField(3, UnknownFieldSet.Field.newBuilder().addVarint(7).build())
            .build();
    for (int i = 0; i < groups; i++) {
      all.addGroup(inner);
    }
    return UnknownFieldSet.newBuilder().addField(999, all.build()).build();
  }

  @Test
  void everyKindOfElementIsCounted() {
    RetrieveTopKCandidatesRequest users =
        RetrieveTopKCandidatesRequest.newBuilder()
            .addAllUserIds(Collections.nCopies(257, -1L))
            .build();
    assertEquals("user_ids: expected at most 256, found 257", refusal(users));
    ModelInferRequest tensors =
        ModelInferRequest.newBuilder()
            .addAllRawInputContents(Collections.nCopies(33, ByteString.EMPTY))
            .build();
    assertEquals("raw_input_contents: expected at most 32, found 33", refusal(tensors));
    int most = RequestLimits.DEFAULT.history() * RequestLimits.DEFAULT.actions();
    InferTensorContents floats =
        InferTensorContents.newBuilder()
            .addAllFp32Contents(Collections.nCopies(most + 1, 0f))
            .build();
    assertEquals(
        "fp32_contents: expected at most %d, found %d".formatted(most, most + 1), refusal(floats));
    byte[] groups = unknown(WireScan.MAX_PARTS / 2 + 1).toByteArray();
    assertEquals(
        "parts of the message: expected at most 1048576, found more",
        refusal(groups, PredictNextActionsRequest.getDescriptor()));
  }

  @Test
  void tornMessagesAreRefused() throws IOException {
    Descriptor type = PredictNextActionsRequest.getDescriptor();
    String malformed = "the message is no PredictNextActionsRequest";
    int group = 77 << 3 | WireFormat.WIRETYPE_START_GROUP;
    ByteArrayOutputStream deep = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(deep);
    for (int i = 0; i < 200; i++) {
      out.writeUInt32NoTag(group);
    }
    out.flush();
    assertEquals(malformed, refusal(deep.toByteArray(), type));
    assertEquals(malformed, refusal(new byte[] {10, 100, 0}, type));
    assertEquals(malformed, refusal(new byte[] {10, -1, -1, -1, -1, 15}, type));
    assertEquals(malformed, refusal(new byte[] {0}, type));
  }

  private static boolean parses(byte[] bytes) {
    try {
      return PredictNextActionsRequest.parseFrom(bytes).isInitialized();
    } catch (InvalidProtocolBufferException malformed) {
      return false;
    }
  }

  /** The scan refuses nothing that the parser accepts, and passes little that it refuses. */
  @Test
  void theScanAgreesWithTheParser() {
    byte[] whole =
        PredictNextActionsRequest.newBuilder()
            .addSequences(new WireUser(random, 3).message())
            .addCandidateSets(
                CandidateSet.newBuilder().addCandidates(TweetInfo.newBuilder().setTweetId(1)))
            .build()
            .toByteArray();
    int agreed = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = Arrays.copyOf(whole, 1 + random.nextInt(whole.length));
      for (int i = random.nextInt(3); i > 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      boolean parsed = parses(bytes);
      boolean passed = true;
      try {
        WireScan.check(limits, bytes, PredictNextActionsRequest.getDescriptor());
      } catch (Rejection refused) {
        passed = !String.valueOf(refused.getMessage()).contains("is no");
      }
      // Only strings that are not UTF-8 are left to the parser.
      assertTrue(parsed ? passed : true, Arrays.toString(bytes));
      agreed += parsed == passed ? 1 : 0;
    }
    assertTrue(agreed > 19_000, "agreed on " + agreed);
  }
}
