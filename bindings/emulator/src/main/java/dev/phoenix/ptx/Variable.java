package dev.phoenix.ptx;

import java.util.List;

/**
 * A variable outside registers, or a parameter.
 *
 * @param name unique in its function or module
 * @param space where it lives
 * @param alignment bytes
 * @param byteSize bytes; 0 for an unsized {@code .extern .shared} array
 * @param initialisers initialised elements; the rest is zero
 */
public record Variable(
    String name, StateSpace space, int alignment, long byteSize, List<Initialiser> initialisers) {
  /**
   * One initialised element.
   *
   * @param offset bytes from the start of the variable
   * @param byteSize 1, 2, 4 or 8
   * @param bits its value; an offset where it is the address of a symbol
   * @param symbol a variable of the module, or empty
   */
  public record Initialiser(long offset, int byteSize, long bits, String symbol) {}
}
