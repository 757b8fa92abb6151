package dev.phoenix.serving.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Files that are served and lie beside this class. */
final class Resources {
  private Resources() {}

  static byte[] read(String resource) {
    try (InputStream in = Resources.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the file " + resource + " is not in this build");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("the file " + resource + " cannot be read", e);
    }
  }
}
