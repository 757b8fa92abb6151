package dev.phoenix.cli;

import dev.phoenix.checkpoint.UserSequence;
import dev.phoenix.kernels.KernelLibrary;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.gpu.GpuOps;
import dev.phoenix.pipeline.Artifacts;
import dev.phoenix.pipeline.Pipeline;
import dev.phoenix.ptx.emulator.EmulatedDevice;
import dev.phoenix.ptx.emulator.EmulatorOptions;
import dev.phoenix.scoring.ActionTaxonomy;
import dev.phoenix.scoring.Preset;
import java.io.PrintWriter;

/**
 * The kernel launches of one recommendation on the emulated device.
 *
 * @param report the launches
 */
record PipelineLaunches(LaunchReport report) {
  /** Recommends once for the user of a checkpoint's folder. */
  static PipelineLaunches run(Artifacts folder, int topK, EmulatorOptions options) {
    EmulatedDevice device = EmulatedDevice.create(options);
    LaunchReport report = new LaunchReport();
    device.onLaunch(report::add);
    try (Ops ops = GpuOps.create("emulated", device, KernelLibrary.Form.PTX);
        Pipeline pipeline = Pipeline.open(ops, folder, folder.corpus())) {
      pipeline.recommend(
          UserSequence.read(folder.sequence()),
          topK,
          pipeline.scorer(Preset.PUBLISHED.options(), ActionTaxonomy.ENUM));
    }
    return new PipelineLaunches(report);
  }

  /**
   * Prints the entries whose names begin with {@code prefix}.
   *
   * @throws IllegalArgumentException when none does
   */
  void print(PrintWriter out, String prefix) {
    if (report.print(out, prefix) == 0) {
      throw new IllegalArgumentException(
          "no kernel that ran begins with '%s'; those that ran: %s"
              .formatted(prefix, report.kernels()));
    }
  }
}
