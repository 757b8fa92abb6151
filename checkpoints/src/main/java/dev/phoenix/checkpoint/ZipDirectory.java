package dev.phoenix.checkpoint;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The central directory of a zip archive, with zip64, checked against the local headers.
 *
 * <p>{@code java.util.zip} does not give the offsets of entries, which are needed to use stored
 * entries in place. Format: PKWARE APPNOTE 6.3.
 */
final class ZipDirectory {
  static final int MAX_ENTRIES = 4096;

  private static final long LOCAL = 0x04034b50L;
  private static final long CENTRAL = 0x02014b50L;
  private static final long END = 0x06054b50L;
  private static final long END64 = 0x06064b50L;
  private static final long LOCATOR64 = 0x07064b50L;
  private static final int END_SIZE = 22;
  private static final int LOCATOR64_SIZE = 20;
  private static final int END64_SIZE = 56;
  private static final int ZIP64_EXTRA = 1;
  private static final int MAX_NAME = 1024;
  private static final long SATURATED16 = 0xFFFFL;
  private static final long SATURATED32 = 0xFFFFFFFFL;

  private final MemorySegment file;
  private final Place place;
  private final long maxBytes;

  private ZipDirectory(MemorySegment file, Place place, long maxBytes) {
    this.file = file;
    this.place = place;
    this.maxBytes = maxBytes;
  }

  /**
   * Lists the members in the directory's order, each with its bytes in the archive.
   *
   * @param maxBytes limit of the declared sizes of all members together
   */
  static List<Packed> read(MemorySegment file, Place place, long maxBytes) {
    return new ZipDirectory(file, place, maxBytes).read();
  }

  /** A member and its bytes in the archive, which may be deflated. */
  record Packed(ZipMember member, MemorySegment bytes) {}

  /** Location of the central directory. */
  private record Extent(long entries, long offset, long size) {}

  private List<Packed> read() {
    Extent extent = findDirectory();
    if (extent.entries > MAX_ENTRIES) {
      throw place.refuse("at most " + MAX_ENTRIES + " entries", extent.entries);
    }
    List<ZipMember> members = new ArrayList<>();
    Set<String> names = new HashSet<>();
    MemorySegment directory = file.asSlice(0, extent.offset + extent.size);
    ByteCursor cursor = new ByteCursor(directory, extent.offset, "a zip directory", place);
    long total = 0;
    for (long i = 0; i < extent.entries; i++) {
      ZipMember member = readMember(cursor);
      member.check(place);
      if (!names.add(member.name())) {
        throw place.entry(member.name()).refuse("each name once", "it twice");
      }
      total = saturatedSum(total, member.size());
      if (total > maxBytes) {
        throw place.refuse(
            "at most " + maxBytes + " bytes in all entries", total + " bytes declared so far");
      }
      if (!member.isFolder()) {
        members.add(member);
      }
    }
    if (cursor.remaining() != 0) {
      throw place.refuse(
          "a zip directory of " + extent.size + " bytes", cursor.remaining() + " bytes fewer");
    }
    return locate(members, extent.offset);
  }

  private Extent findDirectory() {
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
    Extent extent = new Extent(entries, offset, size);
    long locator = end - LOCATOR64_SIZE;
    if (locator >= 0 && Integer.toUnsignedLong(file.get(ByteCursor.U32, locator)) == LOCATOR64) {
      return readEnd64(locator, extent);
    }
    if (offset > end || size != end - offset) {
      throw place.refuse(
          "a zip directory that ends at " + end,
          size + " bytes at " + offset + ": truncated, or its zip64 record is missing");
    }
    return extent;
  }

