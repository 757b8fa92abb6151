package dev.phoenix.corpus;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The logs of a corpus folder: those that are replayed, and the last one, which is written. */
final class CorpusLogs implements AutoCloseable {
  private final CorpusFolder folder;
  private final LogHeader header;
  private final Durability durability;
  private CorpusLog log;
  private long number;

  /** A new log that could neither be used nor removed. */
  private @Nullable CorpusLog stray;

  /** Why the files cannot be used. */
  private @Nullable CorpusUnavailableException missing;

  private CorpusLogs(
      CorpusFolder folder, LogHeader header, Durability durability, Consumer<Change> replayed) {
    this.folder = folder;
    this.header = header;
    this.durability = durability;
    SequencedMap<Long, Path> logs = folder.logsToReplay();
    this.log = logs.isEmpty() ? begun(0, List.of()) : resumed(logs, replayed);
  }

  /**
   * Passes the changes of the existing logs to {@code replayed} and opens the last one; begins the
   * first one in a folder without logs.
   */
  static CorpusLogs open(
      CorpusFolder folder, LogHeader header, Durability durability, Consumer<Change> replayed) {
    return new CorpusLogs(folder, header, durability, replayed);
  }

  private CorpusLog resumed(SequencedMap<Long, Path> logs, Consumer<Change> replayed) {
    number = logs.lastEntry().getKey();
    LogReader.@Nullable End end = null;
    for (Map.Entry<Long, Path> each : logs.entrySet()) {
      LogReader.Last last = each.getKey() == number ? LogReader.Last.YES : LogReader.Last.NO;
      end = new LogReader(each.getValue(), header).replay(replayed, last);
    }
    folder.removeOlderThan(logs.firstEntry().getKey());
    if (end == null) {
      throw new IllegalStateException("no log was read");
    }
    return CorpusLog.resume(folder.log(number), header, end, durability);
  }

  private CorpusLog begun(long next, List<SourcePosition> positions) {
    CorpusLog begun = CorpusLog.create(folder.log(next), header, positions, durability);
    try {
      folder.added(next, begun);
    } catch (RuntimeException | Error failed) {
      // A log behind the one that is written would make that one's end count as damaged.
      stray = begun;
      try {
        removeStray();
      } catch (CorpusUnavailableException later) {
        failed.addSuppressed(later); // tried again before anything else is written
      }
      throw failed;
    }
    number = next;
    return begun;
  }

  /** The number of the log that is written. */
  long number() {
    return number;
  }

  /** Bytes of the log that is written. */
  long bytes() {
    return log.bytes();
  }

  /** What the logs belong to. */
  LogHeader header() {
    return header;
  }

  /**
   * Writes changes as one frame.
   *
   * @throws CorpusUnavailableException if the disk does not take them; nothing has changed then.
   *     After any other failure it is unknown whether they are in the log.
   */
  void append(List<Change> changes) {
    requirePresent();
    log.append(changes);
  }

  /**
   * Forces the log to disk and begins the next one, which starts with {@code positions}.
   *
   * @throws CorpusUnavailableException if the disk does not take it; nothing has changed then
   */
  void beginNext(List<SourcePosition> positions) {
    log.force();
    CorpusLog before = log;
    log = begun(number + 1, positions);
    before.close();
  }

  /** Why changes are refused; null while they are taken. */
  @Nullable String refusal() {
    CorpusUnavailableException refusal = missing == null ? log.refusal() : missing;
    return refusal == null ? null : refusal.getMessage();
  }

  /** Finds out whether the disk would take changes. */
  void probe() {
    try {
      requirePresent();
    } catch (CorpusUnavailableException gone) {
      return; // kept as the reason of a refusal
    }
    log.probe();
  }

  /**
   * Checks that the folder's files are those that were opened.
   *
   * @throws CorpusUnavailableException if they are not
   */
  void requirePresent() {
    try {
      removeStray();
      folder.requirePresent();
      missing = null;
    } catch (CorpusUnavailableException gone) {
      missing = gone;
      throw gone;
    }
  }

  private void removeStray() {
    if (stray != null) {
      stray.discard();
      stray = null;
    }
  }

  @Override
  public void close() {
    log.close();
  }
}
