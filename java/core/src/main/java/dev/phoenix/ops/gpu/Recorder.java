package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.LaunchTarget;
import dev.phoenix.device.Matmul;
import java.util.ArrayList;
import java.util.List;

/** Records launches, products and copies in order; {@link Command#run} puts them on a stream. */
final class Recorder implements LaunchTarget {
  private final List<Command> commands = new ArrayList<>();

  Recorder() {}

  /** The commands recorded since the last {@link #clear}. */
  List<Command> commands() {
    return commands;
  }

  /** Removes all commands. */
  void clear() {
    commands.clear();
  }

  /** Removes the last command if it equals {@code command}; returns whether it did. */
  boolean takeBack(Command command) {
    if (commands.isEmpty() || !commands.getLast().equals(command)) {
      return false;
    }
    commands.removeLast();
    return true;
  }

  /** Records a product. */
  void multiply(
      Matmul plan, Command.Product.Sum sum, DeviceMemory c, DeviceMemory a, DeviceMemory b) {
    commands.add(new Command.Product(plan, sum, c, a, b));
  }

  /** Records a copy inside the device. */
  void copy(DeviceMemory destination, DeviceMemory source) {
    commands.add(new Command.Copy(destination, source));
  }

  @Override
  public void launch(Kernel kernel, LaunchShape shape, KernelArguments arguments) {
    commands.add(new Command.Launch(kernel, shape, arguments));
  }
}
