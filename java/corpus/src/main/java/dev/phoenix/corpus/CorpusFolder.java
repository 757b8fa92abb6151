package dev.phoenix.corpus;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files of a live corpus: {@code log-N} holds changes, {@code base-N.npz} all posts as they
 * were when {@code log-N} began. The newest base and the logs from its number on are the corpus;
 * older files are left over from a compaction that was stopped between its end and its clearing up.
 * One process at a time.
 */
final class CorpusFolder implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(CorpusFolder.class.getName());
  private static final Pattern NAME = Pattern.compile("(log-|base-)(\\d{1,18})(\\.npz)?");

  private final Path folder;
  private final FileChannel lockFile;
  private final TreeMap<Long, Path> bases = new TreeMap<>();
  private final TreeMap<Long, Path> logs = new TreeMap<>();

  private CorpusFolder(Path folder, FileChannel lockFile) {
    this.folder = folder;
    this.lockFile = lockFile;
  }

  /** Opens a folder, made if there is none, for this process alone. */
  static CorpusFolder open(Path folder) {
    try {
      create(folder.toAbsolutePath());
      FileChannel lockFile =
          FileChannel.open(
              folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      CorpusFolder opened = new CorpusFolder(folder, lockFile);
      try {
        opened.lock();
        opened.list();
        return opened;
      } catch (IOException | RuntimeException | Error failed) {
        lockFile.close();
        throw failed;
      }
    } catch (IOException e) {
      throw new CorpusException("the corpus folder " + folder + " cannot be opened: " + e, e);
    }
  }

  /** Where it is. */
  Path path() {
    return folder;
  }

  private void lock() throws IOException {
    @Nullable FileLock lock;
    try {
      lock = lockFile.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      throw new CorpusException(
          "the corpus folder " + folder + " is in use; one process at a time may serve from it");
    }
  }

  private void list() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        Matcher matcher = NAME.matcher(name);
        if (name.startsWith(".base-") && name.endsWith(".tmp")) {
          Files.delete(file); // a base that was being written when the process was killed
        } else if (matcher.matches()) {
          boolean isBase = matcher.group(3) != null;
          (isBase ? bases : logs).put(Long.parseLong(matcher.group(2)), file);
        }
      }
    }
  }

  /** The newest base; null where the corpus has never been compacted. */
  @Nullable Path base() {
    return bases.isEmpty() ? null : bases.lastEntry().getValue();
  }

  /**
   * The logs to replay, in order, by number.
   *
   * @throws CorpusException where one is missing
   */
  SequencedMap<Long, Path> logsToReplay() {
    long first = bases.isEmpty() ? 0 : bases.lastKey();
    TreeMap<Long, Path> replayed = new TreeMap<>(logs.tailMap(first));
    boolean isNew = first == 0 && replayed.isEmpty() && bases.isEmpty();
    long expected = first;
    for (long found : replayed.keySet()) {
      if (found != expected) {
        break;
      }
      expected++;
    }
    if (!isNew && (expected == first || expected <= replayed.lastKey())) {
      throw new CorpusException(
          "%s: expected the logs from log-%d on without a gap, found %s"
              .formatted(folder, first, replayed.isEmpty() ? "none" : replayed.keySet()));
    }
    return replayed;
  }

  Path log(long number) {
    return folder.resolve("log-" + number);
  }

  Path base(long number) {
    return folder.resolve("base-" + number + ".npz");
  }

  /** Takes note of a log that was begun and makes its name durable. */
  void added(long number, CorpusLog log) {
    logs.put(number, log.file());
    forceNames(folder);
  }

  /** Removes what base number {@code newest} has made superfluous. */
  void removeOlderThan(long newest) {
    remove(bases.headMap(newest));
    remove(logs.headMap(newest));
  }

  private static void remove(SortedMap<Long, Path> files) {
    files
        .values()
        .removeIf(
            file -> {
              try {
                Files.deleteIfExists(file);
                return true;
              } catch (IOException e) {
                LOG.log(
                    Level.WARNING,
                    "{0} is not needed any more and cannot be removed: {1}",
                    file,
                    e);
                return false;
              }
            });
  }

  /** Makes a folder and those it lies in, each with its name on disk. */
  private static void create(Path folder) throws IOException {
    Path parent = folder.getParent();
    if (parent != null && !Files.isDirectory(folder)) {
      create(parent);
      Files.createDirectories(folder);
      forceNames(parent);
    }
  }

  /** Has the names of a folder's files outlive a loss of power. */
  private static void forceNames(Path folder) {
    try (FileChannel handle = FileChannel.open(folder, StandardOpenOption.READ)) {
      handle.force(true);
    } catch (IOException e) {
      LOG.log(
          Level.WARNING,
          "the folder {0} cannot be forced to disk, so files that are new in it may be lost with"
              + " the power: {1}",
          folder,
          e);
    }
  }

  /** Takes note of a base that was written. */
  void addedBase(long number) {
    bases.put(number, base(number));
  }

  @Override
  public void close() {
    try {
      lockFile.close();
    } catch (IOException e) {
      throw new CorpusException("the corpus folder " + folder + " cannot be closed: " + e, e);
    }
  }
}
