package dev.phoenix.device.cuda;

import dev.phoenix.device.KernelArguments.Argument;
import java.util.List;

/** The sizes of a kernel's parameters, in bytes. */
final class ParameterSizes {
  private final String kernel;
  private final int[] sizes;

  ParameterSizes(String kernel, int[] sizes) {
    this.kernel = kernel;
    this.sizes = sizes.clone();
  }

  int count() {
    return sizes.length;
  }

  /**
   * Checks arguments against the parameters.
   *
   * @throws IllegalArgumentException when there are more or fewer, or one has another size
   */
  void check(List<Argument> arguments) {
    if (arguments.size() != sizes.length) {
      throw new IllegalArgumentException(
          kernel + " takes " + sizes.length + " arguments, not " + arguments.size());
    }
    for (int i = 0; i < sizes.length; i++) {
      if (arguments.get(i).byteSize() != sizes[i]) {
        throw new IllegalArgumentException(
            "parameter "
                + i
                + " of "
                + kernel
                + " has "
                + sizes[i]
                + " bytes, but the argument is "
                + arguments.get(i));
      }
    }
  }
}
