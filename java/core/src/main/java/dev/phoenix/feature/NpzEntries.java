package dev.phoenix.feature;

import dev.phoenix.checkpoint.CheckpointException;
import dev.phoenix.checkpoint.NpyArray;
import dev.phoenix.checkpoint.NpzFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Typed, shape-checked access to the entries of one file.
 *
 * @param path for messages
 */
record NpzEntries(Path path, NpzFile file) {
  CheckpointException error(String entry, String expected, String found) {
    return new CheckpointException(
        "%s, entry '%s': expected %s, found %s".formatted(path, entry, expected, found));
  }

  boolean has(String name) {
    return file.contains(name);
  }

  int dimension(String name, int axis) {
    long[] shape = file.get(name).shape();
    if (shape.length <= axis || shape[axis] > Integer.MAX_VALUE) {
      throw error(name, "more than " + axis + " axes", Arrays.toString(shape));
    }
    return (int) shape[axis];
  }

  private NpyArray array(String name, int... shape) {
    NpyArray array = file.get(name);
    long[] expected = IntStream.of(shape).asLongStream().toArray();
    if (!Arrays.equals(array.shape(), expected)) {
      throw error(name, Arrays.toString(expected), Arrays.toString(array.shape()));
    }
    return array;
  }

  float[] floats(String name, int... shape) {
    return array(name, shape).toNumbers();
  }

  float @Nullable [] optionalFloats(String name, int... shape) {
    return has(name) ? floats(name, shape) : null;
  }

  long @Nullable [] optionalLongs(String name, int... shape) {
    return has(name) ? array(name, shape).toLongs() : null;
  }

  /** Whether hash 0 is not zero, for every entry; hashes are the last axis of {@code shape}. */
  boolean[] valid(String name, int... shape) {
    long[] hashes = array(name, shape).toLongs();
    int perEntry = shape[shape.length - 1];
    boolean[] valid = new boolean[hashes.length / perEntry];
    for (int i = 0; i < valid.length; i++) {
      valid[i] = hashes[i * perEntry] != 0;
    }
    return valid;
  }

  int[] surfaces(String name, int... shape) {
    return LongStream.of(array(name, shape).toLongs()).mapToInt(ProductSurface::of).toArray();
  }
}
