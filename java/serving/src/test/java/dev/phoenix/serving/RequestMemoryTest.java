package dev.phoenix.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.serving.Rejection.Reason;
import dev.phoenix.serving.RequestMemory.Hold;
import org.junit.jupiter.api.Test;

/** Tests the memory that requests share. */
class RequestMemoryTest {
  private static final int MIB = 1 << 20;

  private final RequestMemory memory = new RequestMemory(8 * MIB);

  private static void assertFull(Hold hold, long wanted) {
    long before = hold.bytes();
    Rejection refused = assertThrows(Rejection.class, () -> hold.resize(wanted));
    assertEquals(Reason.IN_FLIGHT_CAP, refused.reason());
    assertEquals(before, hold.bytes());
  }

  @Test
  void largeRequestsLeaveRoomForSmallOnes() {
    try (Hold large = memory.open();
        Hold other = memory.open();
        Hold small = memory.open()) {
      large.resize(7 * MIB);
      assertFull(other, 100_000);
      small.resize(50_000);
      small.grow(10_000);
      assertFull(small, 70_000);
      assertEquals(7 * MIB + 60_000, memory.heldBytes());
      large.resize(100);
      other.resize(6 * MIB);
    }
    assertEquals(0, memory.heldBytes());
  }

  @Test
  void whatHasEndedHoldsNothing() {
    Hold hold = memory.open();
    hold.resize(1000);
    hold.close();
    hold.close();
    assertEquals(0, memory.heldBytes());
    assertEquals(Reason.CANCELLED, assertThrows(Rejection.class, () -> hold.resize(10)).reason());
    assertEquals(0, memory.heldBytes());
  }
}
