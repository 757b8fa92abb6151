package dev.phoenix.ptx.emulator;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import java.lang.management.ManagementFactory;

/**
 * Measures what the emulator executes per second, all checks on. Not a test: run it with
 *
 * <pre>
 * mvn -q -pl kernels -am test-compile
 * java --enable-native-access=ALL-UNNAMED \
 *   -cp kernels/target/test-classes:kernels/target/classes:bindings/target/classes \
 *   dev.phoenix.ptx.emulator.EmulatorSpeed [workers]
 * </pre>
 */
public final class EmulatorSpeed {
  private static final int BLOCKS = 16;
  private static final int THREADS = 128;
  private static final int ROUNDS = 8;

  private EmulatorSpeed() {}

  /** Prints millions of thread instructions per second for each workload. */
  public static void main(String[] arguments) {
    EmulatorOptions options = EmulatorOptions.strict();
    if (arguments.length > 0) {
      options = options.withWorkers(Integer.parseInt(arguments[0]));
    }
    System.out.println(options);
    measure("fma", options, loop(20000, "fma.rn.f32 %f1, %f1, %f2, %f3;\n".repeat(8)));
    measure("integer", options, loop(20000, "mad.lo.s32 %r5, %r5, %r6, %r1;\n".repeat(8)));
    measure("special", options, loop(2000, "ex2.approx.ftz.f32 %f1, %f2;\n".repeat(8)));
    measure(
        "global",
        options,
        loop(5000, "ld.global.f32 %f1, [%rd3];\nst.global.f32 [%rd3], %f1;\n".repeat(4)));
    measure(
        "shared",
        options,
        loop(5000, "ld.shared.f32 %f1, [%r4];\nst.shared.f32 [%r4], %f1;\n".repeat(4)));
    measure("shuffle", options, loop(5000, "shfl.sync.bfly.b32 %r5, %r1, 1, 31, -1;\n".repeat(8)));
    measure("divergent", options, divergent());
    measure(
        "mma",
        options,
        loop(
            2000,
            ("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%f1,%f2,%f3,%f4},"
                    + " {%r1,%r1,%r1,%r1}, {%r1,%r1}, {%f1,%f2,%f3,%f4};\n")
                .repeat(4)));
    measure(
        "ldmatrix",
        options,
        loop(
            2000,
            "ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r10,%r11,%r12,%r13}, [%r7];\n".repeat(4)));
  }

  /**
   * Nanoseconds: of this thread's CPU time where it works alone, so that other load is left out.
   */
  private static long now(EmulatorOptions options) {
    return options.workers() == 1
        ? ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime()
        : System.nanoTime();
  }

  private static String loop(int count, String body) {
    return """
    mov.u32 %r8, 0;
    LOOP:
    BODY
    add.s32 %r8, %r8, 1;
    setp.lt.s32 %p1, %r8, COUNT;
    @%p1 bra LOOP;
    """
        .replace("BODY", body)
        .replace("COUNT", Integer.toString(count));
  }

  private static String divergent() {
    return loop(
        5000,
        """
        and.b32 %r9, %r1, 1;
        setp.eq.s32 %p2, %r9, 0;
        @%p2 bra EVEN;
        add.f32 %f1, %f1, %f2;
        bra JOIN;
        EVEN:
        mul.f32 %f1, %f1, %f2;
        JOIN:
        """);
  }

  private static void measure(String name, EmulatorOptions options, String body) {
    String prologue =
        """
        .shared .align 16 .b8 tile[4096];
        mov.u32 %r1, %tid.x;
        mov.u32 %r2, %ctaid.x;
        mad.lo.s32 %r3, %r2, 128, %r1;
        mul.wide.u32 %rd2, %r3, 4;
        ld.param.u64 %rd1, [out];
        add.s64 %rd3, %rd1, %rd2;
        mov.u32 %r4, tile;
        shl.b32 %r5, %r1, 4;
        add.s32 %r7, %r4, %r5;
        st.shared.v4.u32 [%r7], {%r1, %r1, %r1, %r1};
        shl.b32 %r5, %r1, 2;
        add.s32 %r4, %r4, %r5;
        bar.sync 0;
        mov.u32 %r6, 3;
        mov.f32 %f1, 0f3F800000;
        mov.f32 %f2, 0f3F000000;
        mov.f32 %f3, 0f3F000000;
        mov.f32 %f4, 0f3F000000;
        """;
    String ptx = Snippet.kernel(".param .u64 out", prologue + body);
    try (Bench bench = new Bench(options)) {
      Kernel kernel = bench.load(ptx);
      DeviceBuffer out = bench.zeros(4L * BLOCKS * THREADS);
      long[] executed = new long[1];
      bench.device.onLaunch(counts -> executed[0] += counts.total());
      double best = 0;
      for (int round = 0; round < ROUNDS; round++) {
        executed[0] = 0;
        long start = now(options);
        bench.launch(
            kernel, LaunchShape.of(BLOCKS, THREADS), KernelArguments.builder().pointer(out));
        best = Math.max(best, executed[0] * 1e3 / (now(options) - start));
      }
      System.out.printf("%-10s %8.0f M thread instructions/s%n", name, best);
    }
  }
}
