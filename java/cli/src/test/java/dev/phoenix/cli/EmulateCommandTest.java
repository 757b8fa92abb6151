package dev.phoenix.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.Devices;
import dev.phoenix.device.ElementType;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.kernels.KernelLibrary;
import dev.phoenix.kernels.check.Format;
import dev.phoenix.kernels.check.KernelCase;
import dev.phoenix.kernels.check.KernelCases;
import dev.phoenix.kernels.check.Output;
import dev.phoenix.kernels.check.PreparedCase;
import dev.phoenix.kernels.check.Tolerance;
import dev.phoenix.kernels.check.Work;
import dev.phoenix.kernels.check.Workbench;
import dev.phoenix.ptx.emulator.EmulatorOptions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmulateCommandTest {
  @BeforeEach
  void needsKernels() {
    assumeTrue(KernelLibrary.contains("sigmoid"), "no PTX in this build: it was made without nvcc");
  }

  @Test
  void listsTheKernels() {
    CommandRun run = CommandRun.of("emulate");
    assertEquals(0, run.exitCode(), run.err());
    for (String kernel : KernelCases.kernels()) {
      assertTrue(run.out().contains("\n" + kernel + " "), run.out());
    }
  }

  @Test
  void checksOneKernel() {
    CommandRun run = CommandRun.of("emulate", "sigmoid", "--check");
    assertEquals(0, run.exitCode(), run.out() + run.err());
    assertTrue(run.out().startsWith("sigmoid on the emulated device, checks on, seed 20260101\n"));
    String row = run.out().lines().filter(line -> line.startsWith("33, ")).findFirst().orElse("");
    // 33 elements of 4 bytes; an exponential and a reciprocal each.
    assertTrue(
        row.matches("33, F32 +pass +[0-9.]+ +\\d+ % +0 +0 +66 +66 +[\\d,]+ +132 +132 +0"), row);
    assertTrue(run.out().contains("PASS: 12 of 12 cases of sigmoid pass\n"), run.out());
    assertTrue(run.out().contains("    special "), run.out());
  }

  @Test
  void checksCasesOfAName() {
    CommandRun run = CommandRun.of("emulate", "top_k_merge", "--cases=NaN", "--no-check");
    assertEquals(0, run.exitCode(), run.out() + run.err());
    assertTrue(run.out().contains("checks off"), run.out());
    assertTrue(run.out().contains("PASS: 1 of 1 cases of top_k_merge pass"), run.out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "emulate sigmod | kernel: expected one of action_heads",
        "emulate sigmoid --cases=nothing | no case of sigmoid has 'nothing' in its name",
        "emulate --pipeline sigmoid_ | no kernel that ran begins with 'sigmoid_'"
      })
  void namesWhatThereIs(String arguments, String message) {
    CommandRun run = CommandRun.of(arguments.split(" "));
    assertEquals(1, run.exitCode(), run.out());
    assertTrue(run.err().contains(message), run.err());
  }

  /** With a GPU the command prints differences; without, one line names what is missing. */
  @Test
  void comparesWithAGpuWhereThereIsOne() {
    CommandRun run = CommandRun.of("emulate", "sigmoid", "--cases=33", "--device=both");
    if (Devices.provider("cuda").availability().devices() > 0) {
      assertTrue(run.out().contains("Differences of cuda from emulated:"), run.out());
    } else {
      assertEquals(1, run.exitCode(), run.out());
      assertTrue(run.err().startsWith("phoenix: "), run.err());
      assertFalse(run.err().contains("internal error"), run.err());
    }
  }

  @Test
  void failsWhereAResultDeparts() {
    String out =
        failing(
            bench -> {
              DeviceMemory memory = bench.floats(1, 2);
              return new PreparedCase(
                  () -> {},
                  Output.of("x", Format.FLOAT32, memory, Tolerance.EXACT, () -> new float[] {1, 3}),
                  Work.moving(0));
            });
    assertTrue(out.contains("\n    x: element 1 of 2: expected 3.0, found 2.0"), out);
  }

  @Test
  void failsWhereTheKernelReadsTooFar() {
    String out =
        failing(
            bench -> {
              DeviceMemory memory = bench.floats(new float[8]);
              return new PreparedCase(
                  () -> launchSigmoid(bench, memory, 9), List.of(), Work.moving(0));
            });
    assertTrue(out.contains("OUT_OF_BOUNDS"), out);
    assertTrue(out.contains("at PTX line"), out);
    assertTrue(out.contains("by thread (8,0,0) of block (0,0,0)"), out);
  }

  @Test
  void failsWhereSomethingIsLeftAllocated() {
    String out =
        failing(
            bench -> {
              bench.library().device().allocate(24);
              return new PreparedCase(() -> {}, List.of(), Work.moving(0));
            });
    assertTrue(out.contains("LEAK"), out);
    assertTrue(out.contains("(24 bytes)"), out);
  }

  private static void launchSigmoid(Workbench bench, DeviceMemory memory, int count) {
    bench.stream()
        .launch(
            bench.library().kernel("sigmoid", "sigmoid"),
            LaunchShape.of(1, 256),
            KernelArguments.builder()
                .pointer(bench.empty(ElementType.F32, 64))
                .pointer(memory)
                .i32(count)
                .build());
  }

  /** Prepares a case with a fault. */
  private interface Faulty {
    PreparedCase prepare(Workbench bench);
  }

  private static String failing(Faulty faulty) {
    KernelCase one = KernelCase.of("sigmoid", "faulty", (bench, numbers) -> faulty.prepare(bench));
    StringWriter out = new StringWriter();
    try (PrintWriter writer = new PrintWriter(out)) {
      KernelCheck check =
          new KernelCheck(writer, KernelCheck.Target.EMULATED, EmulatorOptions.strict(), 1);
      assertFalse(check.runCases("sigmoid", List.of(one)));
    }
    assertTrue(out.toString().contains("FAIL: "), out.toString());
    return out.toString();
  }
}
