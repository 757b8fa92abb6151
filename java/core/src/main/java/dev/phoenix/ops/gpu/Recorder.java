package dev.phoenix.ops.gpu;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.Event;
import dev.phoenix.device.Graph;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.Matmul;
import dev.phoenix.device.Stream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** A stream that records launches, products and copies instead of running them. */
final class Recorder implements Stream {
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

  @Override
  public void copy(DeviceMemory destination, DeviceMemory source) {
    commands.add(new Command.Copy(destination, source));
  }

  @Override
  public void launch(Kernel kernel, LaunchShape shape, KernelArguments arguments) {
    commands.add(new Command.Launch(kernel, shape, arguments));
  }

  private static UnsupportedOperationException notRecorded() {
    return new UnsupportedOperationException("only launches, products and copies are recorded");
  }

  @Override
  public void copyToDevice(DeviceMemory destination, MemorySegment source) {
    throw notRecorded();
  }

  @Override
  public void copyToHost(MemorySegment destination, DeviceMemory source) {
    throw notRecorded();
  }

  @Override
  public void fill(DeviceMemory destination, byte value) {
    throw notRecorded();
  }

  @Override
  public void launch(Graph graph) {
    throw notRecorded();
  }

  @Override
  public void record(Event event) {
    throw notRecorded();
  }

  @Override
  public void waitFor(Event event) {
    throw notRecorded();
  }

  @Override
  public void synchronize() {
    throw notRecorded();
  }

  @Override
  public void beginCapture() {
    throw notRecorded();
  }

  @Override
  public Graph endCapture() {
    throw notRecorded();
  }

  @Override
  public void close() {
    clear();
  }
}
