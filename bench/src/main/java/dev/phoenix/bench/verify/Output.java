package dev.phoenix.bench.verify;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the outcome of a step from its output. */
record Output(List<String> lines) {
  private static final Pattern TESTS =
      Pattern.compile("\\[\\s*(\\d+) tests (successful|failed|skipped|aborted|found)\\s*\\]");
  private static final Pattern ERRORS = Pattern.compile("ERROR SUMMARY: (\\d+) errors?");
  private static final int SHOWN = 200;

  /** The state and its detail line. */
  record Verdict(Outcome.State state, String detail) {}

  Verdict verdict(Step.Reading reading, int exitCode) {
    return switch (reading) {
      case LAST_LINE -> exitCode == 0 ? passed(lastLine(exitCode)) : failed(lastLine(exitCode));
      case TESTS -> tests(exitCode);
      case SANITIZER -> sanitizer(exitCode);
    };
  }

  private static Verdict passed(String detail) {
    return new Verdict(Outcome.State.PASSED, detail);
  }

  private static Verdict failed(String detail) {
    return new Verdict(Outcome.State.FAILED, shortened(detail));
  }

  private String lastLine(int exitCode) {
    String last =
        lines.reversed().stream().filter(line -> !line.isBlank()).findFirst().orElse("no output");
    return shortened(exitCode == 0 ? last : "exit code " + exitCode + ": " + last);
  }

  private Verdict tests(int exitCode) {
    int successful = count("successful");
    int skipped = count("skipped") + count("aborted");
    int failed = count("failed");
    String counts =
        String.format(Locale.ROOT, "%d passed, %d failed, %d skipped", successful, failed, skipped);
    boolean passed = exitCode == 0 && failed == 0 && successful > 0;
    if (passed) {
      return passed(counts);
    }
    String first =
        lines.stream()
            .filter(line -> line.contains("[X]") || line.contains("=> "))
            .findFirst()
            .map(line -> ": " + line.strip())
            .orElse(": " + lastLine(exitCode));
    return failed(counts + first);
  }

  private int count(String what) {
    for (String line : lines) {
      Matcher found = TESTS.matcher(line);
      if (found.find() && found.group(2).equals(what)) {
        return Integer.parseInt(found.group(1));
      }
    }
    return 0;
  }

  private Verdict sanitizer(int exitCode) {
    int summaries = 0;
    int errors = 0;
    for (String line : lines) {
      Matcher found = ERRORS.matcher(line);
      if (found.find()) {
        summaries++;
        errors += Integer.parseInt(found.group(1));
      }
    }
    if (summaries > 0 && errors == 0 && exitCode == 0) {
      return passed("0 errors; " + lastOwnLine(exitCode));
    }
    for (String line : lines) {
      if (line.contains("Device not supported")) {
        return new Verdict(Outcome.State.UNAVAILABLE, shortened(line.strip()));
      }
    }
    String first =
        lines.stream()
            .filter(line -> line.startsWith("=========") && !line.contains("COMPUTE-SANITIZER"))
            .map(line -> line.replace("=========", "").strip())
            .filter(line -> !line.isEmpty())
            .findFirst()
            .orElse(lastLine(exitCode));
    String count = summaries == 0 ? "no summary" : errors + " errors";
    return failed(count + ", exit code " + exitCode + ": " + first);
  }

  /** The last line that is not the sanitizer's. */
  private String lastOwnLine(int exitCode) {
    List<String> own = lines.stream().filter(line -> !line.startsWith("=========")).toList();
    return new Output(own).lastLine(exitCode);
  }

  private static String shortened(String text) {
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN - 1) + "…";
  }
}
