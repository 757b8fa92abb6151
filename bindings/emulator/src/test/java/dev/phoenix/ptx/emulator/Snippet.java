package dev.phoenix.ptx.emulator;

import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import java.util.Arrays;

/**
 * Runs a few PTX instructions on one thread per element. Operand i of a thread is in {@code %rdi}
 * (64 bits), {@code %ri} and {@code %fi} (the lower 32), {@code %hi} (the lower 16) and {@code
 * %di}; the body leaves its result in a register of its choice, numbered from 10.
 */
final class Snippet {
  private static final String HEADER =
      """
      .version 9.0
      .target sm_80
      .address_size 64
      """;

  private Snippet() {}

  /** A kernel with these parameters and this body. */
  static String kernel(String parameters, String body) {
    return HEADER
        + ".visible .entry test("
        + parameters
        + ")\n{\n"
        + ".reg .pred %p<20>; .reg .b16 %h<40>; .reg .b32 %r<60>; .reg .f32 %f<60>;\n"
        + ".reg .b64 %rd<60>; .reg .f64 %d<40>;\n"
        + body
        + "\nret;\n}\n";
  }

  /** A kernel after module-scope declarations. */
  static String module(String declarations, String parameters, String body) {
    return kernel(parameters, body).replace(HEADER, HEADER + declarations);
  }

  /** The result register of each thread, as its bits. */
  static long[] run(String result, String body, long[]... operands) {
    int threads = operands.length == 0 ? 32 : operands[0].length;
    try (Bench bench = new Bench()) {
      DeviceBuffer out = bench.zeros(8L * threads);
      KernelArguments.Builder arguments = KernelArguments.builder().pointer(out);
      StringBuilder parameters = new StringBuilder(".param .u64 out");
      StringBuilder text = new StringBuilder(prologue());
      for (int i = 0; i < operands.length; i++) {
        arguments.pointer(bench.of(operands[i]));
        parameters.append(", .param .u64 in").append(i);
        text.append(load(i));
      }
      text.append(body).append('\n').append(store(result));
      Kernel kernel = bench.load(kernel(parameters.toString(), text.toString()));
      bench.launch(kernel, LaunchShape.of(1, threads), arguments);
      return bench.longs(out);
    }
  }

  private static String prologue() {
    return """
    mov.u32 %r50, %tid.x;
    mul.wide.u32 %rd50, %r50, 8;
    ld.param.u64 %rd51, [out];
    add.s64 %rd51, %rd51, %rd50;
    """;
  }

  private static String load(int operand) {
    return """
    ld.param.u64 %rd52, [in#];
    add.s64 %rd52, %rd52, %rd50;
    ld.global.u64 %rd#, [%rd52];
    ld.global.u32 %r#, [%rd52];
    ld.global.f32 %f#, [%rd52];
    ld.global.u16 %h#, [%rd52];
    ld.global.f64 %d#, [%rd52];
    """
        .replace("#", Integer.toString(operand));
  }

  private static String store(String result) {
    if (result.startsWith("%p")) {
      return "selp.u32 %r49, 1, 0, " + result + ";\nst.global.u32 [%rd51], %r49;";
    }
    String type =
        result.startsWith("%rd")
            ? "b64"
            : result.startsWith("%d")
                ? "f64"
                : result.startsWith("%r") ? "b32" : result.startsWith("%f") ? "f32" : "b16";
    return "st.global." + type + " [%rd51], " + result + ";";
  }

  static long[] words(int... values) {
    return Arrays.stream(values).mapToLong(v -> v & 0xffffffffL).toArray();
  }

  static long[] floats(float... values) {
    long[] bits = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]) & 0xffffffffL;
    }
    return bits;
  }

  static long[] doubles(double... values) {
    return Arrays.stream(values).mapToLong(Double::doubleToRawLongBits).toArray();
  }
}
