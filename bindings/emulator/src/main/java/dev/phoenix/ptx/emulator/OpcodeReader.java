package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.ScalarType;
import java.util.List;

/** Reads an opcode modifier by modifier. A modifier that is not consumed is reported as unknown. */
final class OpcodeReader {
  private final Assembler assembler;
  private final List<String> parts;
  private int next = 1;

  OpcodeReader(Assembler assembler, String opcode) {
    this.assembler = assembler;
    this.parts = List.of(opcode.split("\\."));
  }

  boolean atEnd() {
    return next == parts.size();
  }

  String peek() {
    return atEnd() ? "" : parts.get(next);
  }

  boolean accept(String modifier) {
    if (peek().equals(modifier)) {
      next++;
      return true;
    }
    return false;
  }

  /** Consumes the next modifier, which must be in {@code modifiers}; throws otherwise. */
  String oneOf(String... modifiers) {
    for (String modifier : modifiers) {
      if (accept(modifier)) {
        return modifier;
      }
    }
    throw unknown();
  }

  /** Consumes the next modifier if it is in {@code modifiers}; returns it, or the empty string. */
  String anyOf(String... modifiers) {
    for (String modifier : modifiers) {
      if (accept(modifier)) {
        return modifier;
      }
    }
    return "";
  }

  void expect(String modifier) {
    if (!accept(modifier)) {
      throw unknown();
    }
  }

  boolean atType() {
    return ScalarType.isType(peek());
  }

  ScalarType type() {
    if (!atType()) {
      throw unknown();
    }
    return ScalarType.parse(parts.get(next++));
  }

  void end() {
    if (!atEnd()) {
      throw unknown();
    }
  }

  RuntimeException unknown() {
    return assembler.error(
        atEnd() ? "the opcode is incomplete" : "unknown modifier '." + peek() + "'");
  }
}
