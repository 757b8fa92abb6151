package dev.phoenix.dataset;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * The format {@link DataFormat#WORLD}: posts with topics and titles, and every impression with its
 * actions. A text file of tab-separated lines; the first field is the kind of the line.
 *
 * <pre>
 * #phoenix-world 1
 * post  POST  AUTHOR  CREATED  TOPIC  TITLE            made at CREATED, seconds since the epoch
 * user  USER                                           whose impressions follow, in time order
 * saw   POST  TIME  SURFACE  DWELL  ACTIONS            DWELL in seconds; ACTIONS 1,11 or -
 * </pre>
 *
 * <p>Posts come before users. Ids are 1 to 2^64 - 1, surfaces 0 to 15, actions indices 0 to 31.
 */
public final class WorldFile {
  static final String HEADING = "#phoenix-world 1";

  private WorldFile() {}

  /**
   * Reads a world.
   *
   * @throws DatasetException naming file, line, what was expected and what was found
   */
  public static Dataset read(Path file) {
    return WorldReader.read(file);
  }

  /**
   * Writes a dataset; the file is created atomically.
   *
   * @throws DatasetException if it cannot be written
   */
  public static void write(Dataset dataset, Path target) {
    Path absolute = target.toAbsolutePath();
    Path temporary = absolute.resolveSibling("." + absolute.getFileName() + ".tmp");
    try {
      try (BufferedWriter out = Files.newBufferedWriter(temporary, StandardCharsets.UTF_8)) {
        write(dataset, out);
      }
      Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw new DatasetException(target + ": the file system cannot replace a file atomically", e);
    } catch (IOException | UncheckedIOException e) {
      throw new DatasetException(target + " cannot be written: " + e, e);
    }
  }

  private static void write(Dataset dataset, Writer out) throws IOException {
    Catalog catalog = dataset.catalog();
    out.write(HEADING + "\n");
    for (int i = 0; i < catalog.size(); i++) {
      out.write(
          "post\t%s\t%s\t%d\t%s\t%s\n"
              .formatted(
                  Long.toUnsignedString(catalog.postIds()[i]),
                  Long.toUnsignedString(catalog.authorIds()[i]),
                  catalog.created(i),
                  text(catalog.topics(), i),
                  text(catalog.titles(), i)));
    }
    for (UserEvents user : dataset.users()) {
      out.write("user\t" + Long.toUnsignedString(user.userId()) + "\n");
      Events events = user.events();
      for (int i = 0; i < events.count(); i++) {
        out.write(
            "saw\t%s\t%d\t%d\t%s\t%s\n"
                .formatted(
                    Long.toUnsignedString(catalog.postIds()[events.posts()[i]]),
                    events.time(i),
                    events.surface(i),
                    String.format(Locale.ROOT, "%.1f", events.dwell(i)),
                    actions(events.actions()[i])));
      }
    }
  }

  private static String text(List<String> texts, int i) {
    return texts.isEmpty() ? "" : texts.get(i).replaceAll("[\\t\\r\\n]", " ");
  }

  private static String actions(int bits) {
    if (bits == 0) {
      return "-";
    }
    StringJoiner indices = new StringJoiner(",");
    for (int action = 0; action < Integer.SIZE; action++) {
      if ((bits >>> action & 1) != 0) {
        indices.add(Integer.toString(action));
      }
    }
    return indices.toString();
  }
}
