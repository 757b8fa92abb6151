package dev.phoenix.checkpoint;

/**
 * One file in a zip archive, as its central directory describes it: sizes and offsets in bytes.
 *
 * @param name as in the archive
 * @param flags general purpose bits
 * @param method 0 stored, 8 deflated
 * @param crc of the uncompressed bytes
 */
record ZipMember(
    String name, int flags, int method, int crc, long packedSize, long size, long headerOffset) {
  static final int STORED = 0;
  static final int DEFLATED = 8;

  /** The flag of sizes that follow the data, where the local header may hold zeros. */
  static final int STREAMED = 1 << 3;

  static final int UTF8 = 1 << 11;

  private static final int DEFLATE_LEVEL = 0b110;

  /** Up to this size any ratio is harmless: a small constant weight deflates very well. */
  private static final long SMALL = 1 << 16;

  private static final long MAX_RATIO = 200;

  /** Refuses what this reader has no use for, and zip bombs. */
  void check(Place place) {
    Place entry = place.entry(name);
    checkName(entry);
    if ((flags & ~(STREAMED | UTF8 | DEFLATE_LEVEL)) != 0) {
      throw entry.refuse("no encryption or patching", "zip flags 0x" + Integer.toHexString(flags));
    }
    if (method == STORED && packedSize != size) {
      throw entry.refuse("a stored size of " + size + " bytes", packedSize + " bytes");
    }
    if (method != STORED && method != DEFLATED) {
      throw entry.refuse("zip method 0 (stored) or 8 (deflated)", method);
    }
    if (method == DEFLATED && size > SMALL && (size + MAX_RATIO - 1) / MAX_RATIO > packedSize) {
      throw entry.refuse(
          "a deflate ratio of at most " + MAX_RATIO + ":1",
          size + " bytes declared from " + packedSize);
    }
  }

  /** This member with checksum and sizes of another. */
  ZipMember withContentOf(ZipMember other) {
    return new ZipMember(
        name, flags, method, other.crc, other.packedSize, other.size, headerOffset);
  }

  private void checkName(Place entry) {
    // A colon is part of names such as 'grad:query'; behind one letter it is a drive's.
    boolean drive = name.indexOf(':') == 1;
    boolean absolute = name.startsWith("/") || name.indexOf('\\') >= 0 || drive;
    if (absolute || name.indexOf('\0') >= 0) {
      throw entry.refuse("a relative name", "an absolute or malformed one");
    }
    for (String part : name.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        throw entry.refuse("a name without empty, '.' or '..' parts", "such a part");
      }
    }
    if (!name.endsWith(".npy") || name.equals(".npy")) {
      throw entry.refuse("a name that ends in .npy", "another");
    }
  }

  @Override
  public String toString() {
    return String.format(
        "name '%s', method %d, flags %d, crc %d, size %d, packed %d",
        Place.printable(name), method, flags, crc, size, packedSize);
  }
}
