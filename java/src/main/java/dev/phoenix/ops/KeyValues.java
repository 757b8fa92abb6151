package dev.phoenix.ops;

/**
 * The kept keys and values of encoded histories: every layer of every request of one batch. Made by
 * {@link Ops#keyValues}; the layout of the bytes is the backend's own.
 */
public abstract class KeyValues {
  private final RowLayout history = new RowLayout();

  /** Whose rows are kept: one segment per request. Written by the encoder. */
  public final RowLayout history() {
    return history;
  }

  /** Bytes held, over all layers. */
  public abstract long bytes();
}
