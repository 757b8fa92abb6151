package dev.phoenix.device.junit;

/**
 * The printf output of a test's kernels, as a parameter of an {@link OnDevice} test. On the
 * emulated device only; a GPU's driver prints to the standard output of the process.
 */
public final class PrintedOutput {
  private final StringBuilder text = new StringBuilder();

  PrintedOutput() {}

  void add(String printed) {
    text.append(printed);
  }

  /** The output so far, with the blocks of a launch in order. */
  public String text() {
    return text.toString();
  }
}
