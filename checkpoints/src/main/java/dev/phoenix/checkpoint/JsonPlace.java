package dev.phoenix.checkpoint;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A JSON value with its file and path, for error messages. */
public final class JsonPlace {
  private static final int MAX_DEPTH = 100;
  private static final int MAX_FOUND = 60;
  private static final BigInteger TWO_64 = BigInteger.ONE.shiftLeft(64);

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  // Python writes NaN and Infinity; the methods that read numbers refuse them.
                  .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                  .build())
          .build();

  private final Place file;
  private final String path;
  private final @Nullable JsonNode node;
  private final Set<String> seen = new TreeSet<>();

  private JsonPlace(Place file, String path, @Nullable JsonNode node) {
    this.file = file;
    this.path = path;
    this.node = node;
  }

  /**
   * Reads a file of at most {@code maxBytes} bytes.
   *
   * @throws CheckpointException if it cannot be read or is not JSON
   */
  public static JsonPlace read(Path path, long maxBytes) {
    Place place = Place.of(path);
    try {
      long size = Files.size(path);
      if (size > maxBytes || !Files.isRegularFile(path)) {
        throw place.refuse("a JSON file of at most " + maxBytes + " bytes", size + " bytes");
      }
      return parse(Files.readAllBytes(path), place);
    } catch (IOException e) {
      throw place.error("cannot be read: " + e, e);
    }
  }

  /** Wraps a parsed value; {@code source} is the file's name in errors. */
  public static JsonPlace of(JsonNode value, String source) {
    return new JsonPlace(new Place(source, null), "$", value);
  }

  static JsonPlace parse(byte[] json, Place place) {
    FileKind.require("JSON", json, place);
    try {
      return new JsonPlace(place, "$", MAPPER.readTree(json));
    } catch (JacksonException e) {
      String at =
          e.getLocation() == null
              ? ""
              : " at line "
                  + e.getLocation().getLineNr()
                  + ", column "
                  + e.getLocation().getColumnNr();
      throw place.error(
          "expected JSON, found an error" + at + ": " + Place.printable(e.getOriginalMessage()), e);
    }
  }

  static JsonMapper mapper() {
    return MAPPER;
  }

  /** Whether there is a value other than null. */
  public boolean isPresent() {
    return node != null && !node.isMissingNode() && !node.isNull();
  }

  /** Whether there is a value, including null. */
  public boolean isGiven() {
    return node != null && !node.isMissingNode();
  }

  /** Whether the value here is null. */
  public boolean isNull() {
    return node != null && node.isNull();
  }

  /** Whether the value here is a number. */
  public boolean isNumber() {
    return node != null && node.isNumber();
  }

  /**
   * The member {@code key} of this object, which may be absent.
   *
   * @throws CheckpointException if this is not an object
   */
  public JsonPlace member(String key) {
    seen.add(key);
    boolean plain = key.matches("[A-Za-z_][A-Za-z_0-9]*");
    String name = plain ? "." + key : "['" + Place.printable(key) + "']";
    return new JsonPlace(file, path + name, object().get(key));
  }

  /** Keys of this object that were not read by {@link #member}. */
  public List<String> unread() {
    return keys().stream().filter(key -> !seen.contains(key)).toList();
  }

  /**
   * Keys of this object.
   *
   * @throws CheckpointException if this is not an object
   */
  public List<String> keys() {
    return List.copyOf(object().propertyNames());
  }

  /** The elements of this array. */
  List<JsonPlace> elements() {
    if (node == null || !node.isArray()) {
      throw refuse("an array");
    }
    List<JsonPlace> elements = new ArrayList<>(node.size());
    for (int i = 0; i < node.size(); i++) {
      elements.add(new JsonPlace(file, path + "[" + i + "]", node.get(i)));
    }
    return elements;
  }

  /**
   * An integer from {@code min} to {@code max}.
   *
   * @throws CheckpointException if this is not such an integer
   */
  public int integer(int min, int max) {
    return (int) integer((long) min, (long) max);
  }

  long integer(long min, long max) {
    String expected = "an integer from " + min + " to " + max;
    if (node == null || !node.isIntegralNumber() || !node.canConvertToLong()) {
      throw refuse(expected);
    }
    long value = node.longValue();
    if (value < min || value > max) {
      throw refuse(expected);
    }
    return value;
  }

  /** A finite number above {@code min} and at most {@code max}. */
  double number(double min, double max) {
    double value = node == null || !node.isNumber() ? Double.NaN : node.doubleValue();
    if (!(value > min && value <= max)) {
      throw refuse("a number above " + min + ", at most " + max);
    }
    return value;
  }

  /**
   * A number from {@code min} to {@code max}.
   *
   * @throws CheckpointException if this is not such a number
   */
  public double numberFrom(double min, double max) {
    double value = node == null || !node.isNumber() ? Double.NaN : node.doubleValue();
    if (!(value >= min && value <= max)) {
      throw refuse("a number from " + plain(min) + " to " + plain(max));
    }
    return value;
  }

  /** Without exponent or trailing zeros. */
  private static String plain(double bound) {
    return BigDecimal.valueOf(bound).stripTrailingZeros().toPlainString();
  }

  /** The string; empty if this is not a string. */
  public Optional<String> text() {
    return node != null && node.isString() ? Optional.of(node.stringValue()) : Optional.empty();
  }

  /**
   * A truth value.
   *
   * @throws CheckpointException if this is not a boolean
   */
  public boolean bool() {
    if (node == null || !node.isBoolean()) {
      throw refuse("true or false");
    }
    return node.booleanValue();
  }

  /** An id of 64 unsigned bits, as a number or as a string of digits. */
  long unsignedId() {
    BigInteger value = null;
    if (node != null && node.isIntegralNumber()) {
      value = node.bigIntegerValue();
    } else if (node != null && node.isString() && node.stringValue().matches("[0-9]{1,20}")) {
      value = new BigInteger(node.stringValue());
    }
    if (value == null || value.signum() < 0 || value.compareTo(TWO_64) >= 0) {
      throw refuse("an integer id from 0 to 2^64 - 1, as a number or a string of digits");
    }
    return value.longValue();
  }

  /** An exception with this path, the expected and the found value. */
  public CheckpointException refuse(String expected) {
    String found = node == null ? "nothing" : Place.printable(node.toString());
    String shown = found.length() > MAX_FOUND ? found.substring(0, MAX_FOUND) + "..." : found;
    return new CheckpointException(
        file + ": " + path + ": expected " + expected + ", found " + shown);
  }

  @Override
  public String toString() {
    return file + ": " + path;
  }

  private JsonNode object() {
    if (node == null || !node.isObject()) {
      throw refuse("an object");
    }
    return node;
  }
}
