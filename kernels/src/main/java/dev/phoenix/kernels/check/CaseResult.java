package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of a case on a device.
 *
 * @param kernelCase the case
 * @param outputs the compared outputs; none if the case failed earlier
 * @param fault the exception of the device or the kernel; null if there was none
 */
public record CaseResult(
    KernelCase kernelCase, List<Written> outputs, @Nullable DeviceException fault) {
  /**
   * An output as the device wrote it.
   *
   * @param output the output
   * @param actual its numbers
   * @param comparison their comparison with the expected numbers
   */
  public record Written(Output output, double[] actual, Comparison comparison) {}

  /** Copies the list. */
  public CaseResult {
    outputs = List.copyOf(outputs);
  }

  /**
   * Runs a case once and frees its memory.
   *
   * <p>A {@code DeviceException}, including faults of the emulated device, becomes part of the
   * result; other exceptions are thrown.
   */
  public static CaseResult of(Workbench bench, KernelCase kernelCase) {
    List<Written> written = new ArrayList<>();
    DeviceException fault = null;
    try {
      PreparedCase prepared = kernelCase.prepare(bench);
      prepared.launch().run();
      for (Output output : prepared.outputs()) {
        written.add(compared(output, bench.read(output)));
      }
      bench.clear();
    } catch (DeviceException e) {
      fault = e;
      // The memory of the failed case is freed with the bench.
    }
    return new CaseResult(kernelCase, written, fault);
  }

  private static Written compared(Output output, double[] actual) {
    double[] expected = output.expected().get();
    return new Written(
        output, actual, Comparison.of(output.format(), expected, actual, output.allowance()));
  }

  /** Whether the case passed. */
  public boolean passed() {
    return failure() == null;
  }

  /** The first failure, in one line or as reported by the device; null if the case passed. */
  public @Nullable String failure() {
    if (fault != null) {
      return fault.getMessage();
    }
    for (Written written : outputs) {
      String failure = written.comparison().failure();
      if (failure != null) {
        return written.output().name() + ": " + failure;
      }
    }
    return null;
  }

  /** The largest error of an output, in units in the last place of its format. */
  public double worstUlps() {
    return outputs.stream().mapToDouble(w -> w.comparison().worstUlps()).max().orElse(0);
  }

  /** The largest ratio of an error to its bound. */
  public double boundUsed() {
    return outputs.stream().mapToDouble(w -> w.comparison().boundUsed()).max().orElse(0);
  }
}
