package dev.phoenix.ptx;

import java.util.List;
import java.util.Map;

/**
 * A kernel or a device function.
 *
 * @param name its symbol
 * @param signature kind, results and parameters
 * @param registers declared registers, by unique name
 * @param variables variables declared inside
 * @param body statements in order; empty for a declaration
 */
public record Function(
    String name,
    Signature signature,
    Map<String, ScalarType> registers,
    List<Variable> variables,
    List<Statement> body) {
  /**
   * The signature of a function.
   *
   * @param entry whether it is a kernel
   * @param results return values, as variables in parameter space
   * @param parameters in order
   * @param maxThreads maximum threads per block as declared by {@code .maxntid} or {@code
   *     .reqntid}; 0 if not declared
   */
  public record Signature(
      boolean entry, List<Variable> results, List<Variable> parameters, int maxThreads) {}

  /** Whether it declares a function that is defined elsewhere. */
  public boolean isDeclaration() {
    return body.isEmpty();
  }
}
