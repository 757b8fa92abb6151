package dev.phoenix.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Files that lie where a checkpoint's belong, told by their first bytes so that errors name them.
 */
enum FileKind {
  GZIP("a gzip file; unpack it first, as with 'gunzip'", new byte[] {0x1f, (byte) 0x8b}),
  LFS_POINTER(
      "a Git LFS pointer in the place of the file itself; fetch it with 'git lfs pull'",
      "version https://git-lfs.github.com/spec/".getBytes(StandardCharsets.US_ASCII)),
  OTHER("", new byte[0]);

  /** Bytes that are enough to tell. */
  static final int LENGTH = 64;

  private final String text;
  private final byte[] start;

  FileKind(String text, byte[] start) {
    this.text = text;
    this.start = start;
  }

  /** Refuses a file that is no {@code expected}, by its first {@link #LENGTH} bytes. */
  static void require(String expected, byte[] first, Place place) {
    for (FileKind kind : values()) {
      if (kind != OTHER
          && first.length >= kind.start.length
          && Arrays.equals(kind.start, Arrays.copyOf(first, kind.start.length))) {
        throw place.refuse(expected, kind.text);
      }
    }
  }
}
