package dev.phoenix.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.SequencedSet;

/**
 * The parameters of a model, read from {@code model_params.npz} to the heap as float32. Reading
 * checks that all parameters and no others are present, and checks shapes, checksums and finite
 * values.
 */
public final class ModelParameters {
  /** Maximum number of problems in a message. */
  private static final int MAX_PROBLEMS = 50;

  private final Place place;
  private final SequencedMap<String, float[]> values;

  private ModelParameters(Place place, SequencedMap<String, float[]> values) {
    this.place = place;
    this.values = values;
  }

  /**
   * Reads the parameters that {@code layout} names; other float types are converted to float32.
   *
   * @throws CheckpointException listing the missing, extra and mis-shaped entries; or naming the
   *     first NaN or infinite value
   */
  public static ModelParameters open(Path npz, ParameterLayout layout) {
    try (NpzFile file = NpzFile.open(npz)) {
      List<String> problems = problems(file, layout);
      if (!problems.isEmpty()) {
        int count = problems.size();
        String shown = String.join("; ", problems.subList(0, Math.min(count, MAX_PROBLEMS)));
        throw file.place()
            .error(
                "not the parameters of this model: "
                    + shown
                    + (count > MAX_PROBLEMS ? "; and " + (count - MAX_PROBLEMS) + " more" : ""));
      }
      file.verifyChecksums();
      SequencedMap<String, float[]> values = new LinkedHashMap<>();
      for (String name : layout.shapes().keySet()) {
        if (file.contains(name)) {
          values.put(name, finite(file.get(name)));
        }
      }
      return new ModelParameters(file.place(), values);
    }
  }

  /**
   * Creates parameters in memory, such as those of a new model.
   *
   * @param source the file's name in errors
   * @param values values in C order, by name; not copied
   * @throws CheckpointException if one is missing, unknown or of another size than in {@code
   *     layout}
   */
  public static ModelParameters of(
      String source, ParameterLayout layout, SequencedMap<String, float[]> values) {
    Place place = new Place(source, null);
    SequencedMap<String, long[]> shapes = layout.shapes();
    shapes.forEach(
        (name, shape) -> {
          float[] value = values.get(name);
          long expected = Arrays.stream(shape).reduce(1, Math::multiplyExact);
          if (value == null ? !layout.isOptional(name) : value.length != expected) {
            throw place
                .entry(name)
                .refuse(expected + " values", value == null ? "none" : "" + value.length);
          }
        });
    for (String name : values.keySet()) {
      if (!shapes.containsKey(name)) {
        throw place.entry(name).refuse("no parameter of this name", "one");
      }
    }
    return new ModelParameters(place, new LinkedHashMap<>(values));
  }

  /** Names of the parameters that were read, in the layout's order. */
  public SequencedSet<String> names() {
    return Collections.unmodifiableSequencedSet(values.sequencedKeySet());
  }

  /** Whether the parameter was read. Optional parameters may be absent. */
  public boolean contains(String name) {
    return values.containsKey(name);
  }

  /**
   * A parameter's values in C order; not a copy, so treat it as read-only.
   *
   * @throws CheckpointException if it is absent
   */
  public float[] get(String name) {
    float[] value = values.get(name);
    if (value == null) {
      throw place.entry(name).refuse("a parameter of this name", "none");
    }
    return value;
  }

  private static List<String> problems(NpzFile file, ParameterLayout layout) {
    List<String> problems = new ArrayList<>();
    SequencedMap<String, long[]> shapes = layout.shapes();
    shapes.forEach(
        (name, shape) -> {
          if (!file.contains(name)) {
            if (!layout.isOptional(name)) {
              problems.add("entry '" + name + "' " + Arrays.toString(shape) + " is missing");
            }
            return;
          }
          NpyArray array = file.get(name);
          if (!Arrays.equals(shape, array.shape()) || !array.type().isFloat()) {
            problems.add(
                "entry '"
                    + name
                    + "': expected floats "
                    + Arrays.toString(shape)
                    + ", found "
                    + array.type()
                    + " "
                    + Arrays.toString(array.shape()));
          }
        });
    for (String name : file.names()) {
      if (!shapes.containsKey(name)) {
        problems.add("entry '" + Place.printable(name) + "' is not expected");
      }
    }
    return problems;
  }

  private static float[] finite(NpyArray array) {
    float[] values = array.toFloats();
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw array.place().refuse("finite values", values[i] + " at index " + i + " in C order");
      }
    }
    return values;
  }
}