  /** Finds the last end record whose comment ends exactly at the end of the file. */
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
        file.byteSize() + " bytes without an end-of-directory record: truncated or another format");
  }

  private Extent readEnd64(long locator, Extent small) {
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
        signature == END64
            && length >= END64_SIZE - 12
            && end64 <= locator - 12
            && length == locator - end64 - 12;
    boolean agrees =
        entriesHere == entries
            && agrees(small.entries, SATURATED16, entries)
            && agrees(small.size, SATURATED32, size)
            && agrees(small.offset, SATURATED32, offset);
    if (!onePart || !placed || !agrees || offset > end64 || size != end64 - offset) {
      throw place.refuse(
          "a zip64 end record that agrees with the directory",
          entries + " entries in " + size + " bytes at " + offset + ", record at " + end64);
    }
    return new Extent(entries, offset, size);
  }

  private static boolean agrees(long small, long saturated, long large) {
    return small == saturated || small == large;
  }

  private ZipMember readMember(ByteCursor cursor) {
    long at = cursor.position();
    long signature = cursor.u32();
    if (signature != CENTRAL) {
      throw place.refuse("a zip directory entry at " + at, hex(signature));
    }
    cursor.skip(4); // versions
    int flags = cursor.u16();
    int method = cursor.u16();
    cursor.skip(4); // date and time
    int crc = cursor.i32();
    long[] values = {0, cursor.u32(), 0, 0}; // size, packed size, offset, unused
    values[0] = cursor.u32();
    int nameLength = cursor.u16();
    int extraLength = cursor.u16();
    int commentLength = cursor.u16();
    int disk = cursor.u16();
    cursor.skip(6); // attributes
    values[2] = cursor.u32();
    if (disk != 0) {
      throw place.refuse("a zip archive in one part", "an entry on disk " + disk);
    }
    String name = name(cursor, nameLength, flags, place);
    widen(values, 3, extra(cursor, extraLength, place.entry(name)), place.entry(name));
    cursor.skip(commentLength);
    return new ZipMember(name, flags, method, crc, values[1], values[0], values[2]);
  }

  private static String name(ByteCursor cursor, int length, int flags, Place place) {
    long at = cursor.position();
    if (length == 0 || length > MAX_NAME) {
      throw place.refuse("an entry name of 1 to " + MAX_NAME + " bytes at " + at, length);
    }
    boolean utf8 = (flags & ZipMember.UTF8) != 0;
    Charset charset = utf8 ? StandardCharsets.UTF_8 : StandardCharsets.US_ASCII;
    try {
      return charset.newDecoder().decode(ByteBuffer.wrap(cursor.bytes(length))).toString();
    } catch (CharacterCodingException e) {
      throw place.error("expected an entry name in " + charset + " at " + at, e);
    }
  }

  /** Reads the extra fields and returns a cursor on the zip64 field, or null if there is none. */
  private @Nullable ByteCursor extra(ByteCursor cursor, int length, Place entry) {
    long start = cursor.skip(length);
    MemorySegment bytes = file.asSlice(start, length);
    ByteCursor fields = new ByteCursor(bytes, 0, "zip extra fields", entry);
    ByteCursor zip64 = null;
    while (fields.remaining() >= 4) {
      int id = fields.u16();
      int size = fields.u16();
      long at = fields.skip(size);
      if (id == ZIP64_EXTRA) {
        if (zip64 != null) {
          throw entry.refuse("one zip64 field", "two");
        }
        zip64 = new ByteCursor(bytes.asSlice(at, size), 0, "the zip64 field", entry);
      }
    }
    return zip64;
  }

  /** Replaces each of the first {@code count} values that is 0xffffffff by its zip64 value. */
  private static void widen(long[] values, int count, @Nullable ByteCursor zip64, Place entry) {
    for (int i = 0; i < count; i++) {
      if (values[i] == SATURATED32) {
        if (zip64 == null) {
          throw entry.refuse("a zip64 field for a size or offset of 0xffffffff", "none");
        }
        values[i] = zip64.u63();
      }
    }
  }

  /** Checks every local header, and that no two members share bytes. */
  private List<Packed> locate(List<ZipMember> members, long directoryOffset) {
    MemorySegment body = file.asSlice(0, directoryOffset);
    List<Packed> packed = new ArrayList<>();
    for (ZipMember member : members) {
      packed.add(new Packed(member, locate(member, body)));
    }
    List<Packed> ordered = new ArrayList<>(packed);
    ordered.sort(Comparator.comparingLong(p -> p.member.headerOffset()));
    long end = 0;
    for (Packed p : ordered) {
      if (p.member.headerOffset() < end) {
        throw place
            .entry(p.member.name())
            .refuse(
                "an entry that begins at " + end + " or later",
                "one at " + p.member.headerOffset() + ": entries overlap");
      }
      end = p.bytes.address() - file.address() + p.bytes.byteSize();
    }
    return packed;
  }

  private MemorySegment locate(ZipMember member, MemorySegment body) {
    Place entry = place.entry(member.name());
    ByteCursor cursor = new ByteCursor(body, member.headerOffset(), "a local zip header", entry);
    long signature = cursor.u32();
    if (signature != LOCAL) {
      throw entry.refuse("a local zip header at " + member.headerOffset(), hex(signature));
    }
    cursor.skip(2); // version
    int flags = cursor.u16();
    int method = cursor.u16();
    cursor.skip(4); // date and time
    int crc = cursor.i32();
    long[] sizes = {0, cursor.u32()};
    sizes[0] = cursor.u32();
    int nameLength = cursor.u16();
    int extraLength = cursor.u16();
    String name = name(cursor, nameLength, flags, entry);
    ByteCursor zip64 = extra(cursor, extraLength, entry);
    if (zip64 != null || (flags & ZipMember.STREAMED) == 0) {
      widen(sizes, 2, zip64, entry);
    }
    ZipMember local =
        new ZipMember(name, flags, method, crc, sizes[1], sizes[0], member.headerOffset());
    if (!local.completedBy(member).equals(member)) {
      throw entry.refuse("a local header as in the central directory: " + member, local);
    }
    return body.asSlice(cursor.skip(member.packedSize()), member.packedSize());
  }

  private static long saturatedSum(long a, long b) {
    long sum = a + b;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }

  private static String hex(long value) {
    return "0x" + Long.toHexString(value);
  }
}
