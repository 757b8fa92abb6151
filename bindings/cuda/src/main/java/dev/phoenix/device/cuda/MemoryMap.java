package dev.phoenix.device.cuda;

/** Reads lines of {@code /proc/PID/maps}: {@code from-to rights offset device inode file}. */
final class MemoryMap {
  private MemoryMap() {}

  static boolean covers(String line, long address) {
    int dash = line.indexOf('-');
    int space = line.indexOf(' ');
    if (dash < 0 || space < dash) {
      return false;
    }
    long from = Long.parseUnsignedLong(line, 0, dash, 16);
    long to = Long.parseUnsignedLong(line, dash + 1, space, 16);
    return Long.compareUnsigned(from, address) <= 0 && Long.compareUnsigned(address, to) < 0;
  }

  /** The file's path, which may contain spaces; empty for memory without one. */
  static String file(String line) {
    int slash = line.indexOf('/');
    return slash < 0 ? "" : line.substring(slash);
  }
}
