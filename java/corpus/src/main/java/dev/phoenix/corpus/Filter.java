package dev.phoenix.corpus;

/**
 * Selects the posts that a request may retrieve by the bits of their attributes.
 *
 * @param all bits that must all be set
 * @param any bits of which at least one must be set; 0 where none need be
 * @param none bits of which none may be set
 */
public record Filter(long all, long any, long none) {
  /** Passes every post. */
  public static final Filter EVERY = new Filter(0, 0, 0);

  /** Whether a post with these attributes passes. */
  public boolean passes(long attributes) {
    return (attributes & all) == all
        && (any == 0 || (attributes & any) != 0)
        && (attributes & none) == 0;
  }
}
