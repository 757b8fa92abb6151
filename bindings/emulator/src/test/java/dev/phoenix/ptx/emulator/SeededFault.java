package dev.phoenix.ptx.emulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.ptx.emulator.EmulatorFault.Kind;

/** Runs kernels with one error each, at the line marked {@code HERE}. */
final class SeededFault {
  static final String OUT = ".param .u64 out";
  static final String PROLOGUE =
      """
      .shared .align 16 .b8 tile[512];
      ld.param.u64 %rd1, [out];
      mov.u32 %r1, %tid.x;
      shl.b32 %r2, %r1, 2;
      mul.wide.u32 %rd2, %r1, 4;
      add.s64 %rd3, %rd1, %rd2;
      mov.u32 %r20, tile;
      add.s32 %r3, %r20, %r2;
      xor.b32 %r4, %r2, 252;
      add.s32 %r4, %r4, %r20;
      """;

  static int markedLine(String ptx) {
    String[] lines = ptx.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      if (lines[i].contains("HERE")) {
        return i + 1;
      }
    }
    throw new IllegalArgumentException("no line is marked");
  }

  static EmulatorFault expect(Kind kind, int threads, String body) {
    return expect(kind, threads, 256, EmulatorOptions.strict(), body);
  }

  static EmulatorFault expect(
      Kind kind, int threads, long bytes, EmulatorOptions options, String body) {
    String ptx = Snippet.kernel(OUT, PROLOGUE + body);
    try (Bench bench = new Bench(options)) {
      Kernel kernel = bench.load(ptx);
      DeviceBuffer out = bench.empty(bytes);
      EmulatorFault fault =
          assertThrows(
              EmulatorFault.class,
              () ->
                  bench.launch(
                      kernel, LaunchShape.of(1, threads), KernelArguments.builder().pointer(out)));
      assertEquals(kind, fault.kind(), fault.getMessage());
      EmulatorFault.Location location = fault.location();
      assertNotNull(location);
      assertEquals(markedLine(ptx), location.line(), fault.getMessage());
      assertEquals("test", location.kernel());
      return fault;
    }
  }

  private SeededFault() {}
}
