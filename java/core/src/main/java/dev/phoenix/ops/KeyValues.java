package dev.phoenix.ops;

import java.util.List;

/**
 * The kept keys and values of encoded histories: every layer of every request of one batch. Made by
 * {@link Ops#keyValues}; the layout of the bytes is the backend's own.
 */
public abstract class KeyValues {
  private final RowLayout history = new RowLayout();

  /** Nothing kept yet. */
  protected KeyValues() {}

  /** Whose rows are kept: one segment per request. Written by the encoder. */
  public final RowLayout history() {
    return history;
  }

  /**
   * Describes the requests of {@code from} as those of this, for {@link Ops#copyHistories}.
   *
   * @throws IllegalArgumentException if one of them lies in this itself
   */
  @SuppressWarnings("ReferenceEquality") // The same memory is what is meant.
  public final void layAs(List<KeptHistory> from) {
    for (KeptHistory kept : from) {
      if (kept.keyValues() == this) {
        throw new IllegalArgumentException("keys and values cannot be copied onto themselves");
      }
    }
    history.clear();
    for (KeptHistory kept : from) {
      RowLayout rows = kept.keyValues().history();
      history.beginRequest();
      for (int row = rows.begin(kept.request()); row < rows.end(kept.request()); row++) {
        history.addRow(rows.position(row), rows.seesItself(row));
      }
    }
  }

  /** Bytes held, over all layers. */
  public abstract long bytes();
}
