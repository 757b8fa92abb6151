package dev.phoenix.dataset;

import java.util.List;

/**
 * Posts, and what users did with them.
 *
 * @param source the file it comes from, for messages
 * @param catalog the posts
 * @param users the users, in the file's order
 * @param duplicateRows rows of the file that were dropped, because they say exactly what another
 *     row of the same user says
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

  /** Without the posts that users only saw: what sequence models learn from. */
  public Dataset engaged() {
    return new Dataset(
        source,
        catalog,
        users.stream().map(user -> new UserEvents(user.userId(), user.events().engaged())).toList(),
        duplicateRows);
  }
}
