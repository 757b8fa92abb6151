package dev.phoenix.checkpoint;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The name of an element type in an npy header. numpy itself writes {@code <f4}, {@code |u1} or
 * {@code <U8}; it reads every name that {@code numpy.dtype} accepts, and other programs write names
 * such as {@code <u1}, {@code f4}, {@code =f4}, {@code float32}, {@code ?}.
 *
 * @param type the element type
 * @param itemSize bytes of an element
 */
record DtypeName(NpyType type, long itemSize) {
  private static final Map<String, NpyType> NAMES =
      Map.ofEntries(
              names(NpyType.FLOAT32, "f4", "f", "float32", "single"),
              names(NpyType.FLOAT16, "f2", "e", "float16", "half"),
              names(NpyType.FLOAT64, "f8", "d", "float64", "double", "float"),
              names(NpyType.BFLOAT16, "V2", "bfloat16"),
              names(NpyType.INT8, "i1", "b", "int8", "byte"),
              names(NpyType.INT16, "i2", "h", "int16", "short"),
              names(NpyType.INT32, "i4", "i", "int32", "intc"),
              names(
                  NpyType.INT64,
                  "i8",
                  "l",
                  "q",
                  "int64",
                  "long",
                  "longlong",
                  "int",
                  "int_",
                  "intp"),
              names(NpyType.UINT8, "u1", "B", "uint8", "ubyte"),
              names(NpyType.UINT16, "u2", "H", "uint16", "ushort"),
              names(NpyType.UINT32, "u4", "I", "uint32", "uintc"),
              names(
                  NpyType.UINT64, "u8", "L", "Q", "uint64", "ulong", "ulonglong", "uint", "uintp"),
              names(NpyType.BOOL, "b1", "?", "bool", "bool_"),
              names(NpyType.OBJECT_STRING, "O", "O8", "object", "object_"))
          .entrySet()
          .stream()
          .flatMap(
              entry ->
                  Arrays.stream(entry.getKey().split(" ", -1))
                      .map(n -> Map.entry(n, entry.getValue())))
          .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

  private static Map.Entry<String, NpyType> names(NpyType type, String... names) {
    return Map.entry(String.join(" ", names), type);
  }

  /** Parses {@code text}; {@code place} is used in error messages. */
  static DtypeName parse(String text, Place place) {
    boolean marked = !text.isEmpty() && "<>=|".indexOf(text.charAt(0)) >= 0;
    String name = marked ? text.substring(1) : text;
    NpyType type = NAMES.get(name);
    if (type == null) {
      type = sized(name);
    }
    if (type == null) {
      throw place.refuse("a dtype among " + known(), "'" + Place.printable(text) + "'");
    }
    boolean swapped = text.startsWith(">") && type.bytes() > 1 && type != NpyType.OBJECT_STRING;
    if (swapped) {
      throw place.refuse(
          "a little-endian array",
          "big-endian dtype '"
              + Place.printable(text)
              + "'; save it as array.astype(array.dtype.newbyteorder('<'))");
    }
    if (!type.sized()) {
      return new DtypeName(type, type.bytes());
    }
    String units = name.substring(1);
    if (!units.matches("[0-9]{1,9}")) {
      throw place.refuse(
          "a string dtype of fewer than 10^9 characters", "'" + Place.printable(text) + "'");
    }
    return new DtypeName(type, Long.parseLong(units) * type.bytes());
  }

  private static @Nullable NpyType sized(String name) {
    if (name.matches("U[0-9]*")) {
      return NpyType.UNICODE;
    }
    return name.matches("[Sa][0-9]*") ? NpyType.BYTES : null;
  }

  private static String known() {
    return Arrays.stream(NpyType.values())
        .map(type -> type.descriptor() + (type.sized() ? "<n>" : ""))
        .collect(Collectors.joining(" "));
  }
}
