package dev.phoenix.corpus;

import dev.phoenix.feature.RowsById;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The live posts of segments by id; valid while the segments are held. */
final class PostIndex {
  private final List<SegmentSet.Part> parts;
  private final List<RowsById> rows = new ArrayList<>();

  private PostIndex(List<SegmentSet.Part> parts) {
    this.parts = List.copyOf(parts);
    for (SegmentSet.Part part : parts) {
      RowsById rowsById = new RowsById(part.segment()::postId, part.segment().capacity());
      part.forEachLive(rowsById::put);
      rows.add(rowsById);
    }
  }

  static PostIndex of(List<SegmentSet.Part> parts) {
    return new PostIndex(parts);
  }

  /** The posts of a corpus file; none for null. */
  static PostIndex ofFile(@Nullable BaseSegment file) {
    return of(file == null ? List.of() : List.of(Segments.Base.of(file).part()));
  }

  /** The segment and the row of a post. */
  record Row(Segment segment, int row) {
    long postId() {
      return segment.postId(row);
    }

    /** Whether all stored fields of the two posts are equal. */
    boolean isSame(Row other) {
      return postId() == other.postId()
          && segment.authorId(row) == other.segment.authorId(other.row)
          && segment.attributes(row) == other.segment.attributes(other.row)
          && segment.created(row) == other.segment.created(other.row)
          && segment.topic(row).equals(other.segment.topic(other.row));
    }

    Post post() {
      return new Post(
          postId(),
          segment.authorId(row),
          segment.topic(row),
          segment.attributes(row),
          segment.created(row));
    }
  }

  /** The post with this id; null if there is none. */
  @Nullable Row get(long postId) {
    for (int i = 0; i < rows.size(); i++) {
      int row = rows.get(i).row(postId);
      if (row != RowsById.NONE) {
        return new Row(parts.get(i).segment(), row);
      }
    }
    return null;
  }

  void forEach(Consumer<Row> visitor) {
    for (SegmentSet.Part part : parts) {
      part.forEachLive(row -> visitor.accept(new Row(part.segment(), row)));
    }
  }
}
