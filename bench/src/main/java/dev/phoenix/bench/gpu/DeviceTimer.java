package dev.phoenix.bench.gpu;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.Event;
import dev.phoenix.device.Graph;
import dev.phoenix.device.Stream;
import java.util.List;

/**
 * Times work on a device: captured once, replayed between two events, with the device kept busy
 * before the first event, so that the host's own time stays out.
 */
final class DeviceTimer implements AutoCloseable {
  private static final int REPLAYS = 8;

  private final Stream stream;
  private final Event begin;
  private final Event end;
  private final DeviceBuffer flush;
  private final Plan plan;

  /**
   * How much to measure.
   *
   * @param seconds that the samples of one figure may take together
   * @param most samples
   * @param flushBytes written before a sample: more than the second-level cache holds
   */
  record Plan(double seconds, int most, long flushBytes) {
    private static final int LEAST = 5;
    private static final int LEAST_OF_LONG = 2;

    static Plan full() {
      return new Plan(0.3, 101, 512L << 20);
    }

    static Plan quick() {
      return new Plan(0.05, 11, 512L << 20);
    }

    /** For a device that executes on the CPU: everything once or twice. */
    static Plan rehearsal() {
      return new Plan(0, 1, 1 << 16);
    }

    int samples(double each) {
      double count = each <= 0 ? most : seconds / each;
      int least = each > seconds ? LEAST_OF_LONG : LEAST;
      return (int) Math.clamp(count, Math.min(least, most), most);
    }
  }

  private DeviceTimer(Device device, Plan plan) {
    this.plan = plan;
    this.stream = device.createStream();
    this.begin = device.createEvent();
    this.end = device.createEvent();
    this.flush = device.allocate(plan.flushBytes());
  }

  static DeviceTimer create(Device device, Plan plan) {
    return new DeviceTimer(device, plan);
  }

  Plan plan() {
    return plan;
  }

  /** Where work that {@link #cold} and {@link #warm} capture is to be put. */
  Stream stream() {
    return stream;
  }

  /** One run of what {@code work} puts on {@link #stream}, from cold caches. */
  Timing cold(Runnable work) {
    return cold(stream, work);
  }

  /** Like {@link #cold(Runnable)} for work that goes to a stream of its own. */
  Timing cold(Stream on, Runnable work) {
    try (Graph graph = captured(on, work)) {
      return cold(List.of(graph));
    }
  }

  /** One of several runs one after the other. */
  Timing warm(Runnable work) {
    try (Graph graph = captured(stream, work)) {
      return warm(List.of(graph));
    }
  }

  private static Graph captured(Stream on, Runnable work) {
    // Loads what is lazy, which no capture can.
    work.run();
    on.synchronize();
    on.beginCapture();
    try {
      work.run();
    } catch (RuntimeException failed) {
      on.endCapture().close();
      throw failed;
    }
    return on.endCapture();
  }

  /** Replays of graphs that belong together, from cold caches. */
  Timing cold(List<Graph> graphs) {
    double[] seconds = new double[plan.samples(sample(graphs, 0, 1))];
    for (int i = 0; i < seconds.length; i++) {
      seconds[i] = sample(graphs, 0, 1);
    }
    return Timing.of(seconds, Timing.How.DEVICE_COLD);
  }

  /** Replays of graphs that belong together, one after the other. */
  Timing warm(List<Graph> graphs) {
    double first = sample(graphs, 1, 1);
    // What takes long needs no repetition inside a sample.
    int replays = first * REPLAYS < plan.seconds() / Plan.LEAST ? REPLAYS : 1;
    double[] seconds = new double[plan.samples(first * replays)];
    for (int i = 0; i < seconds.length; i++) {
      seconds[i] = sample(graphs, 1, replays) / replays;
    }
    return Timing.of(seconds, Timing.How.DEVICE_WARM);
  }

  private double sample(List<Graph> graphs, int before, int replays) {
    stream.fill(flush, (byte) 1);
    for (int i = 0; i < before; i++) {
      graphs.forEach(stream::launch);
    }
    stream.record(begin);
    for (int i = 0; i < replays; i++) {
      graphs.forEach(stream::launch);
    }
    stream.record(end);
    stream.synchronize();
    return end.millisecondsSince(begin) / 1e3;
  }

  /** The host's time for calls that return results. */
  Timing host(Runnable call) {
    call.run();
    double first = timed(call);
    double[] seconds = new double[plan.samples(first)];
    for (int i = 0; i < seconds.length; i++) {
      seconds[i] = timed(call);
    }
    return Timing.of(seconds, Timing.How.HOST);
  }

  private static double timed(Runnable call) {
    long start = System.nanoTime();
    call.run();
    return (System.nanoTime() - start) / 1e9;
  }

  @Override
  public void close() {
    stream.synchronize();
    flush.close();
    end.close();
    begin.close();
    stream.close();
  }
}
