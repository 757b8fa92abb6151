package dev.phoenix.scoring;

/**
 * Spaces the posts of one author: any {@code window} consecutive posts hold at most {@code posts}
 * by the same author, as long as posts by other authors remain. Each place of the feed takes the
 * first remaining post that keeps this rule, or the first remaining post if none does. No post is
 * dropped. Author 0 means unknown; such posts are not limited.
 *
 * @param posts maximum posts by one author in a window, at least 1
 * @param window length of a window in posts, at least 2
 */
public record AuthorWindow(int posts, int window) {
  /** Longest window. */
  static final int MAX_WINDOW = 10_000;

  /**
   * Checks both numbers.
   *
   * @throws IllegalArgumentException naming the one that is out of range
   */
  public AuthorWindow {
    Checks.requireRange("author_window.window", window, 2, MAX_WINDOW);
    Checks.requireRange("author_window.posts", posts, 1, MAX_WINDOW);
  }

  /** Returns {@code order} rearranged by the rule. */
  int[] apply(int[] order, AuthorNumbers authors) {
    int count = order.length;
    int[] placed = new int[count];
    // next[i + 1] is the index in order of the first remaining post after index i.
    int[] next = new int[count + 1];
    for (int i = 0; i <= count; i++) {
      next[i] = i;
    }
    int[] recent = new int[count];
    for (int place = 0; place < count; place++) {
      if (place >= window) {
        leave(recent, authors.of(placed[place - window]));
      }
      int before = before(order, next, recent, authors);
      int chosen = next[before];
      placed[place] = order[chosen];
      next[before] = next[chosen + 1];
      enter(recent, authors.of(placed[place]));
    }
    return placed;
  }

  /**
   * The index in next that points to the first post that keeps the rule, or to the first post if
   * none does.
   */
  private int before(int[] order, int[] next, int[] recent, AuthorNumbers authors) {
    int link = 0;
    for (int at = next[link]; at < order.length; at = next[link]) {
      int author = authors.of(order[at]);
      if (author == AuthorNumbers.UNKNOWN || recent[author] < posts) {
        return link;
      }
      link = at + 1;
    }
    return 0;
  }

  private static void enter(int[] recent, int author) {
    if (author != AuthorNumbers.UNKNOWN) {
      recent[author]++;
    }
  }

  private static void leave(int[] recent, int author) {
    if (author != AuthorNumbers.UNKNOWN) {
      recent[author]--;
    }
  }
}
