package dev.phoenix.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Builds zip archives byte by byte. To build an invalid one, change an entry's fields first. */
final class RawZip {
  /** An entry; the local fields equal the central ones unless a test changes them. */
  static final class Entry {
    final byte[] data;
    byte[] name;
    byte[] localName;
    int flags;
    int method;
    int crc;
    long size;
    long localSize;
    long packedSize;
    long offset = -1;
    boolean zip64;

    /** Further extra fields in the central directory. */
    byte[] extra = {};

    Entry(String name, byte[] data, long size, int method, int crc) {
      this.name = name.getBytes(StandardCharsets.UTF_8);
      this.localName = this.name;
      this.data = data;
      this.size = size;
      this.localSize = size;
      this.packedSize = data.length;
      this.method = method;
      this.crc = crc;
    }
  }

  final List<Entry> entries = new ArrayList<>();
  int entryCount = -1;

  /** Whether the directory lists the last entry first. */
  boolean reversed;

  /** Bytes of zeros after the end record, which counts them as its comment. */
  int comment;

  long directoryShift;

  Entry store(String name, byte[] content) {
    return add(new Entry(name, content, content.length, 0, crc(content)));
  }

  Entry deflate(String name, byte[] content) {
    Deflater deflater = new Deflater(9, true);
    deflater.setInput(content);
    deflater.finish();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] chunk = new byte[4096];
    while (!deflater.finished()) {
      out.write(chunk, 0, deflater.deflate(chunk));
    }
    deflater.end();
    return add(new Entry(name, out.toByteArray(), content.length, 8, crc(content)));
  }

  private Entry add(Entry entry) {
    entries.add(entry);
    return entry;
  }

  byte[] build() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Entry entry : entries) {
      if (entry.offset < 0) {
        entry.offset = out.size();
      }
      out.writeBytes(local(entry));
      out.writeBytes(entry.data);
    }
    long start = out.size();
    for (Entry entry : reversed ? entries.reversed() : entries) {
      out.writeBytes(central(entry));
    }
    out.writeBytes(end(start, out.size() - start));
    return out.toByteArray();
  }

  static byte[] local(Entry e) {
    ByteBuffer out =
        ByteBuffer.allocate(30 + e.localName.length + (e.zip64 ? 20 : 0))
            .order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(0x04034b50).putShort((short) 20).putShort((short) e.flags);
    out.putShort((short) e.method).putInt(0).putInt(e.crc);
    out.putInt(e.zip64 ? -1 : (int) e.packedSize).putInt(e.zip64 ? -1 : (int) e.localSize);
    out.putShort((short) e.localName.length).putShort((short) (e.zip64 ? 20 : 0)).put(e.localName);
    if (e.zip64) {
      out.putShort((short) 1).putShort((short) 16).putLong(e.localSize).putLong(e.packedSize);
    }
    return out.array();
  }

  static byte[] central(Entry e) {
    int extra = (e.zip64 ? 28 : 0) + e.extra.length;
    ByteBuffer out = ByteBuffer.allocate(46 + e.name.length + extra).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(0x02014b50).putInt(0x00140014).putShort((short) e.flags).putShort((short) e.method);
    out.putInt(0).putInt(e.crc);
    out.putInt(e.zip64 ? -1 : (int) e.packedSize).putInt(e.zip64 ? -1 : (int) e.size);
    out.putShort((short) e.name.length).putShort((short) extra).putShort((short) 0);
    out.putShort((short) 0).putShort((short) 0).putInt(0).putInt(e.zip64 ? -1 : (int) e.offset);
    out.put(e.name);
    if (e.zip64) {
      out.putShort((short) 1).putShort((short) 24);
      out.putLong(e.size).putLong(e.packedSize).putLong(e.offset);
    }
    return out.put(e.extra).array();
  }

  byte[] end(long start, long size) {
    boolean zip64 = start > 0x7FFFFFFFL;
    int count = entryCount < 0 ? entries.size() : entryCount;
    ByteBuffer out =
        ByteBuffer.allocate(22 + (zip64 ? 76 : 0) + comment).order(ByteOrder.LITTLE_ENDIAN);
    if (zip64) {
      out.putInt(0x06064b50)
          .putLong(44)
          .putInt(0)
          .putInt(0)
          .putInt(0)
          .putLong(count)
          .putLong(count);
      out.putLong(size).putLong(start).putInt(0x07064b50).putInt(0).putLong(start + size).putInt(1);
    }
    out.putInt(0x06054b50).putInt(0).putShort((short) count).putShort((short) count);
    out.putInt((int) size).putInt(zip64 ? -1 : (int) (start + directoryShift));
    out.putShort((short) comment);
    return out.array();
  }

  static int crc(byte[] content) {
    CRC32 crc = new CRC32();
    crc.update(content);
    return (int) crc.getValue();
  }

  /** An npy file of format 1.0 with this header text, unpadded, and these data bytes. */
  static byte[] npy(String header, byte... data) {
    return npy(1, header, data);
  }

  static byte[] npy(int major, String header, byte... data) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer out =
        ByteBuffer.allocate((major == 1 ? 10 : 12) + text.length + data.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    out.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    out.put((byte) major).put((byte) 0);
    if (major == 1) {
      out.putShort((short) text.length);
    } else {
      out.putInt(text.length);
    }
    return out.put(text).put(data).array();
  }

  /** An npy file of {@code count} float32 zeros. */
  static byte[] zeros(int count) {
    return npy(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (" + count + ",), }\n",
        new byte[4 * count]);
  }
}
