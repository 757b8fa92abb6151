package dev.phoenix.bench.bundle;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/**
 * Packs a folder as a zip of stored entries inside one xz stream of two blocks. One block has the
 * arrays, whose bytes are predicted from their place in a word; the other has all other files. Jars
 * are stored uncompressed, so that all classes are compressed together, to two thirds of the size
 * of separate jars.
 */
public final class Pack {
  /** A multiple of every array's word size; the data of npz arrays begin at such offsets. */
  private static final int ALIGNMENT = 64;

  private static final int LOCAL_HEADER = 30;
  private static final int EXTRA_HEADER = 4;

  /** The id of the padding's extra field, which zipalign uses too. */
  private static final int PADDING = 0xd935;

  private final Path folder;
  private final ZipOutputStream zip;
  private long offset;
  private long written;

  private Pack(Path folder, ZipOutputStream zip) {
    this.folder = folder;
    this.zip = zip;
  }

  /** {@code Pack FOLDER FILE}: prints how many bytes the folder unpacks to. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 2) {
      System.err.println("usage: Pack FOLDER FILE");
      System.exit(2);
    }
    System.out.println(pack(Path.of(arguments[0]), Path.of(arguments[1])));
  }

  /** Packs; returns how many bytes the folder unpacks to. */
  static long pack(Path folder, Path target) throws IOException {
    LZMA2Options arrays = new LZMA2Options(9);
    // Context: the byte's position in a 4-byte word and two bits of the byte before it.
    arrays.setLcLp(2, 2);
    List<Path> files;
    try (var found = Files.walk(folder)) {
      files = found.filter(Files::isRegularFile).sorted().toList();
    }
    try (XZOutputStream xz =
            new XZOutputStream(new BufferedOutputStream(Files.newOutputStream(target)), arrays);
        ZipOutputStream zip = new ZipOutputStream(xz)) {
      zip.setMethod(ZipOutputStream.STORED);
      Pack pack = new Pack(folder, zip);
      pack.addAll(files.stream().filter(Pack::isArray).toList());
      zip.flush();
      xz.endBlock();
      xz.updateFilters(new LZMA2Options(9));
      pack.addAll(files.stream().filter(file -> !isArray(file)).toList());
      return pack.written;
    }
  }

  private static boolean isArray(Path file) {
    return file.toString().endsWith(".npz");
  }

  private void addAll(List<Path> files) throws IOException {
    for (Path file : files) {
      byte[] content = Files.readAllBytes(file);
      String name = folder.relativize(file).toString();
      add(name, file.toString().endsWith(".jar") ? stored(content) : content);
    }
  }

  private void add(String name, byte[] content) throws IOException {
    ZipEntry entry = entry(name, content);
    int head = LOCAL_HEADER + name.getBytes(StandardCharsets.UTF_8).length;
    int padding = (int) (-(offset + head + EXTRA_HEADER) & (ALIGNMENT - 1));
    byte[] extra = new byte[EXTRA_HEADER + padding];
    extra[0] = (byte) PADDING;
    extra[1] = (byte) (PADDING >>> 8);
    extra[2] = (byte) padding;
    entry.setExtra(extra);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
    offset += head + extra.length + content.length;
    written += content.length;
  }

  /** Copies a jar with all entries stored uncompressed, in the same order. */
  private static byte[] stored(byte[] jar) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(jar));
        ZipOutputStream out = new ZipOutputStream(bytes)) {
      out.setMethod(ZipOutputStream.STORED);
      for (ZipEntry next = in.getNextEntry(); next != null; next = in.getNextEntry()) {
        byte[] content = in.readAllBytes();
        out.putNextEntry(entry(next.getName(), content));
        out.write(content);
        out.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a jar cannot be read", e);
    }
    return bytes.toByteArray();
  }

  private static ZipEntry entry(String name, byte[] content) {
    ZipEntry entry = new ZipEntry(name);
    CRC32 sum = new CRC32();
    sum.update(content);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCompressedSize(content.length);
    entry.setCrc(sum.getValue());
    // A fixed time, so that the same sources give the same bytes.
    entry.setTimeLocal(LocalDateTime.of(2026, 1, 1, 0, 0));
    return entry;
  }
}
