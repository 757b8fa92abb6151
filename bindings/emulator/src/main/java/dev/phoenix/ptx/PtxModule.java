package dev.phoenix.ptx;

import java.util.LinkedHashMap;
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
  private static final long FIRST_CODE = 0x0300_0000_0000_0000L;
  private static final int CODE_BYTES = 16;

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
   * @throws PtxException at the first syntax error or unsupported construct
   */
  public static PtxModule parse(String name, String text) {
    return new ModuleParser(name, text).parse();
  }

  /**
   * The addresses of its device functions, by name, for function pointers. They are outside of all
   * allocations: a load from one is out of bounds.
   */
  public Map<String, Long> functionAddresses() {
    Map<String, Long> addresses = new LinkedHashMap<>();
    for (Function function : functions.values()) {
      if (!function.signature().entry()) {
        addresses.put(function.name(), FIRST_CODE + (long) addresses.size() * CODE_BYTES);
      }
    }
    return addresses;
  }

  /** The names of its kernels. */
  public List<String> entries() {
    return functions.values().stream()
        .filter(f -> f.signature().entry())
        .map(Function::name)
        .toList();
  }
}
