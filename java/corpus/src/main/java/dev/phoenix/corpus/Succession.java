package dev.phoenix.corpus;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Computes the changes that a corpus needs to replace the serving corpus, which has vectors of
 * another tower. Posts that were added, replaced or removed in the serving corpus since its
 * original file are changed likewise relative to the new corpus's original file.
 *
 * @param before posts of the serving corpus
 * @param beforeFile posts of the serving corpus's original file
 * @param own posts of the new corpus
 * @param ownFile posts of the new corpus's original file
 */
record Succession(PostIndex before, PostIndex beforeFile, PostIndex own, PostIndex ownFile) {
  /** The changes to apply to the new corpus; none once they have been applied. */
  List<PostChange> changes() {
    List<PostChange> changes = new ArrayList<>();
    own.forEach(row -> change(row.postId(), row, changes));
    before.forEach(
        row -> {
          if (own.get(row.postId()) == null) {
            change(row.postId(), null, changes);
          }
        });
    return changes;
  }

  private void change(long postId, PostIndex.@Nullable Row has, List<PostChange> to) {
    PostIndex.@Nullable Row wanted = wanted(postId, has);
    if (wanted == null) {
      if (has != null) {
        to.add(new PostChange.Remove(postId));
      }
    } else if (has == null || !wanted.isSame(has)) {
      to.add(new PostChange.Put(wanted.post()));
    }
  }

  private PostIndex.@Nullable Row wanted(long postId, PostIndex.@Nullable Row has) {
    PostIndex.@Nullable Row serves = before.get(postId);
    PostIndex.@Nullable Row servesInFile = beforeFile.get(postId);
    PostIndex.@Nullable Row inFile = ownFile.get(postId);
    if (serves == null) {
      // Removed from the serving corpus, or added and removed again; otherwise new in this file.
      return inFile != null && servesInFile == null ? has : null;
    }
    boolean changed = servesInFile == null || !serves.isSame(servesInFile);
    if (changed) {
      return serves;
    }
    // Unchanged in the serving corpus: the new corpus's file decides, even if it lacks the post.
    return inFile != null ? inFile : has;
  }
}
