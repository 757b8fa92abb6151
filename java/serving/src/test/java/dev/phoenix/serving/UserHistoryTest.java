package dev.phoenix.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.checkpoint.UserSequence.Engagement;
import dev.phoenix.feature.EngagementDetails;
import dev.phoenix.serving.Rejection.Reason;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Valid values of a history, and equality of keys. */
class UserHistoryTest {
  private static UserSequence withAction(float value) {
    Engagement plain = new Engagement(1, 2, new TreeMap<>(Map.of(1, 1f)));
    Engagement other = new Engagement(3, 4, new TreeMap<>(Map.of(6, value)));
    return new UserSequence(1, List.of(plain, other));
  }

  @ParameterizedTest
  @ValueSource(floats = {3e38f, -1.1e9f, Float.NaN, Float.POSITIVE_INFINITY})
  void anActionThatNoModelCouldComputeWithIsTheCallersFault(float value) {
    Rejection refused = assertThrows(Rejection.class, () -> UserHistory.of(withAction(value)));
    assertEquals(Reason.INVALID, refused.reason());
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.contains("history[1].actions[6]"), message);
  }

  @Test
  void ordinaryAndLargeActionsAreTaken() {
    assertEquals(2, UserHistory.of(withAction(-1e9f)).length());
    assertEquals(2, UserHistory.of(withAction(0.5f)).length());
  }

  @Test
  void aDwellTimeThatIsNotFiniteIsTheCallersFault() {
    EngagementDetails details =
        new EngagementDetails(new int[2], new float[] {1, Float.NEGATIVE_INFINITY});
    Rejection refused = assertThrows(Rejection.class, () -> UserHistory.of(withAction(1), details));
    assertEquals(Reason.INVALID, refused.reason());
    assertTrue(String.valueOf(refused.getMessage()).contains("history[1]"), refused::toString);
  }

  @Test
  void historiesOfTwoAddressesAreTwoHistories() {
    UserSequence user = new UserSequence(1, List.of());
    assertNotEquals(
        UserHistory.of(user, EngagementDetails.NONE.withUserIpId(9)).key(),
        UserHistory.of(user, EngagementDetails.NONE.withUserIpId(10)).key());
  }
}
