package dev.phoenix.ops.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TeamTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void everyPartRunsExactlyOnce(int size) {
    try (Team team = Team.create(size)) {
      assertEquals(size, team.size());
      for (int count : new int[] {0, 1, 2, 3, 7, 1000}) {
        AtomicIntegerArray runs = new AtomicIntegerArray(count);
        team.run(
            (part, member) -> {
              assertTrue(member >= 0 && member < size);
              runs.incrementAndGet(part);
            },
            count);
        for (int part = 0; part < count; part++) {
          assertEquals(1, runs.get(part));
        }
      }
    }
  }

  @Test
  void threadsWithoutACoreOfTheirOwnSleep() {
    int[] cores = {1};
    try (Team team = Team.create(8, () -> cores[0])) {
      AtomicIntegerArray byMember = new AtomicIntegerArray(8);
      Team.Work work = (part, member) -> byMember.incrementAndGet(member);
      for (int round = 0; round < 1000; round++) {
        team.run(work, 16);
      }
      assertEquals(16_000, byMember.get(0), "one core is the caller's");
      cores[0] = 8;
      long deadline = System.nanoTime() + 30_000_000_000L;
      int helped = 0;
      while (helped == 0 && System.nanoTime() < deadline) {
        team.run(work, 1000);
        for (int member = 1; member < 8; member++) {
          helped += byMember.get(member);
        }
      }
      assertTrue(helped > 0, "workers help once there are cores");
    }
  }

  /**
   * Uses plain writes: run must publish the work to the workers and their results to the caller.
   */
  @Test
  void aHundredThousandRoundsLoseNothing() {
    try (Team team = Team.create(2)) {
      int[] values = new int[5];
      int[] round = new int[1];
      Team.Work work = (part, member) -> values[part] = values[part] + round[0];
      long expected = 0;
      for (int i = 0; i < 100_000; i++) {
        round[0] = i;
        int count = i % 6;
        team.run(work, count);
        expected += (long) i * count;
      }
      int[] last = values.clone();
      // Both sums wrap in the same way.
      assertEquals((int) expected, Arrays.stream(last).sum());
    }
  }

  @Test
  void differentWorkFollowsOnSleepingWorkers() throws InterruptedException {
    try (Team team = Team.create(3)) {
      for (int round = 0; round < 20; round++) {
        int[] values = new int[16];
        int now = round;
        team.run((part, member) -> values[part] = part * now, values.length);
        int[] expected = new int[16];
        Arrays.setAll(expected, part -> part * now);
        assertArrayEquals(expected, values);
        Thread.sleep(5); // Long enough for every worker to park.
      }
    }
  }

  @Test
  void membersNeverShareANumber() {
    try (Team team = Team.create(3)) {
      AtomicIntegerArray inside = new AtomicIntegerArray(3);
      team.run(
          (part, member) -> {
            assertEquals(1, inside.incrementAndGet(member));
            Thread.onSpinWait();
            inside.decrementAndGet(member);
          },
          20_000);
      assertEquals(0, inside.get(0) + inside.get(1) + inside.get(2));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aFailureReachesTheCallerAndTheTeamGoesOn(int size) {
    try (Team team = Team.create(size)) {
      for (int round = 0; round < 50; round++) {
        IllegalArgumentException failure = new IllegalArgumentException("part " + round);
        int failing = round % 10;
        RuntimeException thrown =
            assertThrows(
                RuntimeException.class,
                () ->
                    team.run(
                        (part, member) -> {
                          if (part == failing) {
                            throw failure;
                          }
                        },
                        10));
        assertSame(failure, thrown);
        int[] values = new int[10];
        team.run((part, member) -> values[part] = 1, 10);
        assertEquals(10, Arrays.stream(values).sum());
      }
    }
  }

  @Test
  void errorsReachTheCallerToo() {
    try (Team team = Team.create(2)) {
      assertThrows(
          StackOverflowError.class,
          () ->
              team.run(
                  (part, member) -> {
                    throw new StackOverflowError();
                  },
                  10));
    }
  }

  @Test
  void aClosedTeamRefusesWork() {
    Team team = Team.create(2);
    team.close();
    team.close();
    assertThrows(IllegalStateException.class, () -> team.run((part, member) -> {}, 2));
  }

  @Test
  void aTeamOfNobodyIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Team.create(0));
  }
}
