package dev.phoenix.bench;

import dev.phoenix.ptx.emulator.InstructionClass;

/**
 * Loops in PTX that keep the emulator busy with one kind of instruction. Every thread ends with
 * {@code %f1} = 1, so that the result can be checked.
 */
public enum EmulatorWorkload {
  /** Fused multiply-adds. */
  FMA(InstructionClass.FMA, 20_000, "fma.rn.f32 %f1, %f1, %f2, %f3;\n".repeat(8)),
  /** Integer multiply-adds. */
  INTEGER(InstructionClass.INTEGER, 20_000, "mad.lo.s32 %r5, %r5, %r6, %r1;\n".repeat(8)),
  /** Approximate exponentials. */
  SPECIAL(InstructionClass.SPECIAL, 2_000, "ex2.approx.ftz.f32 %f6, %f2;\n".repeat(8)),
  /** Loads and stores of global memory, one word a thread. */
  GLOBAL(
      InstructionClass.GLOBAL,
      5_000,
      "ld.global.f32 %f1, [%rd3];\nst.global.f32 [%rd3], %f1;\n".repeat(4)),
  /** Loads and stores of shared memory, one word a thread. */
  SHARED(
      InstructionClass.SHARED,
      5_000,
      "ld.shared.f32 %f6, [%r4];\nst.shared.f32 [%r4], %f6;\n".repeat(4)),
  /** Shuffles between neighbouring lanes. */
  SHUFFLE(InstructionClass.WARP, 5_000, "shfl.sync.bfly.b32 %r5, %r1, 1, 31, -1;\n".repeat(8)),
  /** Odd and even lanes diverge and reconverge. */
  DIVERGENT(
      InstructionClass.CONTROL,
      5_000,
      """
      and.b32 %r9, %r1, 1;
      setp.eq.s32 %p2, %r9, 0;
      @%p2 bra EVEN;
      add.f32 %f1, %f1, %f5;
      bra JOIN;
      EVEN:
      mul.f32 %f1, %f1, %f4;
      JOIN:
      """),
  /** bfloat16 matrix products. */
  MMA(
      InstructionClass.TENSOR,
      2_000,
      ("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%f1,%f6,%f7,%f8},"
              + " {%r1,%r1,%r1,%r1}, {%r1,%r1}, {%f1,%f6,%f7,%f8};\n")
          .repeat(4)),
  /** Matrix loads from shared memory, 16 bytes a thread. */
  LDMATRIX(
      InstructionClass.SHARED,
      2_000,
      "ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%r10,%r11,%r12,%r13}, [%r7];\n".repeat(4));

  /** Threads of a block; the kernel's address arithmetic depends on it. */
  static final int THREADS = 128;

  private static final String PTX =
      """
      .version 8.4
      .target sm_80
      .address_size 64
      .visible .entry busy(.param .u64 out)
      {
      .reg .pred %p<4>; .reg .b32 %r<16>; .reg .f32 %f<12>; .reg .b64 %rd<4>;
      .shared .align 16 .b8 tile[4096];
      mov.u32 %r1, %tid.x;
      mov.u32 %r2, %ctaid.x;
      mad.lo.s32 %r3, %r2, THREADS, %r1;
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
      mov.f32 %f4, 0f3F800000;
      mov.f32 %f5, 0f00000000;
      mov.f32 %f6, 0f00000000;
      mov.f32 %f7, 0f00000000;
      mov.f32 %f8, 0f00000000;
      st.global.f32 [%rd3], %f1;
      mov.u32 %r8, 0;
      LOOP:
      BODY
      add.s32 %r8, %r8, 1;
      setp.lt.s32 %p1, %r8, REPETITIONS;
      @%p1 bra LOOP;
      st.global.f32 [%rd3], %f1;
      ret;
      }
      """;

  private final InstructionClass unit;
  private final int repetitions;
  private final String body;

  EmulatorWorkload(InstructionClass unit, int repetitions, String body) {
    this.unit = unit;
    this.repetitions = repetitions;
    this.body = body;
  }

  /** The instruction class that dominates the loop. */
  InstructionClass unit() {
    return unit;
  }

  /** Iterations of the loop in each thread. */
  int repetitions() {
    return repetitions;
  }

  /** The PTX of the kernel {@code busy(float* out)}, which writes 1 for every thread. */
  String ptx() {
    return PTX.replace("BODY", body)
        .replace("THREADS", Integer.toString(THREADS))
        .replace("REPETITIONS", Integer.toString(repetitions));
  }
}
