package dev.phoenix.corpus;

import dev.phoenix.checkpoint.Corpus;
import dev.phoenix.lifecycle.Closer;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The posts of a corpus in memory and their files. Not thread-safe, except where noted. */
final class CorpusStore {
  private static final System.Logger LOG = System.getLogger(CorpusStore.class.getName());

  private final CorpusFolder folder;
  private final Segments segments;
  private final Positions positions = new Positions();
  private @Nullable BaseSegment origin;
  private final CorpusLogs logs;
  private boolean closed;
  private long version;
  private int liveSegments;
  private long puts;
  private long removes;
  private long commits;
  private final CompactionSchedule schedule;

  private CorpusStore(
      Closer opened, LiveCorpus.Place place, PostEncoder encoder, CorpusSettings settings) {
    this.folder = CorpusFolder.open(place.folder());
    this.schedule = new CompactionSchedule(settings.compactRows());
    this.segments = new Segments(encoder.dimension(), settings.tailRows());
    opened.own(folder);
    opened.own(this::closeSegments);
    String named = loadBase(place.origin());
    LogHeader header = new LogHeader(encoder.dimension(), encoder.fingerprint(), named);
    this.logs = CorpusLogs.open(folder, header, settings.durability(), this::apply);
  }

  private void closeSegments() {
    segments.close();
    if (origin != null) {
      origin.release();
      origin = null;
    }
  }

  static CorpusStore open(LiveCorpus.Place place, PostEncoder encoder, CorpusSettings settings) {
    return Closer.open(opened -> new CorpusStore(opened, place, encoder, settings));
  }

  /**
   * Loads the newest base, or the original corpus file {@code file} if there is no base; returns
   * the name of the original file's contents, {@code none} without a file.
   */
  private String loadBase(@Nullable Path file) {
    String named = "none";
    if (file != null) {
      Corpus corpus = Corpus.open(file);
      origin = new BaseSegment(corpus);
      named = LogHeader.nameOf(corpus);
      if (folder.base() == null) {
        // A second mapping, so that its memory and the device's copy are freed by a compaction.
        start(new BaseSegment(Corpus.open(file)), file);
      }
    }
    Path base = folder.base();
    if (base != null) {
      start(new BaseSegment(Corpus.open(base)), base);
    }
    return named;
  }

  /** The original corpus file, mapped until the corpus is closed; null for none. */
  @Nullable BaseSegment origin() {
    return origin;
  }

  /** Takes ownership of {@code segment} as the base. */
  private void start(BaseSegment segment, Path file) {
    if (segment.capacity() > 0 && segment.dimension() != segments.dimension()) {
      segment.release();
      throw new CorpusException(
          "%s: expected vectors of %d, found vectors of %d"
              .formatted(file, segments.dimension(), segment.dimension()));
    }
    Segments.Base base = Segments.Base.of(segment);
    if (base.doubled() > 0) {
      LOG.log(
          Level.WARNING,
          "{0}: {1} rows repeat the id of another row; the last row of each id is served",
          file,
          base.doubled());
    }
    segments.start(base);
  }

  /**
   * Throws if {@code origin} is not the corpus file that the first log started from. Thread-safe.
   */
  void requireOrigin(Path origin) {
    try (Corpus corpus = Corpus.open(origin)) {
      LogHeader header = logs.header();
      new LogHeader(header.dimension(), header.encoder(), LogHeader.nameOf(corpus))
          .requireSame(header, folder.path());
    }
  }

  /**
   * Allocates all that {@link #apply} needs for these requests. If this throws, nothing has
   * changed.
   */
  void makeRoom(List<List<Change>> requests) {
    segments.makeRoom(requests.stream().flatMap(List::stream).toList());
  }

  /**
   * Writes the changes to the log.
   *
   * @throws CorpusUnavailableException if the disk does not take them; nothing has changed then.
   *     After any other failure it is unknown whether they are in the log.
   */
  void append(List<List<Change>> requests) {
    logs.append(requests.stream().flatMap(List::stream).toList());
    commits++;
  }

  /**
   * Applies changes that are in the log; returns for each request how many of its posts existed
   * before. If this throws, the state in memory is not that of the log.
   */
  int[] apply(List<List<Change>> requests) {
    int[] all = new int[requests.size()];
    for (int i = 0; i < all.length; i++) {
      int before = 0;
      for (Change change : requests.get(i)) {
        boolean had = apply(change);
        before += had ? 1 : 0;
        puts += change instanceof Change.Put ? 1 : 0;
        removes += had && change instanceof Change.Remove ? 1 : 0;
      }
      all[i] = before;
    }
    return all;
  }

  /** Applies a change; returns whether the corpus had the post before. */
  private boolean apply(Change change) {
    return switch (change) {
      case Change.OfPost ofPost -> segments.apply(ofPost);
      case Change.Reached reached -> {
        positions.set(reached.position());
        yield false;
      }
    };
  }

  /** How far sources were read; all of it is in the posts. */
  List<SourcePosition> positions() {
    return positions.list();
  }

  /** Publishes the current state; the caller releases it. */
  SegmentSet publish() {
    SegmentSet set = segments.publish();
    version = set.version();
    liveSegments = (int) set.parts().stream().filter(part -> part.liveRows() > 0).count();
    return set;
  }

  CorpusStatistics statistics() {
    return new CorpusStatistics(
        version,
        segments.liveRows(),
        liveSegments,
        segments.looseRows(),
        puts,
        removes,
        commits,
        schedule.completions(),
        schedule.failures(),
        logs.bytes(),
        logs.refusal());
  }

  /** Finds out whether the disk would take changes. */
  void probe() {
    logs.probe();
  }

  boolean isCompactionDue() {
    return schedule.isDue(segments.looseRows());
  }

  /**
   * Starts a new log. The compaction writes a base with the state before it. If the disk has no
   * room, nothing has changed.
   */
  CompactionPlan beginCompaction() {
    logs.requirePresent();
    folder.removeUnfinished();
    int dimension = segments.dimension();
    CorpusFolder.requireRoom(folder.path(), Compaction.leastBytes(segments.liveRows(), dimension));
    logs.beginNext(positions.list());
    schedule.begun();
    segments.seal();
    long number = logs.number();
    return new CompactionPlan(segments.publish(), number, folder.base(number), dimension);
  }

  /** Replaces the compacted segments by the new base and deletes the files that it replaces. */
  void endCompaction(CompactionPlan plan, Segments.Base base) {
    try (Closer source = new Closer()) {
      source.own(() -> plan.source().release());
      var _ =
          Closer.open(
              opened -> {
                opened.own(() -> base.segment().release());
                folder.requirePresent();
                segments.replace(plan.source(), base);
                return base;
              });
    }
    schedule.completed();
    try {
      folder.addedBase(plan.number());
      folder.removeOlderThan(plan.number());
    } catch (CorpusUnavailableException unsafe) {
      LOG.log(Level.WARNING, "{0}: older files are kept: {1}", folder.path(), unsafe.getMessage());
    }
  }

  /** Keeps the segments and tries again after another {@code compactRows} changes. */
  void failCompaction() {
    schedule.failed(segments.looseRows());
  }

  boolean waitForDisk() {
    return schedule.waits();
  }

  /** Closes the files and releases the segments; returns whether they were open. */
  boolean close() {
    if (closed) {
      return false;
    }
    closed = true;
    closeSegments();
    try {
      logs.close();
    } finally {
      folder.close();
    }
    return true;
  }
}
