package dev.phoenix.device.junit;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;

/**
 * The module requested by a test parameter.
 *
 * @param name the resource as written
 * @param key unique key of the module
 * @param image PTX text
 * @param kernel the entry as written, or empty
 */
record ModuleSource(String name, String key, byte[] image, String kernel) {
  private static final Pattern ENTRY = Pattern.compile("\\.entry\\s+([\\w$]+)");

  /** Reads the annotations of a parameter. */
  static ModuleSource of(ParameterContext parameter, Class<?> test) {
    return parameter
        .findAnnotation(CudaSource.class)
        .map(source -> compiled(source, test))
        .orElseGet(
            () -> {
              PtxSource source = parameter.findAnnotation(PtxSource.class).orElseThrow();
              byte[] image = read(resource(source.value(), test));
              return new ModuleSource(source.value(), source.value(), image, source.kernel());
            });
  }

  private static ModuleSource compiled(CudaSource source, Class<?> test) {
    Nvcc nvcc = Nvcc.find();
    if (nvcc == null) {
      throw new ParameterResolutionException(source.value() + ": " + Nvcc.MISSING);
    }
    List<String> options = List.of(source.options());
    byte[] image = nvcc.compile(resource(source.value(), test), options);
    return new ModuleSource(source.value(), source.value() + options, image, source.kernel());
  }

  private static URL resource(String name, Class<?> test) {
    URL url = test.getResource(name);
    if (url == null) {
      throw new ParameterResolutionException(
          "no resource '"
              + name
              + "' beside "
              + test.getName()
              + "; expected in src/test/resources/"
              + (name.startsWith("/")
                  ? name.substring(1)
                  : test.getPackageName().replace('.', '/') + "/" + name));
    }
    return url;
  }

  static byte[] read(URL url) {
    try (InputStream in = url.openStream()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new ParameterResolutionException("can't read " + url, e);
    }
  }

  /**
   * The entry to run.
   *
   * @throws ParameterResolutionException when none was named and the module does not have exactly
   *     one
   */
  String entry() {
    if (!kernel.isEmpty()) {
      return kernel;
    }
    List<String> entries = new ArrayList<>();
    Matcher matcher = ENTRY.matcher(new String(image, StandardCharsets.UTF_8));
    while (matcher.find()) {
      entries.add(matcher.group(1));
    }
    if (entries.size() != 1) {
      throw new ParameterResolutionException(
          name + " has the entries " + entries + ": name one of them with kernel = \"...\"");
    }
    return entries.getFirst();
  }
}
