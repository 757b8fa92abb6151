package dev.phoenix.device;

import java.lang.foreign.MemorySegment;

/**
 * A queue of work: what is put on one stream runs in order, and returns before it has run.
 *
 * <p>An error of earlier work may surface on any later call; {@link #synchronize} reports it at the
 * latest.
 */
public interface Stream extends LaunchTarget, AutoCloseable {
  /**
   * Copies host memory to the device. Native memory that is not from {@link Device#allocateHost} is
   * staged by the driver; the caller keeps it unchanged until the stream has passed this point.
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

  /** Lets what follows on this stream wait for the event's last recording. */
  void waitFor(Event event);

  /** Waits until everything put on this stream so far is done. */
  void synchronize();

  /**
   * From here to {@link #endCapture} work is recorded instead of run; allocating, freeing and
   * synchronising meanwhile is an error.
   *
   * @throws IllegalStateException when a capture is already under way
   */
  void beginCapture();

  /**
   * Ends the capture and builds the graph, which keeps using the very buffers that were captured.
   *
   * @throws IllegalStateException when no capture is under way
   */
  Graph endCapture();

  @Override
  void close();
}
