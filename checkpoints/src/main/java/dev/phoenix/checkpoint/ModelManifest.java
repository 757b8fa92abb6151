package dev.phoenix.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which files of a folder in the published layout belong together: {@code manifest.json} has the
 * size and the CRC32C of each. Training writes it; a folder may also lack it. A loader begins a
 * {@link Check} before it opens the first file and ends it when all are open, so that it never
 * serves files of two models.
 */
public final class ModelManifest {
  /** The name of the file in the folder. */
  public static final String FILE = "manifest.json";

  private static final long MAX_BYTES = 1 << 20;
  private static final int BUFFER_BYTES = 1 << 20;

  private ModelManifest() {}

  /** What a manifest says of a file. */
  private record Entry(long bytes, String crc32c) {}

  /**
   * Enters files of {@code folder} as they are now; entries of other files stay. The manifest is
   * replaced atomically.
   *
   * @param files names relative to {@code folder}, such as {@code ranker/config.json}
   * @throws CheckpointException if one cannot be read, or the manifest cannot be written
   */
  public static void enter(Path folder, Collection<String> files) {
    Map<String, Entry> entries = new TreeMap<>();
    if (Files.isRegularFile(folder.resolve(FILE))) {
      entries.putAll(read(folder));
      entries.keySet().removeIf(name -> !Files.isRegularFile(folder.resolve(name)));
    }
    files.forEach(name -> entries.put(name, entry(folder.resolve(name))));
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    ObjectNode listed = root.putObject("files");
    entries.forEach(
        (name, entry) ->
            listed.putObject(name).put("bytes", entry.bytes()).put("crc32c", entry.crc32c()));
    AtomicFile.write(
        folder.resolve(FILE),
        JsonPlace.mapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(root));
  }

  /**
   * Enters {@code file} as it is now if the manifest of its folder lists it; for programs that
   * write a file of a model on purpose.
   *
   * @throws CheckpointException if it cannot be read, or the manifest cannot be written
   */
  public static void refresh(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    String name = String.valueOf(file.getFileName());
    if (folder != null
        && Files.isRegularFile(folder.resolve(FILE))
        && read(folder).containsKey(name)) {
      enter(folder, List.of(name));
    }
  }

  private static Map<String, Entry> read(Path folder) {
    Map<String, Entry> entries = new TreeMap<>();
    JsonPlace files = JsonPlace.read(folder.resolve(FILE), MAX_BYTES).member("files");
    for (String name : files.keys()) {
      JsonPlace file = files.member(name);
      entries.put(
          name,
          new Entry(file.member("bytes").unsignedId(), file.member("crc32c").text().orElse("")));
    }
    return entries;
  }

  private static Entry entry(Path file) {
    CRC32C checksum = new CRC32C();
    long bytes = 0;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
      while (channel.read(buffer) >= 0) {
        bytes += buffer.flip().remaining();
        checksum.update(buffer);
        buffer.clear();
      }
    } catch (IOException e) {
      throw Place.of(file).error("cannot be read: " + e, e);
    }
    return new Entry(bytes, "%08x".formatted(checksum.getValue()));
  }

  /** A check whether files stay the same, and belong together, while a model is opened. */
  public static final class Check {
    private final Path folder;
    private final @Nullable Map<String, Entry> manifest;
    private final Map<Path, Identity> before = new LinkedHashMap<>();

    private Check(Path folder) {
      this.folder = folder;
      this.manifest = Files.isRegularFile(folder.resolve(FILE)) ? read(folder) : null;
    }

    /**
     * Compares the files with what they were at the beginning and with the manifest.
     *
     * @throws CheckpointException naming a file that was replaced meanwhile, or that is not the one
     *     that the manifest lists
     */
    public void end() {
      if (manifest != null) {
        for (Path file : before.keySet()) {
          requireListed(file, manifest);
        }
      }
      // Last: what was read in between belongs to the files that were there all the time.
      before.forEach(
          (file, identity) -> {
            if (!identity.equals(Identity.of(file))) {
              throw new CheckpointException(
                  file + ": the file was replaced while the model was being loaded; load it again");
            }
          });
    }

    private void requireListed(Path file, Map<String, Entry> listed) {
      String name = folder.relativize(file).toString().replace('\\', '/');
      Entry expected = listed.get(name);
      if (expected == null) {
        return;
      }
      Entry found = entry(file);
      if (!found.equals(expected)) {
        throw new CheckpointException(
            ("%s: expected the file that %s lists (%d bytes, CRC32C %s), found %d bytes, CRC32C %s;"
                    + " the model is being replaced, or is a mixture of two. Where the change is"
                    + " meant, delete the manifest")
                .formatted(
                    file,
                    FILE,
                    expected.bytes(),
                    expected.crc32c(),
                    found.bytes(),
                    found.crc32c()));
      }
    }
  }

  /**
   * Begins a check of files in {@code folder}.
   *
   * @param files that will be opened
   * @throws CheckpointException if one is missing, or the manifest cannot be read
   */
  public static Check begin(Path folder, Collection<Path> files) {
    Check check = new Check(folder);
    for (Path file : files) {
      check.before.put(file, Identity.of(file));
    }
    if (check.manifest != null) {
      Path manifest = folder.resolve(FILE);
      check.before.put(manifest, Identity.of(manifest));
    }
    return check;
  }

  /** What tells one file of a name from the next. */
  private record Identity(long bytes, long modified, @Nullable Object key) {
    static Identity of(Path file) {
      try {
        BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
        return new Identity(
            found.size(), found.lastModifiedTime().to(TimeUnit.NANOSECONDS), found.fileKey());
      } catch (IOException e) {
        throw Place.of(file).error("cannot be read: " + e, e);
      }
    }
  }
}
