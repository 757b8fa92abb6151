package dev.phoenix.bench.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/** The commit of the sources, from the bundle's properties or from git. */
public final class Sources {
  private Sources() {}

  private static Path home() {
    return Path.of(System.getProperty("phoenix.home", "."));
  }

  /** The commit, with "-dirty" if the sources were changed; "unknown" if it is not known. */
  public static String commit() {
    Path bundle = home().resolve("bundle.properties");
    if (!Files.isRegularFile(bundle)) {
      return ofRepository();
    }
    Properties properties = new Properties();
    try (var in = Files.newBufferedReader(bundle)) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + bundle, e);
    }
    return properties.getProperty("commit", "unknown");
  }

  /** The folder of the peers' scripts. */
  public static Path peers() {
    return home().resolve("bench/peers").toAbsolutePath();
  }

  private static String ofRepository() {
    try {
      Process git =
          new ProcessBuilder("git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String found = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      boolean done = git.waitFor(10, TimeUnit.SECONDS) && git.exitValue() == 0;
      return done ? found.strip() : "unknown";
    } catch (IOException e) {
      return "unknown";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "unknown";
    }
  }
}
