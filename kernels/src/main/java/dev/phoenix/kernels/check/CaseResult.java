package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a device made of a case.
 *
 * @param kernelCase the case
 * @param outputs what it wrote, compared; none where it failed before that
 * @param fault what the device refused or caught the kernel doing; null where it did neither
 */
public record CaseResult(
    KernelCase kernelCase, List<Written> outputs, @Nullable DeviceException fault) {
  /**
   * An output as the device wrote it.
   *
   * @param output which
   * @param actual its numbers
   * @param comparison of them with what is expected
   */
  public record Written(Output output, double[] actual, Comparison comparison) {}

  /** Keeps a list of its own. */
  public CaseResult {
    outputs = List.copyOf(outputs);
  }

  /**
   * Runs a case once and frees its memory.
   *
   * <p>What the device refuses, and what an emulated device catches the kernel doing, is a result;
   * anything else is thrown.
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
      // What the case had put on the device goes with the bench.
    }
    return new CaseResult(kernelCase, written, fault);
  }

  private static Written compared(Output output, double[] actual) {
    double[] expected = output.expected().get();
    return new Written(
        output, actual, Comparison.of(output.format(), expected, actual, output.allowance()));
  }

  /** Whether nothing is wrong. */
  public boolean passed() {
    return failure() == null;
  }

  /** What is wrong first, in one line or as the device says it; null where nothing is. */
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

  /** The largest part of its bound that an output used. */
  public double boundUsed() {
    return outputs.stream().mapToDouble(w -> w.comparison().boundUsed()).max().orElse(0);
  }
}
