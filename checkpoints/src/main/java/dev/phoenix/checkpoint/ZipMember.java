package dev.phoenix.checkpoint;

/**
 * The central directory's description of a file in a zip archive; sizes and offsets in bytes.
 *
 * @param name as in the archive
 * @param flags general purpose bits
 * @param method 0 stored, 8 deflated
 * @param crc CRC-32 of the uncompressed bytes
 */
record ZipMember(
    String name, int flags, int method, int crc, long packedSize, long size, long headerOffset) {
  static final int STORED = 0;
  static final int DEFLATED = 8;

  /** Flag: sizes and checksum follow the data, and the local header may hold zeros. */
  static final int STREAMED = 1 << 3;

  static final int UTF8 = 1 << 11;

  private static final int DEFLATE_LEVEL = 0b110;

  /** Upper bound of deflate's compression ratio; zeros come close to it. */
  private static final long MAX_RATIO = 1032;

  /** Whether it is an entry for a folder, as {@code zip -r} and JavaScript libraries write. */
  boolean isFolder() {
    return name.endsWith("/");
  }

  /** Throws for unsupported features and for sizes that the packed bytes cannot inflate to. */
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
   * Fills in missing fields of this local header from the directory: a streamed entry has its
   * checksum and sizes after the data, and zeros or ones in the header.
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
    // A colon may occur in names such as 'grad:query'; after a single letter it marks a drive.
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
