package dev.phoenix.ops;

import java.util.List;

/**
 * The keys and values of the encoded histories of one batch, for every layer. Created by {@link
 * Ops#keyValues}; each backend has its own memory layout.
 */
public abstract class KeyValues {
  private final RowLayout history = new RowLayout();

  /** Creates an empty store. */
  protected KeyValues() {}

  /** The layout of the kept rows, one segment per request. Written by the encoder. */
  public final RowLayout history() {
    return history;
  }

  /**
   * Sets the layout to the requests of {@code from}, for {@link Ops#copyHistories}.
   *
   * @throws IllegalArgumentException if one of them belongs to this object
   */
  @SuppressWarnings("ReferenceEquality") // Identity of the memory is meant.
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
