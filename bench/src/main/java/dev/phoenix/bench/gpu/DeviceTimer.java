package dev.phoenix.bench.gpu;

import dev.phoenix.bench.report.Timing;
import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.Event;
import dev.phoenix.device.Graph;
import dev.phoenix.device.Stream;
import java.util.List;

/**
 * Times work on a device. The work is captured once and replayed between two events. The device is
 * kept busy before the first event, so that the host's time is not measured.
 */
final class DeviceTimer implements AutoCloseable {
  private static final int REPLAYS = 8;

  private final Stream stream;
  private final Event begin;
  private final Event end;
  private final DeviceBuffer flush;
  private final Plan plan;

  /**
   * The number of samples.
   *
   * @param seconds the time limit of all samples of one figure
   * @param most the maximum number of samples
   * @param flushBytes the bytes written before a sample, more than the second-level cache holds
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

    /** The plan of the emulated device: every measurement runs once or twice. */
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

  /** The stream that {@link #cold} and {@link #warm} capture. */
  Stream stream() {
    return stream;
  }

  /** Times one run of the work that {@code work} puts on {@link #stream}, with cold caches. */
  Timing cold(Runnable work) {
    return cold(stream, work);
  }

  /** Like {@link #cold(Runnable)}, for work on the stream {@code on}. */
  Timing cold(Stream on, Runnable work) {
    try (Graph graph = captured(on, work)) {
      return cold(List.of(graph));
    }
  }

  /** Times one of several consecutive runs, with warm caches. */
  Timing warm(Runnable work) {
    try (Graph graph = captured(stream, work)) {
      return warm(List.of(graph));
    }
  }

  private static Graph captured(Stream on, Runnable work) {
    // The first run loads modules and plans lazily, which is not possible during a capture.
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

  /** Times the replay of {@code graphs} as one unit, with cold caches. */
  Timing cold(List<Graph> graphs) {
    double[] seconds = new double[plan.samples(sample(graphs, 0, 1))];
    for (int i = 0; i < seconds.length; i++) {
      seconds[i] = sample(graphs, 0, 1);
    }
    return Timing.of(seconds, Timing.How.DEVICE_COLD);
  }

  /** Times consecutive replays of {@code graphs} as one unit. */
  Timing warm(List<Graph> graphs) {
    double first = sample(graphs, 1, 1);
    // Long work is not repeated within a sample.
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

  /** Times calls that return results with the host's clock. */
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
