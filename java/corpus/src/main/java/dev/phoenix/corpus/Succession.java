package dev.phoenix.corpus;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What has to change in a corpus so that it can take the place of another, whose vectors are those
 * of another tower: what was added, replaced and removed there stands over the own corpus file as
 * it stood over the other's.
 *
 * @param before the posts of the corpus that serves
 * @param beforeFile the posts of the file that it began with
 * @param own the posts of the one that is to take its place
 * @param ownFile the posts of the file that this one began with
 */
record Succession(PostIndex before, PostIndex beforeFile, PostIndex own, PostIndex ownFile) {
  /** The changes; none once they have been made. */
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
      // Removed while the other served, or added before and removed since; else new in this file.
      return inFile != null && servesInFile == null ? has : null;
    }
    boolean changed = servesInFile == null || !serves.isSame(servesInFile);
    if (changed) {
      return serves;
    }
    // As published: then what this corpus's file says of it counts, if only that it has gone.
    return inFile != null ? inFile : has;
  }
}
