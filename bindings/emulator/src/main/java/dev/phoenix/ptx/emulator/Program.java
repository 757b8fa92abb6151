package dev.phoenix.ptx.emulator;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A decoded kernel. */
final class Program {
  /**
   * The size of a warp's register file.
   *
   * @param words elements of 32 bits, 32 per register
   * @param longs elements of 64 bits, 32 per register
   * @param predicates registers
   */
  record Size(int words, int longs, int predicates) {}

  /**
   * Resources of a kernel other than registers.
   *
   * @param staticSharedBytes shared memory it declares
   * @param localBytes local memory per thread
   * @param parameters layout of its parameters, in order
   * @param maxThreads the most threads per block
   */
  record Needs(int staticSharedBytes, int localBytes, List<Parameter> parameters, int maxThreads) {}

  /**
   * A parameter.
   *
   * @param name as declared
   * @param offset bytes from the start of the parameters
   * @param byteSize bytes
   */
  record Parameter(String name, int offset, int byteSize) {}

  /**
   * Registers preset with constants and special registers.
   *
   * @param words by slot
   * @param longs by slot
   * @param predicates by slot
   * @param special name of each special register by slot
   */
  record Fixed(
      Map<Integer, Integer> words,
      Map<Integer, Long> longs,
      Map<Integer, Boolean> predicates,
      Map<Integer, String> special) {}

  private final String name;
  private final Operation[] code;
  private final Size size;
  private final Fixed fixed;
  private final Needs needs;

  Program(String name, List<Operation> code, Size size, Fixed fixed, Needs needs) {
    this.name = name;
    this.code = code.toArray(Operation[]::new);
    this.size = size;
    this.fixed = fixed;
    this.needs = needs;
  }

  String name() {
    return name;
  }

  Operation[] code() {
    return code;
  }

  Size size() {
    return size;
  }

  Needs needs() {
    return needs;
  }

  int localBytes() {
    return needs.localBytes();
  }

  Map<Integer, String> specialRegisters() {
    return fixed.special();
  }

  void fillConstants(Warp warp) {
    fixed.words().forEach((slot, value) -> fill(warp.words, slot, value));
    fixed.longs().forEach((slot, value) -> Arrays.fill(warp.longs, slot, slot + Warp.LANES, value));
    fixed.predicates().forEach((slot, value) -> warp.predicates[slot] = value ? -1 : 0);
  }

  private static void fill(int[] words, int slot, int value) {
    Arrays.fill(words, slot, slot + Warp.LANES, value);
  }
}
