package dev.phoenix.device.junit;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * What is open.
 *
 * @param open each open thing and its description: what it is and where it was opened
 */
record Leaks(IdentityHashMap<Object, String> open) {
  /** What is open here and was not before. */
  Leaks without(Leaks before) {
    IdentityHashMap<Object, String> rest = new IdentityHashMap<>(open);
    before.open.keySet().forEach(rest::remove);
    return new Leaks(rest);
  }

  /**
   * Checks that nothing is open.
   *
   * @param who the subject of the error's sentence
   * @throws AssertionError naming everything that is
   */
  void check(String who) {
    if (!open.isEmpty()) {
      List<String> lines = new ArrayList<>(open.values());
      lines.sort(null);
      throw new AssertionError(who + " left open:\n  " + String.join("\n  ", lines));
    }
  }
}
