package dev.phoenix.device;

import java.lang.foreign.MemorySegment;

/**
 * A queue of work that runs in order. Methods enqueue work and return before it has run.
 *
 * <p>An error of earlier work may surface on any later call; {@link #synchronize} reports it at the
 * latest.
 */
public interface Stream extends LaunchTarget, AutoCloseable {
  /**
   * Copies host memory to the device. The driver stages native memory that is not from {@link
   * Device#allocateHost}. The caller must not change the source until the copy is complete.
   *
   * @param destination as many bytes as the source
   * @param source native or heap segment
   * @throws IllegalArgumentException when the sizes differ
   */
  void copyToDevice(DeviceMemory destination, MemorySegment source);

  /**
   * Copies device memory to the host; readable after {@link #synchronize}.
   *
   * @param destination as many bytes as the source
   * @throws IllegalArgumentException when the sizes differ
   */
  void copyToHost(MemorySegment destination, DeviceMemory source);

  /**
   * Copies inside the device; the ranges do not overlap.
   *
   * @throws IllegalArgumentException when the sizes differ
   */
  void copy(DeviceMemory destination, DeviceMemory source);

  /** Sets every byte. */
  void fill(DeviceMemory destination, byte value);

  /** Launches a captured graph. */
  void launch(Graph graph);

  /** Marks the point that {@link Event#synchronize} and {@link #waitFor} wait for. */
  void record(Event event);

  /** Makes later work on this stream wait for the event's last recording. */
  void waitFor(Event event);

  /** Waits until all work enqueued on this stream is complete. */
  void synchronize();

  /**
   * Starts a capture: until {@link #endCapture}, work is recorded instead of run. Allocating,
   * freeing and synchronising during a capture is an error.
   *
   * @throws IllegalStateException when a capture is already under way
   */
  void beginCapture();

  /**
   * Ends the capture and builds the graph. The graph uses the captured buffers, which must stay
   * open.
   *
   * @throws IllegalStateException when no capture is under way
   */
  Graph endCapture();

  @Override
  void close();
}
