package dev.phoenix.cli;

import dev.phoenix.dataset.DatasetException;
import dev.phoenix.training.NumberRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The settings of a training: an option of the command line, else the key of the configuration
 * file, else the default. Keys of nested objects are joined by dots. Values out of range are
 * refused with the name that the user gave them.
 */
final class TrainingSettings {
  private static final long MAX_FILE_BYTES = 1 << 20;
  private static final int MAX_FOUND = 60;
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final String source;
  private final SequencedMap<String, JsonNode> values = new LinkedHashMap<>();
  private final SortedSet<String> asked = new TreeSet<>();

  private TrainingSettings(String source) {
    this.source = source;
  }

  /**
   * One setting.
   *
   * @param option its name on the command line, or {@code key} if there is no such option
   * @param key its name in the file
   * @param given its value on the command line; null where it was not given
   */
  record Setting<T>(String option, String key, @Nullable T given) {
    /** A setting that only the file can have. */
    static <T> Setting<T> ofFile(String key) {
      return new Setting<>(key, key, null);
    }
  }

  /**
   * Reads a configuration file.
   *
   * @param file the file, or null for none
   * @throws DatasetException if the file cannot be read or is not a JSON object
   */
  static TrainingSettings read(@Nullable Path file) {
    if (file == null) {
      return new TrainingSettings("");
    }
    TrainingSettings settings = new TrainingSettings(file.toString());
    JsonNode root;
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > MAX_FILE_BYTES) {
        throw new DatasetException(
            file + ": expected a JSON file of at most " + MAX_FILE_BYTES + " bytes");
      }
      root = MAPPER.readTree(Files.readString(file));
    } catch (JacksonException e) {
      throw new DatasetException(
          "%s: expected JSON, found an error at line %d, column %d: %s"
              .formatted(
                  file,
                  e.getLocation() == null ? 1 : e.getLocation().getLineNr(),
                  e.getLocation() == null ? 1 : e.getLocation().getColumnNr(),
                  e.getOriginalMessage().lines().findFirst().orElse("")),
          e);
    } catch (IOException e) {
      throw new DatasetException(file + ": cannot be read: " + e, e);
    }
    if (!root.isObject()) {
      throw new DatasetException(file + ": expected a JSON object, found " + shown(root));
    }
    settings.flatten("", root);
    return settings;
  }

  private void flatten(String prefix, JsonNode object) {
    for (String name : object.propertyNames()) {
      JsonNode value = object.get(name);
      if (value.isObject()) {
        flatten(prefix + name + ".", value);
      } else {
        values.put(prefix + name, value);
      }
    }
  }

  /** Accepts {@code other} as another name of {@code key} in the file. */
  void alias(String other, String key) {
    JsonNode value = values.remove(other);
    if (value != null && values.putIfAbsent(key, value) != null) {
      throw new DatasetException("%s: expected %s or %s, found both".formatted(source, key, other));
    }
  }

  /** Whether the command line or the file sets the value. */
  boolean has(Setting<?> setting) {
    asked.add(setting.key());
    return setting.given() != null || values.containsKey(setting.key());
  }

  /** The name by which the user gave a setting. */
  String name(Setting<?> setting) {
    return setting.given() == null && values.containsKey(setting.key())
        ? source + ": " + setting.key()
        : setting.option();
  }

  double number(Setting<Double> setting, NumberRange range, double otherwise) {
    asked.add(setting.key());
    JsonNode value = values.get(setting.key());
    if (setting.given() != null) {
      return range.require(setting.option(), setting.given());
    }
    if (value == null) {
      return otherwise;
    }
    if (!value.isNumber()) {
      throw refuse(setting, "a number " + range, value);
    }
    return range.require(name(setting), value.doubleValue());
  }

  int integer(Setting<Integer> setting, NumberRange range, int otherwise) {
    Long given = setting.given() == null ? null : (long) setting.given();
    Setting<Long> wide = new Setting<>(setting.option(), setting.key(), given);
    return Math.toIntExact(wideInteger(wide, range, otherwise));
  }

  long wideInteger(Setting<Long> setting, NumberRange range, long otherwise) {
    asked.add(setting.key());
    JsonNode value = values.get(setting.key());
    if (setting.given() != null) {
      return range.require(setting.option(), setting.given());
    }
    if (value == null) {
      return otherwise;
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw refuse(setting, "an integer " + range, value);
    }
    return range.require(name(setting), value.longValue());
  }

  boolean flag(Setting<Boolean> setting) {
    asked.add(setting.key());
    JsonNode value = values.get(setting.key());
    if (setting.given() != null) {
      return setting.given();
    }
    if (value == null) {
      return false;
    }
    if (!value.isBoolean()) {
      throw refuse(setting, "true or false", value);
    }
    return value.booleanValue();
  }

  /** One of {@code choices}, spelled as {@code toString} spells them. */
  <E extends Enum<E>> E choice(Setting<E> setting, E[] choices, E otherwise) {
    asked.add(setting.key());
    JsonNode value = values.get(setting.key());
    if (setting.given() != null) {
      return setting.given();
    }
    if (value == null) {
      return otherwise;
    }
    String text = value.isString() ? value.stringValue() : "";
    return Arrays.stream(choices)
        .filter(choice -> choice.toString().equals(text))
        .findFirst()
        .orElseThrow(() -> refuse(setting, "one of " + Arrays.toString(choices), value));
  }

  /** A string, or a number as a string. */
  @Nullable String text(Setting<String> setting) {
    asked.add(setting.key());
    JsonNode value = values.get(setting.key());
    if (setting.given() != null || value == null) {
      return setting.given();
    }
    if (!value.isString() && !value.isIntegralNumber()) {
      throw refuse(setting, "a text or an integer", value);
    }
    return value.asString();
  }

  /** Refuses a file with a key that no setting has read. */
  void requireNoOthers() {
    List<String> others = values.keySet().stream().filter(key -> !asked.contains(key)).toList();
    if (!others.isEmpty()) {
      throw new DatasetException(
          "%s: expected keys among %s, found %s"
              .formatted(source, String.join(", ", asked), String.join(", ", others)));
    }
  }

  private DatasetException refuse(Setting<?> setting, String expected, JsonNode found) {
    return new DatasetException(
        "%s: %s: expected %s, found %s".formatted(source, setting.key(), expected, shown(found)));
  }

  private static String shown(JsonNode node) {
    String text = node.toString();
    return text.length() > MAX_FOUND ? text.substring(0, MAX_FOUND) + "..." : text;
  }
}
