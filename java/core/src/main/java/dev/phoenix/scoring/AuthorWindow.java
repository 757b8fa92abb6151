package dev.phoenix.scoring;

/**
 * Author spacing: of any {@code window} posts in a row, at most {@code posts} are of one author, as
 * long as posts of other authors are left. Each place takes the first post that is left and keeps
 * the rule; where none does, it takes the first that is left. No post is dropped. Posts of author
 * 0, which stands for an unknown author, may stand anywhere.
 *
 * @param posts of an author in a window, at least 1
 * @param window posts in a row, at least 2
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

  /** Orders {@code order} anew by the rule. */
  int[] apply(int[] order, AuthorNumbers authors) {
    int count = order.length;
    int[] placed = new int[count];
    // next[i + 1] is the place in order of the first post that is left behind place i.
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

  /** The link to the first post that keeps the rule, or to the first post where none does. */
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
