package dev.phoenix.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An open npz archive, or a single npy file, of numpy arrays (docs/model.md#1-checkpoint-files).
 *
 * <p>The file is mapped: stored entries are used in place, deflated entries are inflated to
 * off-heap memory on opening. Everything except the checksums of stored entries is checked on
 * opening; if a check fails, everything is closed. Arrays may be shared by threads but not used
 * after {@link #close()}. The file must not be truncated while it is open.
 */
public final class NpzFile implements AutoCloseable {
  /** Default limit of the total declared size of all entries: 64 GiB. */
  public static final long DEFAULT_MAX_BYTES = 64L << 30;

  private static final String SUFFIX = ".npy";

  private final Place place;
  private final Arena arena;
  private final SequencedMap<String, NpyArray> arrays;
  private final List<ZipDirectory.Packed> stored;
  private final AtomicBoolean closed = new AtomicBoolean();

  private NpzFile(
      Place place,
      Arena arena,
      SequencedMap<String, NpyArray> arrays,
      List<ZipDirectory.Packed> stored) {
    this.place = place;
    this.arena = arena;
    this.arrays = Collections.unmodifiableSequencedMap(arrays);
    this.stored = stored;
  }

  /**
   * Opens a file whose entries declare at most {@link #DEFAULT_MAX_BYTES}.
   *
   * @throws CheckpointException if the file cannot be read or is not a valid npz or npy file
   */
  public static NpzFile open(Path path) {
    return open(path, DEFAULT_MAX_BYTES);
  }

  /** Opens a file whose entries together declare at most {@code maxBytes} bytes. */
  public static NpzFile open(Path path, long maxBytes) {
    Place place = Place.of(path);
    if (!Files.isRegularFile(path)) {
      throw place.refuse("an npz or npy file", Files.exists(path) ? "another kind" : "no file");
    }
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      MemorySegment file = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
      return parse(file, arena, bareName(path), new Limits(place, maxBytes));
    } catch (IOException e) {
      arena.close();
      throw place.error("cannot be read: " + e.getMessage(), e);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  /** Location of a file, and limit of its total declared size. */
  record Limits(Place place, long maxBytes) {}

  /** Parses the archive or npy file in {@code file}. The result owns the arena. */
  static NpzFile parse(MemorySegment file, Arena arena, String bareName, Limits limits) {
    Place place = limits.place;
    SequencedMap<String, NpyArray> arrays = new LinkedHashMap<>();
    List<ZipDirectory.Packed> stored = new ArrayList<>();
    if (NpyHeader.isNpy(file)) {
      arrays.put(bareName, NpyArray.read(bareName, file, place));
      return new NpzFile(place, arena, arrays, stored);
    }
    byte[] first = new byte[(int) Math.min(FileKind.LENGTH, file.byteSize())];
    MemorySegment.copy(file, ValueLayout.JAVA_BYTE, 0, first, 0, first.length);
    FileKind.require("an npz or npy file", first, place);
    for (ZipDirectory.Packed packed : ZipDirectory.read(file, place, limits.maxBytes)) {
      ZipMember member = packed.member();
      String name = bareName(member.name());
      Place entry = place.entry(name);
      MemorySegment npy = packed.bytes();
      if (member.method() == ZipMember.STORED) {
        stored.add(packed);
      } else {
        npy = Inflation.inflate(member, npy, arena, entry);
      }
      // An archive may contain other files; as in numpy, an array is recognised by its name or its
      // first bytes.
      if (!member.name().endsWith(SUFFIX) && !NpyHeader.isNpy(npy)) {
        continue;
      }
      if (arrays.put(name, NpyArray.read(name, npy, entry)) != null) {
        throw entry.refuse("each array once", "it twice");
      }
    }
    return new NpzFile(place, arena, arrays, stored);
  }

  /** Names of the arrays, without {@code .npy}, in the archive's order. */
  public SequencedSet<String> names() {
    return arrays.sequencedKeySet();
  }

  /** Whether there is an array of this name. */
  public boolean contains(String name) {
    return arrays.containsKey(name);
  }

  /**
   * The array of this name.
   *
   * @throws CheckpointException if there is none
   * @throws IllegalStateException after {@link #close()}
   */
  public NpyArray get(String name) {
    checkOpen();
    NpyArray array = arrays.get(name);
    if (array == null) {
      throw place.entry(name).refuse("an entry of this name", "only " + some(arrays));
    }
    return array;
  }

  /**
   * Reads every stored entry and compares its CRC-32; deflated entries were checked on opening. A
   * bare npy file has no checksum.
   *
   * @throws CheckpointException naming the first entry that differs
   */
  public void verifyChecksums() {
    checkOpen();
    for (ZipDirectory.Packed packed : stored) {
      Inflation.verify(packed.member(), packed.bytes(), place.entry(packed.member().name()));
    }
  }

  /** Unmaps the file. Idempotent. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      arena.close();
    }
  }

  Place place() {
    return place;
  }

  private void checkOpen() {
    if (closed.get()) {
      throw new IllegalStateException(place + " is closed");
    }
  }

  private static String some(Map<String, NpyArray> arrays) {
    List<String> names = arrays.keySet().stream().limit(8).map(Place::printable).toList();
    return names + (arrays.size() > names.size() ? " and " + (arrays.size() - 8) + " more" : "");
  }

  private static String bareName(Path path) {
    Path file = path.getFileName();
    return bareName(file == null ? "array" : file.toString());
  }

  private static String bareName(String name) {
    return name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
  }
}
