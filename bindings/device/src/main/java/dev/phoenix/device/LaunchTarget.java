package dev.phoenix.device;

/**
 * Takes kernel launches: a {@link Stream}, which runs them in order, or a recorder, which keeps
 * them for later. Launchers of kernels need no more than this.
 */
public interface LaunchTarget {
  /**
   * Launches a kernel.
   *
   * @throws IllegalArgumentException when the arguments do not fit the kernel's parameters
   * @throws DeviceException when the launch is refused
   */
  void launch(Kernel kernel, LaunchShape shape, KernelArguments arguments);
}
