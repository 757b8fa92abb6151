package dev.phoenix.kernels.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.kernels.check.DeviceDifferences.Row;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Tests the comparison of two devices, with two emulated ones and with injected differences. */
class DeviceDifferencesTest {
  @Test
  void findsNoneBetweenTwoOfAKind() {
    DeviceDifferences differences = new DeviceDifferences("one", "other");
    try (DeviceBench one = DeviceBench.open("emulated");
        DeviceBench other = DeviceBench.open("emulated")) {
      for (String kernel : List.of("history_attention", "rms_norm", "top_k")) {
        for (KernelCase each : KernelCases.of(kernel)) {
          differences.add(CaseResult.of(one.bench(), each), CaseResult.of(other.bench(), each));
        }
      }
    }
    Map<String, Row> rows =
        differences.rows().stream()
            .collect(
                Collectors.toMap(row -> row.kernel() + "." + row.output(), Function.identity()));
    assertEquals(5, rows.size(), differences.table());
    for (Row row : rows.values()) {
      assertEquals(0, row.different(), differences.table());
      assertEquals(0, row.ulps(), differences.table());
      assertTrue(row.elements() > 0, differences.table());
    }
    Row norms = rows.get("rms_norm.out");
    assertEquals(KernelCases.of("rms_norm").size(), norms == null ? 0 : norms.cases());
  }

  /** The second device has another seed, so nearly all its outputs differ. */
  @Test
  void findsDevicesThatComputeOtherThings() {
    DeviceDifferences differences = new DeviceDifferences("emulated", "seeded");
    KernelCase each = ActivationCases.sigmoid(100);
    try (DeviceBench one = DeviceBench.open("emulated");
        Workbench other =
            Workbench.on(one.device(), dev.phoenix.kernels.KernelLibrary.Form.PTX, 12345)) {
      differences.add(CaseResult.of(one.bench(), each), CaseResult.of(other, each));
    }
    Row row = differences.rows().iterator().next();
    assertTrue(row.different() > 95, differences.table());
    assertTrue(row.ulps() > 1000, differences.table());
    assertEquals("100, F32", row.worst());
  }

  @Test
  void measuresInUnitsOfTheFormatAndNamesTheWorstCase() {
    DeviceDifferences differences = new DeviceDifferences("emulated", "seeded");
    add(differences, "same", new double[] {1, Double.NaN, 0}, new double[] {1, Double.NaN, -0.0});
    add(differences, "near", new double[] {1, -2, 3}, new double[] {1 + 0x1p-7, -2 + 0x1p-5, 3});
    Row row = differences.rows().iterator().next();
    assertEquals(new Row("silu", "out", 2, 6, 2, 2.0, "near"), row);
    add(differences, "broken", new double[] {1, 2}, new double[] {Double.NaN, 2});
    row = differences.rows().iterator().next();
    assertEquals(new Row("silu", "out", 3, 8, 3, Double.POSITIVE_INFINITY, "broken"), row);
    assertTrue(differences.table().startsWith("Differences of seeded from emulated:\n"));
  }

  private static void add(
      DeviceDifferences differences, String name, double[] one, double[] other) {
    KernelCase each =
        KernelCase.of(
            "silu",
            name,
            (bench, numbers) -> new PreparedCase(() -> {}, List.of(), Work.moving(0)));
    try (DeviceBench on = DeviceBench.open("emulated")) {
      Output output =
          new Output(
              "out", Format.BFLOAT16, on.bench().filled(2), () -> new double[0], Tolerance.EXACT);
      differences.add(result(each, output, one), result(each, output, other));
    }
  }

  private static CaseResult result(KernelCase of, Output output, double[] actual) {
    Comparison fine = new Comparison(actual.length, 0, 0, null);
    return new CaseResult(of, List.of(new CaseResult.Written(output, actual, fine)), null);
  }
}
