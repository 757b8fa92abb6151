package dev.phoenix.training.run;

import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.Events;
import dev.phoenix.dataset.UserEvents;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * What tells two datasets apart, in words: counts and checksums of what they hold, however their
 * files are called.
 *
 * @param catalogue of the posts and their authors, in order
 * @param events of the users and what they did
 */
record DatasetDigest(String catalogue, String events) {
  static DatasetDigest of(Dataset dataset) {
    CRC32C posts = new CRC32C();
    add(posts, dataset.catalog().postIds());
    add(posts, dataset.catalog().authorIds());
    CRC32C events = new CRC32C();
    for (UserEvents user : dataset.users()) {
      Events of = user.events();
      add(events, user.userId(), of.count());
      for (int i = 0; i < of.count(); i++) {
        add(events, of.posts()[i], of.actions()[i], of.time(i));
      }
    }
    return new DatasetDigest(
        "of %d posts (checksum %08x)".formatted(dataset.catalog().size(), posts.getValue()),
        "of %d users and %d events (checksum %08x)"
            .formatted(dataset.users().size(), dataset.eventCount(), events.getValue()));
  }

  private static void add(CRC32C sum, long... values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES);
    bytes.asLongBuffer().put(values);
    sum.update(bytes);
  }
}
