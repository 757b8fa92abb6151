package dev.phoenix.cli;

import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.gpu.TablePlacement;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options for backend, precision and placement of tables. */
final class BackendOptions {
  @Mixin private PlaceOptions place = new PlaceOptions();

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      description =
          "Precision of the forward pass: float32 or bfloat16 (default: float32 on the CPU,"
              + " bfloat16 on a GPU, which has no other).")
  private @Nullable Precision precision;

  @Option(
      names = "--tables",
      paramLabel = "PLACE",
      defaultValue = "auto",
      description =
          "Where a GPU keeps the embedding tables: auto, device or host (default: auto). auto takes"
              + " device memory for a table that needs at most half of the free memory, else"
              + " page-locked host memory, which the GPU reads row by row.")
  private TablePlacement tables = TablePlacement.AUTO;

  BackendOptions() {}

  Ops open() {
    return place.backend().open(precision, place.threads(), tables);
  }
}
