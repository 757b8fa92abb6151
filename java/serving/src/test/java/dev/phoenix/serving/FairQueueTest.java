package dev.phoenix.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.testing.Seeds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Tests the order of waiting requests, and who gives way. */
class FairQueueTest {
  private static final long NOW = Long.MAX_VALUE - 5;

  /** A time after {@link #NOW}; wraps around as the clock may. */
  private static long after(long nanos) {
    return NOW + nanos;
  }

  private final FairQueue queue = new FairQueue();

  private static PendingRequest request(String peer, long patience, int candidates) {
    UserHistory user = UserHistory.of(new UserSequence(1, List.of()));
    Task task = new Task.Rank(new long[candidates], new long[candidates], 0);
    return new PendingRequest(
        new ServingRequest(user, task, after(patience)), peer, null, () -> NOW, _ -> {});
  }

  private PendingRequest add(String peer, long patience, int candidates) {
    PendingRequest added = request(peer, patience, candidates);
    queue.add(added);
    return added;
  }

  @Test
  void peersTakeTurnsByRows() {
    for (int i = 0; i < 400; i++) {
      add("burst", 3600, 99);
    }
    for (int i = 0; i < 20; i++) {
      add("other", 1, 999);
    }
    Map<String, Integer> rows = new HashMap<>();
    int taken = 0;
    while (rows.getOrDefault("other", 0) < 20_000) {
      PendingRequest next = queue.removeFirst();
      rows.merge(next.peer(), next.rows(), Integer::sum);
      taken++;
    }
    int burst = rows.getOrDefault("burst", 0);
    assertTrue(burst > 18_000 && burst < 23_000, "rows of the burst: " + burst);
    assertEquals(420 - taken, queue.size());
  }

  @Test
  void theNearestDeadlineOfAPeerIsFirst() {
    PendingRequest patient = add("a", 3600, 1);
    PendingRequest hurried = add("a", 1, 1);
    PendingRequest again = add("a", 1, 1);
    assertEquals(0, queue.ahead("a", NOW, 1));
    assertEquals(2, queue.ahead("a", after(2), 1));
    assertSame(hurried, queue.removeFirst());
    assertSame(again, queue.removeFirst(), "first come, first served");
    assertSame(patient, queue.removeFirst());
  }

  @Test
  void aBurstDoesNotCountAsAheadOfAnotherPeer() {
    for (int i = 0; i < 2000; i++) {
      add("burst", 3600, 299);
    }
    assertTrue(queue.ahead("other", after(1), 300) < 5);
    assertEquals(2000, queue.ahead("burst", after(3601), 300));
    assertEquals(0, queue.ahead("burst", after(1), 300));
  }

  @Test
  void theHeaviestPeerGivesWay() {
    add("burst", 100, 500);
    PendingRequest mostPatient = add("burst", 3600, 500);
    add("other", 9000, 100);
    assertSame(mostPatient, queue.yielding("other", after(1), 100));
    assertSame(mostPatient, queue.yielding("burst", after(1), 100), "patience gives way");
    assertNull(queue.yielding("burst", after(3600), 100), "the same patience does not");
    assertNull(queue.yielding("other", after(1), 1000), "who would be heavier does not push out");
  }

  @Test
  void nothingIsLostWhateverComesAndGoes() {
    Random random = Seeds.random("fair queue");
    List<PendingRequest> waiting = new ArrayList<>();
    for (int step = 0; step < 5000; step++) {
      int what = random.nextInt(5);
      if (what < 3) {
        waiting.add(add("peer " + random.nextInt(7), random.nextInt(50), random.nextInt(3000)));
      } else if (!waiting.isEmpty() && what == 3) {
        PendingRequest withdrawn = waiting.remove(random.nextInt(waiting.size()));
        queue.remove(withdrawn);
        queue.remove(withdrawn);
      } else if (!waiting.isEmpty()) {
        assertTrue(waiting.remove(queue.removeFirst()), Seeds::replay);
      }
      assertEquals(waiting.size(), queue.size());
    }
    while (!queue.isEmpty()) {
      assertTrue(waiting.remove(queue.removeFirst()));
    }
    assertEquals(List.of(), waiting);
  }
}
