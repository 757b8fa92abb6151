package dev.phoenix.serving.server;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** The effective settings. Flags override the environment, a file, and defaults, in this order. */
public final class Settings {
  private final Map<Setting, Value> values = new EnumMap<>(Setting.class);

  private record Value(String text, String source) {}

  private Settings() {}

  /**
   * Resolves all settings.
   *
   * @param file a file of {@code key = value} lines; null for none
   * @param environment the environment variables by name
   * @param flags the flags by setting
   * @throws IllegalArgumentException if the file cannot be read or has an unknown key, or if a
   *     variable has the address of a Kubernetes Service
   */
  public static Settings resolve(
      @Nullable Path file, Map<String, String> environment, Map<Setting, String> flags) {
    Settings settings = new Settings();
    for (Setting setting : Setting.values()) {
      settings.put(setting, setting.standard(), "default");
    }
    if (file != null) {
      settings.putFile(file);
    }
    for (Setting setting : Setting.values()) {
      String variable = environment.get(setting.variable());
      if (variable != null) {
        EnvironmentCheck.requireNoServiceLink(setting, variable);
        settings.put(setting, variable, setting.variable());
      }
      String flag = flags.get(setting);
      if (flag != null) {
        settings.put(setting, flag, setting.flag());
      }
    }
    return settings;
  }

  private void put(Setting setting, String text, String source) {
    values.put(setting, new Value(text.strip(), source));
  }

  /**
   * The {@code key = value} lines of a file.
   *
   * @throws IllegalArgumentException if it cannot be read
   */
  static Properties properties(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalArgumentException("the configuration " + file + " cannot be read: " + e, e);
    }
    return properties;
  }

  private void putFile(Path file) {
    Properties properties = properties(file);
    for (String key : properties.stringPropertyNames()) {
      put(setting(key, file), properties.getProperty(key), file.getFileName().toString());
    }
  }

  private static Setting setting(String key, Path file) {
    for (Setting setting : Setting.values()) {
      if (setting.key().equals(key)) {
        return setting;
      }
    }
    throw new IllegalArgumentException(
        "%s: expected settings such as batch-size, found '%s'".formatted(file, key));
  }

  /** The text of a setting. */
  public String get(Setting setting) {
    Value value = values.get(setting);
    return value == null ? setting.standard() : value.text();
  }

  /** A setting's key for a message, with its variable where the value comes from one. */
  String named(Setting setting) {
    Value value = values.get(setting);
    boolean fromEnvironment = value != null && value.source().equals(setting.variable());
    return fromEnvironment ? "%s (%s)".formatted(setting.key(), setting.variable()) : setting.key();
  }

  /** A setting as a whole number from {@code least} to {@code most}. */
  int integer(Setting setting, int least, int most) {
    String text = get(setting);
    if (text.matches("[0-9]{1,9}")) {
      int value = Integer.parseInt(text);
      if (value >= least && value <= most) {
        return value;
      }
    }
    throw new IllegalArgumentException(
        "%s: expected a whole number from %d to %d, found '%s'"
            .formatted(named(setting), least, most, text));
  }

  /** A setting as a number from 0 to 1. */
  double share(Setting setting) {
    String text = get(setting);
    if (text.matches("0|1|0?\\.[0-9]{1,9}|1\\.0{1,9}")) {
      return Double.parseDouble(text);
    }
    throw new IllegalArgumentException(
        "%s: expected a number from 0 to 1, found '%s'".formatted(named(setting), text));
  }

  /** A setting that is true or false. */
  boolean isTrue(Setting setting) {
    String text = get(setting);
    if (!text.equals("true") && !text.equals("false")) {
      throw new IllegalArgumentException(
          "%s: expected true or false, found '%s'".formatted(named(setting), text));
    }
    return text.equals("true");
  }

  /** A setting as one of {@code constants}, by its name in lower case. */
  <E extends Enum<E>> E constant(Setting setting, E[] constants) {
    String text = get(setting);
    for (E constant : constants) {
      if (constant.name().equalsIgnoreCase(text)) {
        return constant;
      }
    }
    throw new IllegalArgumentException(
        "%s: expected one of %s, found '%s'"
            .formatted(named(setting), Arrays.toString(constants).toLowerCase(Locale.ROOT), text));
  }

  /** A setting as a path; null if it is empty. */
  @Nullable Path path(Setting setting) {
    String text = get(setting);
    return text.isEmpty() ? null : Path.of(text);
  }

  /** All settings in the format of a settings file, with the source of each. */
  public String print() {
    StringBuilder text = new StringBuilder();
    for (Setting setting : Setting.values()) {
      Value value = values.get(setting);
      String source = value == null ? "default" : value.source();
      boolean hidden = setting.isSecret() && !get(setting).isEmpty();
      text.append("# ").append(setting.help()).append(" [").append(source).append("]\n");
      text.append(hidden ? "# " : "").append(setting.key()).append(" = ");
      text.append(hidden ? "(set, not shown)" : get(setting)).append("\n");
    }
    return text.toString();
  }
}
