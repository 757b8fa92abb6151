package dev.phoenix.cli;

import dev.phoenix.device.DeviceProvider;
import dev.phoenix.device.Devices;
import dev.phoenix.ops.gpu.GpuOps;
import dev.phoenix.pipeline.Backend;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code phoenix devices}: lists the available devices. */
@Command(
    name = "devices",
    description = "Show the available devices, and which one --backend auto takes and why.",
    mixinStandardHelpOptions = true)
final class DevicesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  DevicesCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    int cores = Runtime.getRuntime().availableProcessors();
    out.printf("%-10s %-9s %s%n", "backend", "devices", "found");
    out.printf("%-10s %-9d %s%n", "cpu", 1, cores == 1 ? "1 core" : cores + " cores");
    for (DeviceProvider provider : Devices.providers()) {
      DeviceProvider.Availability found = provider.availability();
      out.printf("%-10s %-9d %s%n", provider.name(), found.devices(), found.reason());
    }
    if (!GpuOps.hasKernels()) {
      out.printf("%nThis build has no GPU kernels: it was made without nvcc.%n");
    }
    Backend.Choice choice = Backend.choose(null);
    out.printf("%n--backend auto takes %s: %s%n", choice.backend().label(), choice.reason());
    out.flush();
    return 0;
  }
}
