package dev.phoenix.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Writes a zip archive of stored entries whose sizes are known beforehand, each entry's data
 * aligned to 64 bytes, with zip64 where needed. The caller keeps to fewer than 2^16 - 1 entries.
 */
final class ZipOutput {
  private static final int ALIGNMENT = 64;

  /** Sizes and offsets of at least this value need zip64. */
  static final long ZIP64_LIMIT = 0xFFFFFFFFL;

  private static final int LOCAL_SIZE = 30;
  private static final int CRC_OFFSET = 14;
  private static final int ZIP64_EXTRA_SIZE = 20;

  /** Extra field of padding, as Android's zipalign writes it; readers skip it. */
  private static final short PADDING_ID = (short) 0xD935;

  private static final int MIN_PADDING = 6;

  /** 1980-01-01, the earliest date: a constant, so that equal content gives equal files. */
  private static final short DATE = 0x21;

  private final FileChannel channel;
  private final long zip64Limit;
  private final List<ZipMember> members = new ArrayList<>();
  private final CRC32 crc = new CRC32();
  private long entryStart;
  private long position;

  /** {@code zip64Limit} is {@link #ZIP64_LIMIT}, or less to exercise zip64 with small files. */
  ZipOutput(FileChannel channel, long zip64Limit) {
    this.channel = channel;
    this.zip64Limit = zip64Limit;
  }

  /** Begins an entry of {@code size} bytes. */
  void begin(String name, long size) throws IOException {
    byte[] encoded = name.getBytes(StandardCharsets.UTF_8);
    boolean large = size >= zip64Limit;
    long base = position + LOCAL_SIZE + encoded.length + (large ? ZIP64_EXTRA_SIZE : 0);
    int padding = (int) (-base & (ALIGNMENT - 1));
    if (padding > 0 && padding < MIN_PADDING) {
      padding += ALIGNMENT;
    }
    int extra = (large ? ZIP64_EXTRA_SIZE : 0) + padding;
    int flags = encoded.length == name.length() ? 0 : ZipMember.UTF8;
    members.add(new ZipMember(name, flags, ZipMember.STORED, 0, size, size, position));
    entryStart = position;
    crc.reset();
    ByteBuffer out = buffer(LOCAL_SIZE + encoded.length + extra);
    out.putInt(0x04034b50).putShort((short) (large ? 45 : 20)).putShort((short) flags);
    out.putShort((short) ZipMember.STORED).putShort((short) 0).putShort(DATE);
    out.putInt(0).putInt(saturate(size)).putInt(saturate(size));
    out.putShort((short) encoded.length).putShort((short) extra).put(encoded);
    if (large) {
      out.putShort((short) 1).putShort((short) 16).putLong(size).putLong(size);
    }
    if (padding > 0) {
      out.putShort(PADDING_ID).putShort((short) (padding - 4)).putShort((short) ALIGNMENT);
      out.position(out.limit());
    }
    writeFully(out.flip());
  }

  /** Writes the entry's next bytes. */
  void write(ByteBuffer bytes) throws IOException {
    crc.update(bytes.duplicate());
    writeFully(bytes);
  }

  /** Ends the entry, after its declared size has been written, and sets its checksum. */
  void end() throws IOException {
    ByteBuffer value = buffer(Integer.BYTES).putInt((int) crc.getValue()).flip();
    long at = entryStart + CRC_OFFSET;
    while (value.hasRemaining()) {
      at += channel.write(value, at);
    }
    ZipMember m = members.removeLast();
    members.add(
        new ZipMember(
            m.name(), m.flags(), m.method(), (int) crc.getValue(), m.size(), m.size(), entryStart));
  }

  /** Writes the central directory. */
  void finish() throws IOException {
    long start = position;
    for (ZipMember member : members) {
      writeFully(centralEntry(member));
    }
    long size = position - start;
    if (size >= zip64Limit || start >= zip64Limit) {
      long record = position;
      ByteBuffer out = buffer(76);
      out.putInt(0x06064b50).putLong(44).putShort((short) 45).putShort((short) 45);
      out.putInt(0).putInt(0).putLong(members.size()).putLong(members.size());
      out.putLong(size).putLong(start);
      out.putInt(0x07064b50).putInt(0).putLong(record).putInt(1);
      writeFully(out.flip());
    }
    short count = (short) members.size();
    ByteBuffer out = buffer(22);
    out.putInt(0x06054b50).putShort((short) 0).putShort((short) 0).putShort(count).putShort(count);
    out.putInt(saturate(size)).putInt(saturate(start)).putShort((short) 0);
    writeFully(out.flip());
  }

  private ByteBuffer centralEntry(ZipMember member) {
    byte[] name = member.name().getBytes(StandardCharsets.UTF_8);
    ByteBuffer extra = buffer(28).position(4);
    if (member.size() >= zip64Limit) {
      extra.putLong(member.size()).putLong(member.size());
    }
    if (member.headerOffset() >= zip64Limit) {
      extra.putLong(member.headerOffset());
    }
    int fields = extra.position() - 4;
    extra.putShort(0, (short) 1).putShort(2, (short) fields).flip();
    int extraSize = fields == 0 ? 0 : extra.limit();
    ByteBuffer out = buffer(46 + name.length + extraSize);
    out.putInt(0x02014b50).putShort((short) 45).putShort((short) (extraSize > 0 ? 45 : 20));
    out.putShort((short) member.flags()).putShort((short) member.method());
    out.putShort((short) 0).putShort(DATE).putInt(member.crc());
    out.putInt(saturate(member.size())).putInt(saturate(member.size()));
    out.putShort((short) name.length).putShort((short) extraSize).putShort((short) 0);
    out.putShort((short) 0).putShort((short) 0).putInt(0);
    out.putInt(saturate(member.headerOffset())).put(name);
    if (extraSize > 0) {
      out.put(extra);
    }
    return out.flip();
  }

  private int saturate(long value) {
    return value >= zip64Limit ? -1 : (int) value;
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void writeFully(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      position += channel.write(bytes, position);
    }
  }
}
