package dev.phoenix.ptx.emulator;

/**
 * Maps matrix elements to lanes and registers.
 *
 * <p>The ISA specifies the map of {@code mma} (section Matrix Fragments for mma). With g = lane /
 * 4, t = lane % 4 and E elements per register:
 *
 * <pre>
 * A: register r, element h: row g + 8 (r % (M/8)), column E t + h + 4E (r / (M/8))
 * B: register r, element h: row E t + h + 4E r, column g
 * C: register r, element h: row g + 8 (s / 2), column 2t + s % 2, where s = E r + h
 * </pre>
 *
 * <p>The ISA does not specify the map of {@code wmma}; here lane l holds consecutive elements, A
 * and C in row-major and B in column-major order. Fragments of f16 A and B hold elements several
 * times, as on hardware.
 */
final class FragmentMap {
  private final MatrixType type;
  private final int rows;
  private final int columns;
  private final int registers;
  private final int[] places;

  private FragmentMap(MatrixType type, int rows, int columns, int registers) {
    this.type = type;
    this.rows = rows;
    this.columns = columns;
    this.registers = registers;
    this.places = new int[registers * Warp.LANES * type.perRegister()];
  }

  /** A of an mma, M x K. */
  static FragmentMap left(MatrixType type, int m, int k) {
    FragmentMap map = new FragmentMap(type, m, k, registers(type, m * k));
    int e = type.perRegister();
    int high = m / 8;
    return map.fill(
        (r, lane, h) -> (lane / 4 + 8 * (r % high)) * k + e * (lane % 4) + h + 4 * e * (r / high));
  }

  /** B of an mma, K x N. */
  static FragmentMap right(MatrixType type, int k, int n) {
    FragmentMap map = new FragmentMap(type, k, n, registers(type, k * n));
    int e = type.perRegister();
    return map.fill((r, lane, h) -> (e * (lane % 4) + h + 4 * e * r) * n + lane / 4);
  }

  /** C and D of an mma, M x N. */
  static FragmentMap result(MatrixType type, int m, int n) {
    FragmentMap map = new FragmentMap(type, m, n, registers(type, m * n));
    int e = type.perRegister();
    return map.fill(
        (r, lane, h) -> {
          int s = e * r + h;
          return (lane / 4 + 8 * (s / 2)) * n + 2 * (lane % 4) + s % 2;
        });
  }

  /** A or C of a wmma, by rows. */
  static FragmentMap byRows(MatrixType type, int rows, int columns, int registers) {
    FragmentMap map = new FragmentMap(type, rows, columns, registers);
    return map.fill((r, lane, h) -> map.linear(r, lane, h));
  }

  /** B of a wmma, by columns. */
  static FragmentMap byColumns(MatrixType type, int rows, int columns, int registers) {
    FragmentMap map = new FragmentMap(type, rows, columns, registers);
    return map.fill(
        (r, lane, h) -> {
          int i = map.linear(r, lane, h);
          return i % rows * columns + i / rows;
        });
  }

  static int registers(MatrixType type, int elements) {
    return Math.max(1, elements / Warp.LANES / type.perRegister());
  }

  private int linear(int register, int lane, int element) {
    int held = registers * type.perRegister();
    return (lane * held + register * type.perRegister() + element) % (rows * columns);
  }

  /** Maps a register element to its row-major index in the matrix. */
  private interface Place {
    int of(int register, int lane, int element);
  }

  private FragmentMap fill(Place place) {
    int at = 0;
    for (int r = 0; r < registers; r++) {
      for (int lane = 0; lane < Warp.LANES; lane++) {
        for (int h = 0; h < type.perRegister(); h++) {
          places[at++] = place.of(r, lane, h);
        }
      }
    }
    return this;
  }

  MatrixType type() {
    return type;
  }

  int registers() {
    return registers;
  }

  int rows() {
    return rows;
  }

  int columns() {
    return columns;
  }

  /** Number of lanes that hold distinct elements; the other lanes hold copies. */
  int distinctLanes() {
    return Math.min(Warp.LANES, rows * columns / (registers * type.perRegister()));
  }

  int row(int register, int lane, int element) {
    return place(register, lane, element) / columns;
  }

  int column(int register, int lane, int element) {
    return place(register, lane, element) % columns;
  }

  private int place(int register, int lane, int element) {
    return places[(register * Warp.LANES + lane) * type.perRegister() + element];
  }

  /** Reads the matrix, row-major, from a warp's registers. */
  void read(Warp warp, int[] slots, double[] matrix) {
    int at = 0;
    for (int r = 0; r < registers; r++) {
      for (int lane = 0; lane < Warp.LANES; lane++) {
        if (type.wide()) {
          matrix[places[at++]] = Double.longBitsToDouble(warp.longs[slots[r] + lane]);
          continue;
        }
        int word = warp.words[slots[r] + lane];
        for (int h = 0; h < type.perRegister(); h++) {
          matrix[places[at++]] = type.decode(word, h);
        }
      }
    }
  }

  /** Rounds the elements of a matrix and writes them to a warp's registers. */
  void write(Warp warp, int[] slots, double[] matrix) {
    int at = 0;
    for (int r = 0; r < registers; r++) {
      for (int lane = 0; lane < Warp.LANES; lane++) {
        if (type.wide()) {
          warp.longs[slots[r] + lane] = Double.doubleToRawLongBits(matrix[places[at++]]);
          continue;
        }
        int word = 0;
        for (int h = 0; h < type.perRegister(); h++) {
          word |= type.encode(matrix[places[at++]]) << (h * type.bits() & 31);
        }
        warp.words[slots[r] + lane] = word;
      }
    }
  }
}
