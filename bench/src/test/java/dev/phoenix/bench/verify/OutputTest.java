package dev.phoenix.bench.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The outcome of a step from its output; a failure is never read as a success. */
class OutputTest {
  private static Output.Verdict verdict(Step.Reading reading, int exitCode, String... lines) {
    return new Output(List.of(lines)).verdict(reading, exitCode);
  }

  @Test
  void anExitCodeDecidesAndTheLastLineIsShown() {
    Output.Verdict passed = verdict(Step.Reading.LAST_LINE, 0, "a", "all is well", "");
    assertEquals(new Output.Verdict(Outcome.State.PASSED, "all is well"), passed);
    Output.Verdict failed = verdict(Step.Reading.LAST_LINE, 1, "broken");
    assertEquals(new Output.Verdict(Outcome.State.FAILED, "exit code 1: broken"), failed);
  }

  @Test
  void noTestsAreNoSuccess() {
    String[] none = {"[         0 tests successful      ]", "[         0 tests failed          ]"};
    assertEquals(Outcome.State.FAILED, verdict(Step.Reading.TESTS, 0, none).state());
    String[] some = {"[         7 tests successful      ]", "[         2 tests skipped         ]"};
    Output.Verdict passed = verdict(Step.Reading.TESTS, 0, some);
    assertEquals(new Output.Verdict(Outcome.State.PASSED, "7 passed, 0 failed, 2 skipped"), passed);
    String[] one = {"[         7 tests successful      ]", "[         1 tests failed          ]"};
    assertEquals(Outcome.State.FAILED, verdict(Step.Reading.TESTS, 1, one).state());
  }

  @Test
  void aSanitizerWithoutASummaryHasFailed() {
    String[] clean = {"40 of 40 cases passed on cuda", "========= ERROR SUMMARY: 0 errors"};
    Output.Verdict passed = verdict(Step.Reading.SANITIZER, 0, clean);
    assertEquals(Outcome.State.PASSED, passed.state());
    assertTrue(passed.detail().contains("40 of 40"), passed.detail());
    String[] found = {
      "========= COMPUTE-SANITIZER",
      "========= Invalid __global__ write of size 4 bytes",
      "========= ERROR SUMMARY: 1 error"
    };
    Output.Verdict failed = verdict(Step.Reading.SANITIZER, 99, found);
    assertEquals(Outcome.State.FAILED, failed.state());
    assertTrue(failed.detail().contains("Invalid __global__ write"), failed.detail());
    assertEquals(Outcome.State.FAILED, verdict(Step.Reading.SANITIZER, 0, "").state());
    String[] refused = {"========= Error: Device not supported. Please refer to the manual"};
    assertEquals(Outcome.State.UNAVAILABLE, verdict(Step.Reading.SANITIZER, 255, refused).state());
  }

  private static int exitCode(String device, Outcome.State... states) {
    List<Outcome> outcomes =
        Arrays.stream(states)
            .map(state -> new Outcome("a step", "something", state, "", 1, "a.log"))
            .toList();
    return new VerifyReport("2026-01-02", "abc", device, outcomes).exitCode();
  }

  @Test
  void theExitCodeHidesNothing() {
    assertEquals(0, exitCode("cuda", Outcome.State.PASSED));
    assertEquals(0, exitCode("emulated", Outcome.State.PASSED, Outcome.State.UNAVAILABLE));
    assertEquals(3, exitCode("cuda", Outcome.State.PASSED, Outcome.State.UNAVAILABLE));
    assertEquals(3, exitCode("emulated", Outcome.State.PASSED, Outcome.State.NO_TIME));
    assertEquals(1, exitCode("cuda", Outcome.State.NO_TIME, Outcome.State.TIMED_OUT));
    assertEquals(1, exitCode("cuda", Outcome.State.PASSED, Outcome.State.FAILED));
  }
}
