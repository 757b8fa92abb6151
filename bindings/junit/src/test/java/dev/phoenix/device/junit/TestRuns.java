package dev.phoenix.device.junit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.ArrayList;
import java.util.List;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Outcomes of the tests of a class that a test runs. */
final class TestRuns implements TestExecutionListener {
  /**
   * The end of one run, or of a container that failed.
   *
   * @param displayName as JUnit shows it
   * @param kind passed, skipped or failed
   * @param message why it was skipped or failed, else empty
   */
  record Outcome(String displayName, String kind, String message) {}

  private final List<Outcome> outcomes = new ArrayList<>();
  private final List<String> reportEntries = new ArrayList<>();

  private TestRuns() {}

  static TestRuns of(Class<?> test) {
    TestRuns runs = new TestRuns();
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(test)).build();
    LauncherFactory.create().execute(request, runs);
    return runs;
  }

  List<Outcome> outcomes() {
    return List.copyOf(outcomes);
  }

  List<String> kinds() {
    return outcomes.stream().map(Outcome::kind).toList();
  }

  /** The one that failed. */
  Outcome failed() {
    List<Outcome> failed = outcomes.stream().filter(o -> o.kind().equals("failed")).toList();
    if (failed.size() != 1) {
      throw new AssertionError("expected one failure: " + outcomes);
    }
    return failed.getFirst();
  }

  List<String> reportEntries() {
    return List.copyOf(reportEntries);
  }

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    outcomes.add(new Outcome(test.getDisplayName(), "skipped", reason));
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    boolean failed = result.getStatus() != TestExecutionResult.Status.SUCCESSFUL;
    if (test.isTest() || failed) {
      String message = result.getThrowable().map(Throwable::getMessage).orElse("");
      outcomes.add(new Outcome(test.getDisplayName(), failed ? "failed" : "passed", message));
    }
  }

  @Override
  public void reportingEntryPublished(TestIdentifier test, ReportEntry entry) {
    String table = entry.getKeyValuePairs().get("instructions");
    if (table != null) {
      reportEntries.add(table);
    }
  }
}
