package dev.phoenix.dataset;

import java.util.List;

/**
 * Posts and the users' events on them.
 *
 * @param source the source file, for messages
 * @param catalog the posts
 * @param users the users, in the file's order
 * @param duplicateRows number of rows of the file that were dropped as exact duplicates of another
 *     row of the same user
 */
public record Dataset(String source, Catalog catalog, List<UserEvents> users, long duplicateRows) {
  /** Keeps a copy of the list. */
  public Dataset {
    users = List.copyOf(users);
  }

  /** Data without duplicate rows. */
  public Dataset(String source, Catalog catalog, List<UserEvents> users) {
    this(source, catalog, users, 0);
  }

  /** The number of events of all users. */
  public long eventCount() {
    return users.stream().mapToLong(user -> user.events().count()).sum();
  }

  /** This dataset with engaged events only, on which sequence models are trained. */
  public Dataset engaged() {
    return new Dataset(
        source,
        catalog,
        users.stream().map(user -> new UserEvents(user.userId(), user.events().engaged())).toList(),
        duplicateRows);
  }
}
