package dev.phoenix.corpus;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files of a live corpus: {@code log-N} holds changes; {@code base-N.npz} holds all posts at
 * the start of {@code log-N}. The corpus consists of the newest base and the logs from its number
 * on. Older files remain if a process stopped after a compaction and before it deleted them. A lock
 * file admits one process at a time.
 *
 * <p>What a new file is written to has a name that begins with a dot and ends in {@code .tmp}.
 */
final class CorpusFolder implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(CorpusFolder.class.getName());
  private static final Pattern NAME = Pattern.compile("log-(\\d{1,18})|base-(\\d{1,18})\\.npz");

  private final Path folder;
  private final FileChannel lockFile;
  private final Map<Path, Object> identities = new HashMap<>();
  private final TreeMap<Long, Path> bases = new TreeMap<>();
  private final TreeMap<Long, Path> logs = new TreeMap<>();

  private CorpusFolder(Path folder, FileChannel lockFile) {
    this.folder = folder;
    this.lockFile = lockFile;
  }

  /** Opens a folder and locks it for this process; creates it if missing. */
  static CorpusFolder open(Path folder) {
    try {
      create(folder.toAbsolutePath());
      FileChannel lockFile =
          FileChannel.open(
              folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        CorpusFolder opened = new CorpusFolder(folder, lockFile);
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

  /** The path of the folder. */
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
        if (isUnfinished(name)) {
          Files.delete(file); // of a killed process
        } else if (matcher.matches()) {
          boolean isLog = matcher.group(1) != null;
          register(isLog ? logs : bases, Long.parseLong(matcher.group(isLog ? 1 : 2)), file);
        }
      }
    }
  }

  private static boolean isUnfinished(String name) {
    return name.endsWith(".tmp") && (name.startsWith(".base-") || name.startsWith(".log-"));
  }

  private void register(Map<Long, Path> files, long number, Path file) throws IOException {
    files.put(number, file);
    identities.put(file, identity(file));
  }

  /**
   * What tells a file from another one of the same name, where the file system has such a thing.
   */
  private static Object identity(Path file) throws IOException {
    Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    return key == null ? file : key;
  }

  /**
   * Checks that the files which make up the corpus are there: what is written to a file without a
   * name is lost with the process.
   *
   * @throws CorpusUnavailableException if one is gone, or another file has its name
   */
  void requirePresent() {
    Long first = bases.isEmpty() ? Long.valueOf(0) : bases.lastKey();
    requirePresent(bases.tailMap(first));
    requirePresent(logs.tailMap(first));
  }

  private void requirePresent(SortedMap<Long, Path> files) {
    for (Path file : files.values()) {
      try {
        if (identity(file).equals(identities.get(file))) {
          continue;
        }
        throw new CorpusUnavailableException(file + " was replaced by another file");
      } catch (IOException e) {
        throw new CorpusUnavailableException(
            "%s is gone from under the corpus: %s; restore it, or restart the server to begin with what is there"
                .formatted(file, e));
      }
    }
  }

  /**
   * Checks that {@code bytes} can be written to a folder. Thread-safe.
   *
   * @throws CorpusUnavailableException if less is free
   */
  static void requireRoom(Path folder, long bytes) {
    try {
      long usable = Files.getFileStore(folder).getUsableSpace();
      if (usable < bytes) {
        throw CorpusUnavailableException.ofRoom(folder, usable);
      }
    } catch (IOException e) {
      throw new CorpusUnavailableException(folder + " cannot be looked at: " + e);
    }
  }

  /** Removes what failed compactions could not remove themselves. */
  void removeUnfinished() {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, ".*.tmp")) {
      for (Path file : files) {
        if (isUnfinished(String.valueOf(file.getFileName()))) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw CorpusUnavailableException.of(folder, 0, e);
    }
  }

  /** The newest base; null if the corpus has never been compacted. */
  @Nullable Path base() {
    return bases.isEmpty() ? null : bases.lastEntry().getValue();
  }

  /**
   * The logs to replay by number, in order.
   *
   * @throws CorpusException if a log is missing
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

  /**
   * Registers a new log, whose name is on disk when this returns.
   *
   * @throws CorpusUnavailableException if that fails; the log is not registered then
   */
  void added(long number, CorpusLog log) {
    try {
      forceNames(folder);
      register(logs, number, log.file());
    } catch (IOException e) {
      throw CorpusUnavailableException.of(log.file(), 0, e);
    }
  }

  /**
   * Registers a base that has been written, whose name is on disk when this returns.
   *
   * @throws CorpusUnavailableException if that fails
   */
  void addedBase(long number) {
    try {
      register(bases, number, base(number));
      forceNames(folder);
    } catch (IOException e) {
      throw CorpusUnavailableException.of(base(number), 0, e);
    }
  }

  /** Deletes the bases and logs that base number {@code newest} replaces. */
  void removeOlderThan(long newest) {
    remove(bases.headMap(newest));
    remove(logs.headMap(newest));
  }

  private void remove(SortedMap<Long, Path> files) {
    files
        .values()
        .removeIf(
            file -> {
              try {
                Files.deleteIfExists(file);
                identities.remove(file);
                return true;
              } catch (IOException e) {
                LOG.log(Level.WARNING, "the obsolete file {0} cannot be removed: {1}", file, e);
                return false;
              }
            });
  }

  /** Creates a folder and its parents and forces their directory entries to disk. */
  private static void create(Path folder) throws IOException {
    Path parent = folder.getParent();
    if (parent != null && !Files.isDirectory(folder)) {
      create(parent);
      Files.createDirectories(folder);
      forceNames(parent);
    }
  }

  /** Forces the directory entries of a folder to disk, so that new files survive a power loss. */
  private static void forceNames(Path folder) throws IOException {
    try (FileChannel handle = FileChannel.open(folder, StandardOpenOption.READ)) {
      handle.force(true);
    } catch (AccessDeniedException e) {
      // Some systems do not open folders at all, and some folders above ours cannot be read.
      LOG.log(
          Level.WARNING,
          "the folder {0} cannot be forced to disk, so files that are new in it may be lost with"
              + " the power: {1}",
          folder,
          e);
    }
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
