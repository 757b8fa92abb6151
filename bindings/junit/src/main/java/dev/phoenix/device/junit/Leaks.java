package dev.phoenix.device.junit;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * The open objects of a device.
 *
 * @param open descriptions of the open objects: what it is and where it was opened
 */
record Leaks(IdentityHashMap<Object, String> open) {
  /** The objects that are open here and not in {@code before}. */
  Leaks without(Leaks before) {
    IdentityHashMap<Object, String> rest = new IdentityHashMap<>(open);
    before.open.keySet().forEach(rest::remove);
    return new Leaks(rest);
  }

  /**
   * Checks that nothing is open.
   *
   * @param who subject of the error message
   * @throws AssertionError naming every open object
   */
  void check(String who) {
    if (!open.isEmpty()) {
      List<String> lines = new ArrayList<>(open.values());
      lines.sort(null);
      throw new AssertionError(who + " left open:\n  " + String.join("\n  ", lines));
    }
  }
}
