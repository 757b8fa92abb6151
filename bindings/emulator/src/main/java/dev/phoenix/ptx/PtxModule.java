package dev.phoenix.ptx;

import java.util.List;
import java.util.Map;

/**
 * A parsed module.
 *
 * @param name shown in errors
 * @param header version and target
 * @param variables module-scope variables by name
 * @param functions kernels and device functions by name
 */
public record PtxModule(
    String name, Header header, Map<String, Variable> variables, Map<String, Function> functions) {
  /**
   * The directives at the top.
   *
   * @param version PTX version, e.g. {@code 9.0}
   * @param target e.g. {@code sm_80}
   */
  public record Header(String version, String target) {}

  /**
   * Parses PTX text.
   *
   * @throws PtxException at the first thing that is not understood
   */
  public static PtxModule parse(String name, String text) {
    return new ModuleParser(name, text).parse();
  }

  /** The names of its kernels. */
  public List<String> entries() {
    return functions.values().stream()
        .filter(f -> f.signature().entry())
        .map(Function::name)
        .toList();
  }
}
