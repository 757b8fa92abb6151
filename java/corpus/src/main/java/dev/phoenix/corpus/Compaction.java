package dev.phoenix.corpus;

import dev.phoenix.checkpoint.Corpus;
import dev.phoenix.checkpoint.CorpusWriter;
import dev.phoenix.lifecycle.Closer;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes the live posts of one state to a corpus file, which is created atomically, and maps the
 * file. Runs without locks, because a state is immutable.
 *
 * @param source the state to write
 * @param dimension D
 */
record Compaction(SegmentSet source, int dimension) {
  /** Left to others on the disk while a base is written, above all to the log. */
  private static final long RESERVE_BYTES = 16L << 20;

  /** Ids, author, attributes and creation time. */
  private static final long ROW_BYTES = 4L * Long.BYTES;

  /**
   * Free bytes that a compaction of {@code rows} posts without topics needs. A topic takes the
   * width of the longest, which only a pass over all of them tells.
   */
  static long leastBytes(long rows, int dimension) {
    return rows * (ROW_BYTES + (long) dimension * Float.BYTES) + RESERVE_BYTES;
  }

  /**
   * Writes {@code target} in the order of the source and indexes its posts.
   *
   * @throws CorpusUnavailableException if the disk has too little room
   */
  Segments.Base write(Path target) {
    int count = source.liveRows();
    long[] postIds = new long[count];
    long[] authorIds = new long[count];
    long[] attributes = new long[count];
    long[] created = new long[count];
    List<String> topics = new ArrayList<>(count);
    Map<String, String> known = new HashMap<>();
    forEachLive(
        (segment, row) -> {
          int at = topics.size();
          postIds[at] = segment.postId(row);
          authorIds[at] = segment.authorId(row);
          attributes[at] = segment.attributes(row);
          created[at] = segment.created(row);
          topics.add(known.computeIfAbsent(segment.topic(row), topic -> topic));
        });
    requireRoom(target, count, known.keySet());
    try (CorpusWriter writer = CorpusWriter.create(target, postIds, authorIds, dimension)) {
      forEachLive((segment, row) -> writer.append(vector(segment, row)));
      writer.commit(topics, attributes, created);
    }
    return Closer.open(
        opened -> Segments.Base.of(new BaseSegment(opened.own(Corpus.open(target)))));
  }

  private void requireRoom(Path target, long rows, Set<String> topics) {
    Path folder = target.toAbsolutePath().getParent();
    if (folder != null) {
      long width = topics.stream().mapToInt(String::length).max().orElse(0);
      CorpusFolder.requireRoom(folder, leastBytes(rows, dimension) + rows * Integer.BYTES * width);
    }
  }

  private MemorySegment vector(Segment segment, int row) {
    long rowBytes = (long) dimension * Float.BYTES;
    return segment.vectors().asSlice(row * rowBytes, rowBytes);
  }

  @FunctionalInterface
  private interface RowVisitor {
    void visit(Segment segment, int row);
  }

  private void forEachLive(RowVisitor visitor) {
    for (SegmentSet.Part part : source.parts()) {
      part.forEachLive(row -> visitor.visit(part.segment(), row));
    }
  }
}
