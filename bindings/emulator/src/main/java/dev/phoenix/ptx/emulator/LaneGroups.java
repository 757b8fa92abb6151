package dev.phoenix.ptx.emulator;

import java.util.Arrays;

/** The lanes of a warp that are not active, in groups that stand at one place in the code each. */
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

  /** Adds lanes that can run at {@code place}. */
  void add(int place, int mask) {
    places[count] = place;
    masks[count] = mask;
    parked[count] = false;
    yielded[count] = false;
    count++;
  }

  /** Adds lanes that wait at {@code place} until {@link #unpark}. */
  void addParked(int place, int mask) {
    add(place, mask);
    parked[count - 1] = true;
  }

  /** Adds lanes that let all others run before them, until {@link #takeTurns}. */
  void addYielded(int place, int mask) {
    add(place, mask);
    yielded[count - 1] = true;
  }

  /** What parked lanes wait for may have changed: they look again. */
  void unpark() {
    Arrays.fill(parked, 0, count, false);
  }

  /** All others have run: it is the turn of those that let them. */
  void takeTurns() {
    Arrays.fill(yielded, 0, count, false);
  }

  /** The earliest place of lanes that can run; -1 where none can. */
  int earliest() {
    int earliest = -1;
    for (int i = 0; i < count; i++) {
      if (!parked[i] && !yielded[i] && (earliest < 0 || places[i] < earliest)) {
        earliest = places[i];
      }
    }
    return earliest;
  }

  /** Takes out all lanes that stand at {@code place}, whatever they wait for, and returns them. */
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

  /** The first place in the code where lanes stand; the largest integer where there are none. */
  int first() {
    int first = Integer.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      first = Math.min(first, places[i]);
    }
    return first;
  }

  /** Why none of the lanes can run. */
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
