package dev.phoenix.device.junit;

/**
 * What the kernels of a test have printed with printf, as a parameter of an {@link OnDevice} test.
 * On the emulated device only; a GPU's driver prints to the standard output of the process.
 */
public final class PrintedOutput {
  private final StringBuilder text = new StringBuilder();

  PrintedOutput() {}

  void add(String printed) {
    text.append(printed);
  }

  /** Everything so far; blocks of one launch in order. */
  public String text() {
    return text.toString();
  }
}
