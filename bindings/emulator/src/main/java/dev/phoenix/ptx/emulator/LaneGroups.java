package dev.phoenix.ptx.emulator;

import java.util.Arrays;

/** The inactive lanes of a warp, grouped by the instruction at which they wait to continue. */
final class LaneGroups {
  private final int[] places = new int[Warp.LANES];
  private final int[] masks = new int[Warp.LANES];
  private final boolean[] parked = new boolean[Warp.LANES];
  private final boolean[] yielded = new boolean[Warp.LANES];
  private int count;

  void clear() {
    count = 0;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** Adds lanes that can continue at instruction {@code place}. */
  void add(int place, int mask) {
    places[count] = place;
    masks[count] = mask;
    parked[count] = false;
    yielded[count] = false;
    count++;
  }

  /** Adds lanes that cannot continue at {@code place} before {@link #unpark}. */
  void addParked(int place, int mask) {
    add(place, mask);
    parked[count - 1] = true;
  }

  /** Adds lanes that yield: they continue after {@link #takeTurns}, when no other lane can run. */
  void addYielded(int place, int mask) {
    add(place, mask);
    yielded[count - 1] = true;
  }

  /** Lets parked lanes evaluate their condition again, because memory may have changed. */
  void unpark() {
    Arrays.fill(parked, 0, count, false);
  }

  /** Lets yielded lanes continue, because no other lane can run. */
  void takeTurns() {
    Arrays.fill(yielded, 0, count, false);
  }

  /** The earliest instruction of lanes that can run; -1 if no lane can. */
  int earliest() {
    int earliest = -1;
    for (int i = 0; i < count; i++) {
      if (!parked[i] && !yielded[i] && (earliest < 0 || places[i] < earliest)) {
        earliest = places[i];
      }
    }
    return earliest;
  }

  /**
   * Removes all lanes at {@code place}, parked and yielded ones included, and returns their mask.
   */
  int take(int place) {
    int taken = 0;
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (places[i] == place) {
        taken |= masks[i];
      } else {
        places[kept] = places[i];
        masks[kept] = masks[i];
        parked[kept] = parked[i];
        yielded[kept] = yielded[i];
        kept++;
      }
    }
    count = kept;
    return taken;
  }

  /** The earliest instruction of any lane; {@link Integer#MAX_VALUE} if there are no lanes. */
  int first() {
    int first = Integer.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      first = Math.min(first, places[i]);
    }
    return first;
  }

  /** The fault to throw when no lane can run; names the lanes and their PTX lines. */
  EmulatorFault stuck(Warp warp, Operation at) {
    StringBuilder text = new StringBuilder("lanes wait for each other:");
    for (int i = 0; i < count; i++) {
      Operation place = warp.program.code()[places[i]];
      text.append(" lanes ").append(Warp.lanes(masks[i])).append(" at PTX line ");
      text.append(place.line).append(';');
    }
    int lane = Integer.numberOfTrailingZeros(masks[0]);
    return at.fault(warp, lane, EmulatorFault.Kind.DIVERGENT_WARP, text.toString());
  }
}
