package dev.phoenix.checkpoint;

import java.lang.foreign.MemorySegment;

/**
 * Where the end record of a zip archive, or its zip64 one, says that the central directory lies.
 *
 * @param entries in the directory
 * @param offset of the directory in the file
 * @param size of the directory in bytes; it ends where the end record begins
 */
record ZipEndRecord(long entries, long offset, long size) {
  /** The value of a 32-bit field that refers to the zip64 field. */
  static final long SATURATED32 = 0xFFFFFFFFL;

  private static final long SATURATED16 = 0xFFFFL;
  private static final long END = 0x06054b50L;
  private static final long END64 = 0x06064b50L;
  private static final long LOCATOR64 = 0x07064b50L;
  private static final int END_SIZE = 22;
  private static final int LOCATOR64_SIZE = 20;
  private static final int END64_SIZE = 56;

  /**
   * Finds the record of {@code file}.
   *
   * @throws CheckpointException where there is none, or it does not agree with the file
   */
  static ZipEndRecord find(MemorySegment file, Place place) {
    return new Search(file, place).find();
  }

  /** A search in one file. */
  private record Search(MemorySegment file, Place place) {
    private ZipEndRecord find() {
      long end = findEnd();
      ByteCursor cursor = new ByteCursor(file, end + 4, "the zip end record", place);
      int disk = cursor.u16();
      int startDisk = cursor.u16();
      int entriesHere = cursor.u16();
      int entries = cursor.u16();
      long size = cursor.u32();
      long offset = cursor.u32();
      if (disk != 0 || startDisk != 0 || entriesHere != entries) {
        throw place.refuse("a zip archive in one part", "disks " + disk + " and " + startDisk);
      }
      ZipEndRecord extent = new ZipEndRecord(entries, offset, size);
      long locator = end - LOCATOR64_SIZE;
      if (locator >= 0 && Integer.toUnsignedLong(file.get(ByteCursor.U32, locator)) == LOCATOR64) {
        return readEnd64(locator, extent);
      }
      if (size != end - offset) {
        throw place.refuse(
            "a zip directory that ends at " + end,
            size + " bytes at " + offset + ": truncated, or its zip64 record is missing");
      }
      return extent;
    }

    /** Finds the last end record whose comment reaches exactly to the end of the file. */
    private long findEnd() {
      long lowest = Math.max(0, file.byteSize() - END_SIZE - SATURATED16);
      for (long at = file.byteSize() - END_SIZE; at >= lowest; at--) {
        if (Integer.toUnsignedLong(file.get(ByteCursor.U32, at)) == END) {
          int comment = Short.toUnsignedInt(file.get(ByteCursor.U16, at + END_SIZE - 2));
          if (at + END_SIZE + comment == file.byteSize()) {
            return at;
          }
        }
      }
      throw place.refuse(
          "a zip archive or an npy array",
          file.byteSize()
              + " bytes without an end-of-directory record: truncated or another format");
    }

    private ZipEndRecord readEnd64(long locator, ZipEndRecord small) {
      ByteCursor cursor = new ByteCursor(file, locator + 4, "the zip64 locator", place);
      long disk = cursor.u32();
      long end64 = cursor.u63();
      long disks = cursor.u32();
      cursor = new ByteCursor(file, end64, "the zip64 end record", place);
      long signature = cursor.u32();
      long length = cursor.u63();
      cursor.skip(4);
      boolean onePart = disk == 0 && disks <= 1 && cursor.u32() == 0 && cursor.u32() == 0;
      long entriesHere = cursor.u63();
      long entries = cursor.u63();
      long size = cursor.u63();
      long offset = cursor.u63();
      boolean placed =
          signature == END64 && length >= END64_SIZE - 12 && length == locator - end64 - 12;
      boolean agrees =
          entriesHere == entries
              && agrees(small.entries, SATURATED16, entries)
              && agrees(small.size, SATURATED32, size)
              && agrees(small.offset, SATURATED32, offset);
      if (!onePart || !placed || !agrees || size != end64 - offset) {
        throw place.refuse(
            "a zip64 end record that agrees with the directory",
            entries + " entries in " + size + " bytes at " + offset + ", record at " + end64);
      }
      return new ZipEndRecord(entries, offset, size);
    }

    private static boolean agrees(long small, long saturated, long large) {
      return small == saturated || small == large;
    }
  }
}
