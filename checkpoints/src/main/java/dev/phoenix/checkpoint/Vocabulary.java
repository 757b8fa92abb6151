package dev.phoenix.checkpoint;

/**
 * Rows of the embedding tables, and their offsets in the combined table (docs/model.md#2-hashing):
 * rows 0 to 64 are zeros (padding and reserved), then users, items and authors. IP ids follow the
 * authors if the model has such a table, as in the production recommender's public code.
 *
 * @param user rows of the user table, UV
 * @param item rows of the item table, IV
 * @param author rows of the author table, AV
 * @param ip rows of the table of IP ids; 0 for none
 */
public record Vocabulary(int user, int item, int author, int ip) {
  /** Tables of users, items and authors, without IP ids. */
  public Vocabulary(int user, int item, int author) {
    this(user, item, author, 0);
  }

  /** Rows at the start of the combined table that are always zero. */
  public static final int RESERVED_ROWS = 65;

  /** Combined row of row 0 of the user table. */
  public long userStart() {
    return RESERVED_ROWS;
  }

  /** Combined row of row 0 of the item table. */
  public long itemStart() {
    return userStart() + user;
  }

  /** Combined row of row 0 of the author table. */
  public long authorStart() {
    return itemStart() + item;
  }

  /** Combined row of row 0 of the table of IP ids. */
  public long ipStart() {
    return authorStart() + author;
  }

  /** Number of rows of the combined table. */
  public long combinedRows() {
    return ipStart() + ip;
  }
}
