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
  private static final int ZIP64_EXTRA = 1;
  private static final int MAX_NAME = 1024;

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

  private List<Packed> read() {
    ZipEndRecord extent = ZipEndRecord.find(file, place);
    if (extent.entries() > MAX_ENTRIES) {
      throw place.refuse("at most " + MAX_ENTRIES + " entries", extent.entries());
    }
    List<ZipMember> members = new ArrayList<>();
    Set<String> names = new HashSet<>();
    MemorySegment directory = file.asSlice(0, extent.offset() + extent.size());
    ByteCursor cursor = new ByteCursor(directory, extent.offset(), "a zip directory", place);
    long total = 0;
    for (long i = 0; i < extent.entries(); i++) {
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
          "a zip directory of " + extent.size() + " bytes", cursor.remaining() + " bytes fewer");
    }
    return locate(members, extent.offset());
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
      if (values[i] == ZipEndRecord.SATURATED32) {
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
