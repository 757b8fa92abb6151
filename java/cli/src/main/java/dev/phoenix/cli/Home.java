package dev.phoenix.cli;

import java.nio.file.Path;

/** The folders of the installation that commands use by default. */
final class Home {
  private Home() {}

  private static Path directory() {
    return Path.of(System.getProperty("phoenix.home", "."));
  }

  /** The demo checkpoint. */
  static Path demo() {
    return directory().resolve("checkpoints/demo");
  }

  /** The golden cases. */
  static Path golden() {
    return directory().resolve("checkpoints/src/test/resources/golden");
  }
}
