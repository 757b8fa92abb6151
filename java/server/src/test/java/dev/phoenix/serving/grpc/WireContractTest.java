package dev.phoenix.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import inference.ModelInferRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import xai.recsys.v1.ActionName;
import xai.recsys.v1.PredictNextActionsRequest;

/** Names, numbers and types of fields, on which other clients depend. */
class WireContractTest {
  private static final FileDescriptor RECSYS = PredictNextActionsRequest.getDescriptor().getFile();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PredictNextActionsRequest | 1 sequences rep message, 2 candidateSets rep message,"
            + " 5 metadata string, 9 returnLogMap bool, 10 requestedActionIndices rep uint32,"
            + " 11 returnCandidateTweetIdOnly bool, 17 requestedContinuousActionIndices rep uint32",
        "PredictNextActionsResponse | 1 distributionSets rep message, 3 servingPodName string,"
            + " 4 servingNodeName string, 5 checkpointLoadDelaySeconds uint64",
        "CandidateDistributionSet | 1 userId uint64, 2 candidateDistributions rep message,"
            + " 3 checkpointPath string",
        "NextActionDistribution | 1 candidate message, 2 logits rep float, 3 topLogProbs rep"
            + " float, 5 indexToLogits rep message, 6 continuousActionsValues rep float,"
            + " 7 indexToContinuousValues rep message",
        "CandidateSet | 1 userId uint64, 2 candidates rep message, 3 productSurface enum",
        "TweetInfo | 1 tweetId uint64, 2 authorId uint64",
        "UserActionSequence | 1 userId uint64, 3 metadata message, 4 userActionsData message",
        "UserActionSequenceDataContainer | 3 orderedAggregatedUserActionsList message",
        "AggregatedUserActionList | 1 aggregatedUserActions rep message",
        "AggregatedUserAction | 1 userId int64, 2 tweetInfo message, 3 actions rep message,"
            + " 4 impressedTimeMs int64",
        "ActionInfo | 1 engagementTimeMs uint64, 2 actionName enum, 3 actionCategory enum,"
            + " 4 actionGroup enum, 5 userActionMeta message",
        "UserActionMeta | 1 indexInSequence uint64, 2 page string, 3 dwellTime double,"
            + " 4 clientPlatform string, 9 productSurface enum",
        "UserActionSequenceMeta | 1 length uint64, 2 firstSequenceTime uint64,"
            + " 3 lastSequenceTime uint64",
        "RetrieveTopKCandidatesRequest | 1 user_ids rep uint64, 2 sequences rep message, 3 topK"
            + " uint32, 4 metadata string",
        "RetrieveTopKCandidatesResponse | 1 topKCandidates rep message",
        "ScoredCandidates | 1 userId uint64, 2 candidates rep message",
        "ScoredCandidate | 1 candidate message, 2 score float, 3 sourceIdx int32",
        "ReloadModelRequest | 1 do_reload bool, 3 target_prefix string",
        "ReloadModelResponse | 1 reload_in_progress bool, 2 current_checkpoint_timestamp double,"
            + " 3 serving_prefix string",
      })
  void messagesHaveTheProductionServicesFields(String message, String fields) {
    Descriptor descriptor = RECSYS.findMessageTypeByName(message);
    assertNotNull(descriptor, message);
    String[] expected = fields.split(",\\s*");
    assertEquals(expected.length, descriptor.getFields().size());
    for (int i = 0; i < expected.length; i++) {
      FieldDescriptor field = descriptor.getFields().get(i);
      String found =
          field.getNumber()
              + (" " + field.getName())
              + (field.isRepeated() ? " rep " : " ")
              + field.getType().name().toLowerCase(java.util.Locale.ROOT);
      assertEquals(expected[i].strip(), found, message);
    }
  }

  @Test
  void servicesAndActionsHaveTheirNames() {
    assertEquals("xai.recsys.v1", RECSYS.getPackage());
    assertNotNull(RECSYS.findServiceByName("RecsysPredictor").findMethodByName("ReloadModel"));
    assertNotNull(
        RECSYS.findServiceByName("RecsysPredictor").findMethodByName("PredictNextActions"));
    assertNotNull(
        RECSYS
            .findServiceByName("RecsysRetrievalPredictor")
            .findMethodByName("RetrieveTopKCandidates"));
    int[] numbers = {1, 4, 5, 6, 11, 13, 14, 17, 21, 23, 25, 29, 30, 37};
    for (int number : numbers) {
      assertNotNull(ActionName.forNumber(number), "action " + number);
    }
    assertEquals(numbers.length + 2, ActionName.values().length);
  }

  @Test
  void theOpenProtocolHasItsNumbers() {
    Descriptor request = ModelInferRequest.getDescriptor();
    assertEquals("inference.ModelInferRequest", request.getFullName());
    assertEquals(7, request.findFieldByName("raw_input_contents").getNumber());
    assertEquals(5, request.findFieldByName("inputs").getNumber());
    assertEquals(1, request.findFieldByName("model_name").getNumber());
  }
}
