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

  /** More than deflate can make of a byte: zeros come close to it. */
  private static final long MAX_RATIO = 1032;

  /** A folder's own entry, as {@code zip -r} and JavaScript's writers add it. */
  boolean isFolder() {
    return name.endsWith("/");
  }

  /** Refuses what this reader has no use for, and sizes that the packed bytes cannot give. */
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
    if (isFolder() && size != 0) {
      throw entry.refuse("a folder's entry without data", size + " bytes");
    }
    if (method == DEFLATED && size / MAX_RATIO > packedSize) {
      throw entry.refuse(
          "a deflate ratio of at most " + MAX_RATIO + ":1",
          size + " bytes declared from " + packedSize);
    }
  }

  /**
   * This local header with what it leaves open taken from the directory: a streamed entry has its
   * checksum and sizes behind the data, and zeros or ones in their places.
   */
  ZipMember completedBy(ZipMember directory) {
    if ((flags & STREAMED) == 0) {
      return this;
    }
    return new ZipMember(
        name,
        flags,
        method,
        crc == 0 ? directory.crc : crc,
        isOpen(packedSize) ? directory.packedSize : packedSize,
        isOpen(size) ? directory.size : size,
        headerOffset);
  }

  private static boolean isOpen(long size) {
    return size == 0 || size == 0xFFFFFFFFL;
  }

  private void checkName(Place entry) {
    // A colon is part of names such as 'grad:query'; behind one letter it is a drive's.
    boolean drive = name.indexOf(':') == 1;
    boolean absolute = name.startsWith("/") || name.indexOf('\\') >= 0 || drive;
    if (absolute || name.indexOf('\0') >= 0) {
      throw entry.refuse("a relative name", "an absolute or malformed one");
    }
    String path = isFolder() ? name.substring(0, name.length() - 1) : name;
    for (String part : path.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        throw entry.refuse("a name without empty, '.' or '..' parts", "such a part");
      }
    }
    if (name.equals(".npy")) {
      throw entry.refuse("a name before .npy", "none");
    }
  }

  @Override
  public String toString() {
    return String.format(
        "name '%s', method %d, flags %d, crc %d, size %d, packed %d",
        Place.printable(name), method, flags, crc, size, packedSize);
  }
}
