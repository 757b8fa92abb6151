package dev.phoenix.bench.gpu;

import dev.phoenix.bench.CheckFailedException;
import dev.phoenix.bench.report.Figure;
import dev.phoenix.bench.report.Timing;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.ModelParameters;
import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.Event;
import dev.phoenix.device.Graph;
import dev.phoenix.device.HostBuffer;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.Matmul;
import dev.phoenix.device.MatmulShape;
import dev.phoenix.device.Stream;
import dev.phoenix.kernels.KernelLibrary;
import dev.phoenix.model.Ranker;
import dev.phoenix.ops.gpu.GpuOps;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Times calls from Java and the loading of models. */
final class OverheadBenchmark {
  private static final int GRAPH_KERNELS = 64;
  private static final String UNCHECKED = "nothing is computed";

  private final Session session;
  private final Device device;
  private final Stream stream;
  private final int calls;
  private final long transferBytes;
  private final PartFigures notes;

  OverheadBenchmark(Session session, PartFigures notes) {
    this.session = session;
    this.notes = notes;
    this.device = session.device().inner();
    this.stream = session.timer().stream();
    boolean rehearsal = session.scale().isRehearsal();
    this.calls = rehearsal ? 10 : 500;
    this.transferBytes = rehearsal ? 1 << 16 : 256L << 20;
  }

  void run() {
    try (BenchKernels kernels = BenchKernels.load(device, session.form());
        DeviceBuffer any = device.allocate(256)) {
      launches(kernels.nothing(), KernelArguments.builder().pointer(any).build());
    }
    products();
    transfers();
    loading();
  }

  /** Times one of many asynchronous calls on the host, with one wait at the end. */
  private void perCall(String name, Runnable call) {
    Timing all =
        session
            .timer()
            .host(
                () -> {
                  for (int i = 0; i < calls; i++) {
                    call.run();
                  }
                });
    stream.synchronize();
    notes.add(Figure.timed(name, all.dividedBy(calls), UNCHECKED));
  }

  private void launches(Kernel nothing, KernelArguments arguments) {
    LaunchShape one = LaunchShape.of(1, 32);
    Runnable launch = () -> stream.launch(nothing, one, arguments);
    try (Event event = device.createEvent()) {
      stream.record(event);
      stream.synchronize();
      perCall("Ask whether an event is complete (JNI, cuEventQuery)", event::isComplete);
      perCall("Record an event (JNI, cuEventRecord)", () -> stream.record(event));
    }
    perCall("Launch a kernel (JNI, cuLaunchKernel)", launch);
    notes.add(
        Figure.timed(
            "Launch a kernel and wait for it",
            session
                .timer()
                .host(
                    () -> {
                      launch.run();
                      stream.synchronize();
                    }),
            UNCHECKED));
    try (Graph graph = graph(launch)) {
      String name = "Launch a graph of %d kernels (JNI, cuGraphLaunch)".formatted(GRAPH_KERNELS);
      perCall(name, () -> stream.launch(graph));
      Timing device = session.timer().warm(List.of(graph));
      notes.add(
          Figure.timed(
                  "Run a graph of %d empty kernels".formatted(GRAPH_KERNELS), device, UNCHECKED)
              .withAmount(GRAPH_KERNELS, "kernels"));
    }
  }

  private Graph graph(Runnable launch) {
    stream.beginCapture();
    for (int i = 0; i < GRAPH_KERNELS; i++) {
      launch.run();
    }
    return stream.endCapture();
  }

  private void products() {
    MatmulShape shape =
        MatmulShape.dense(new MatmulShape.Size(16, 16, 16), ElementType.BF16, ElementType.F32);
    try (Matmul plan = device.planMatmul(shape);
        DeviceBuffer a = device.allocate(shape.byteSizeOfA());
        DeviceBuffer b = device.allocate(shape.byteSizeOfB());
        DeviceBuffer c = device.allocate(shape.byteSizeOfC())) {
      stream.fill(a, (byte) 1);
      stream.fill(b, (byte) 1);
      perCall("Launch a product (FFM, cublasLtMatmul)", () -> plan.run(stream, c, a, b));
    }
  }

  private void transfers() {
    try (HostBuffer pinned = device.allocateHost(transferBytes);
        DeviceBuffer memory = device.allocate(transferBytes);
        Arena arena = Arena.ofShared()) {
      pinned.segment().fill((byte) 3);
      MemorySegment pageable = arena.allocate(transferBytes, Long.BYTES);
      stream.copyToDevice(memory, pinned.segment());
      stream.copyToHost(pageable, memory);
      stream.synchronize();
      if (pageable.mismatch(pinned.segment()) >= 0) {
        throw new CheckFailedException("bytes changed on their way to the device and back");
      }
      transfer("To the device, pinned", () -> stream.copyToDevice(memory, pinned.segment()));
      transfer("To the device, pageable", () -> stream.copyToDevice(memory, pageable));
      transfer("To the host, pinned", () -> stream.copyToHost(pinned.segment(), memory));
    }
  }

  private void transfer(String name, Runnable copy) {
    Timing timing =
        session
            .timer()
            .host(
                () -> {
                  copy.run();
                  stream.synchronize();
                });
    notes.add(
        Figure.timed(
                "%s, %,d MB".formatted(name, transferBytes / 1_000_000),
                timing,
                "bytes come back as they went")
            .withAmount(transferBytes / 1e9, "GB"));
  }

  private void loading() {
    ModelConfig config = session.scale().mini().config();
    ModelParameters parameters = HashedModel.ranker(config).load();
    for (KernelLibrary.Form form : KernelLibrary.Form.values()) {
      if (form == KernelLibrary.Form.CUBIN && session.form() != form) {
        continue;
      }
      notes.add(
          Figure.timed(
              "Load the %s model and its kernels from %s"
                  .formatted(session.scale().mini().label(), form),
              session.timer().host(() -> load(config, parameters, form)),
              UNCHECKED));
    }
  }

  private void load(ModelConfig config, ModelParameters parameters, KernelLibrary.Form form) {
    try (GpuOps ops = GpuOps.create(session.provider(), new UnownedDevice(device), form);
        Ranker ranker = Ranker.create(ops, config, parameters)) {
      if (!ranker.config().equals(config)) {
        throw new IllegalStateException("another model was loaded");
      }
    }
  }
}
