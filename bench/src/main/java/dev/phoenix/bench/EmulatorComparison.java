package dev.phoenix.bench;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.KernelModule;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.Stream;
import dev.phoenix.ptx.emulator.EmulatedDevice;
import dev.phoenix.ptx.emulator.EmulatorOptions;
import dev.phoenix.ptx.emulator.InstructionCounts;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The rate of one kind of instruction on one core of the emulated device, all checks on. */
final class EmulatorComparison extends Comparison {
  private static final int BLOCKS = 4;

  private final EmulatorWorkload workload;
  private final Stream stream;
  private final Kernel kernel;
  private final DeviceBuffer out;
  private @Nullable InstructionCounts last;

  EmulatorComparison(EmulatorWorkload workload) {
    super("Emulator, 1 core: " + workload.name().toLowerCase(Locale.ROOT), 0, "M instructions");
    this.workload = workload;
    EmulatedDevice device = own(EmulatedDevice.create(EmulatorOptions.strict().withWorkers(1)));
    device.onLaunch(counts -> last = counts);
    this.stream = own(device.createStream());
    byte[] ptx = workload.ptx().getBytes(StandardCharsets.UTF_8);
    KernelModule module = own(device.loadModule(workload + ".ptx", ptx));
    this.kernel = module.kernel("busy");
    this.out = own(device.allocate(4L * BLOCKS * EmulatorWorkload.THREADS));
  }

  @Override
  String check() {
    phoenix();
    float[] found = new float[BLOCKS * EmulatorWorkload.THREADS];
    stream.copyToHost(MemorySegment.ofArray(found), out);
    for (float value : found) {
      if (value != 1) {
        throw wrong("expected 1, found %s".formatted(value));
      }
    }
    InstructionCounts counts = executed();
    long least = (long) found.length * workload.repetitions();
    if (counts.of(workload.unit()) < least) {
      throw wrong("executed only %s".formatted(counts));
    }
    return "all %d threads right, %,d thread instructions".formatted(found.length, counts.total());
  }

  /** Thread instructions of one run. */
  InstructionCounts executed() {
    InstructionCounts counts = last;
    if (counts == null) {
      throw new IllegalStateException("nothing has run yet");
    }
    return counts;
  }

  @Override
  void phoenix() {
    stream.launch(
        kernel,
        LaunchShape.of(BLOCKS, EmulatorWorkload.THREADS),
        KernelArguments.builder().pointer(out).build());
  }

  /** Millions of thread instructions. */
  @Override
  double amount() {
    return 1e-6 * executed().total();
  }
}
