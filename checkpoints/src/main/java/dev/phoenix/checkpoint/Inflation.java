package dev.phoenix.checkpoint;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Inflates an entry to off-heap memory, at most to its declared size. */
final class Inflation {
  private static final long CHUNK = 1 << 20;

  private Inflation() {}

  /** Inflates {@code packed}; size and checksum must be exactly those of {@code member}. */
  static MemorySegment inflate(ZipMember member, MemorySegment packed, Arena arena, Place entry) {
    MemorySegment out = allocate(member.size(), arena, entry);
    CRC32 crc = new CRC32();
    Inflater inflater = new Inflater(true);
    try {
      long written = fill(inflater, packed, out, crc);
      boolean more = written == out.byteSize() && !finishes(inflater, packed);
      long read = inflater.getBytesRead();
      if (more || written != member.size() || read != member.packedSize()) {
        throw entry.refuse(
            member.size() + " bytes inflated from " + member.packedSize(),
            (more ? "more than " : "") + written + " bytes from " + read);
      }
    } catch (DataFormatException e) {
      throw entry.error("corrupt deflate data: " + e.getMessage(), e);
    } finally {
      inflater.end();
    }
    checkCrc(member, crc, entry);
    return out;
  }

  /** Compares the checksum of a stored entry with the directory's. */
  static void verify(ZipMember member, MemorySegment bytes, Place entry) {
    CRC32 crc = new CRC32();
    for (long at = 0; at < bytes.byteSize(); at += CHUNK) {
      crc.update(slice(bytes, at));
    }
    checkCrc(member, crc, entry);
  }

  private static void checkCrc(ZipMember member, CRC32 crc, Place entry) {
    if ((int) crc.getValue() != member.crc()) {
      throw entry.refuse(
          "CRC-32 " + Integer.toHexString(member.crc()),
          Long.toHexString(crc.getValue()) + ": the file is corrupt");
    }
  }

  private static MemorySegment allocate(long size, Arena arena, Place entry) {
    try {
      return arena.allocate(size, 64);
    } catch (OutOfMemoryError e) {
      throw entry.error(
          "cannot inflate "
              + size
              + " bytes off the heap; raise -XX:MaxDirectMemorySize, or store it uncompressed",
          e);
    }
  }

  private static long fill(Inflater inflater, MemorySegment packed, MemorySegment out, CRC32 crc)
      throws DataFormatException {
    long written = 0;
    while (written < out.byteSize() && !inflater.finished()) {
      ByteBuffer chunk = slice(out, written);
      int count = inflater.inflate(chunk);
      crc.update(chunk.flip());
      written += count;
      if (count == 0 && !feed(inflater, packed)) {
        break;
      }
    }
    return written;
  }

  /** Whether the stream ends here, without further output. */
  private static boolean finishes(Inflater inflater, MemorySegment packed)
      throws DataFormatException {
    byte[] extra = new byte[1];
    while (!inflater.finished()) {
      if (inflater.inflate(extra) > 0) {
        return false;
      }
      if (!inflater.finished() && !feed(inflater, packed)) {
        return false;
      }
    }
    return true;
  }

  /** Passes the next chunk of input; false if there is none or the inflater does not need any. */
  private static boolean feed(Inflater inflater, MemorySegment packed) {
    long read = inflater.getBytesRead();
    if (!inflater.needsInput() || read >= packed.byteSize()) {
      return false;
    }
    inflater.setInput(slice(packed, read));
    return true;
  }

  private static ByteBuffer slice(MemorySegment bytes, long at) {
    return bytes.asSlice(at, Math.min(CHUNK, bytes.byteSize() - at)).asByteBuffer();
  }
}
