package dev.phoenix.checkpoint;

import java.nio.charset.StandardCharsets;

/**
 * Files that lie where a checkpoint's belong, told by their first bytes so that errors name them.
 */
enum FileKind {
  GZIP("a gzip file; unpack it first, as with 'gunzip'", "\u001f\u008b"),
  LFS_POINTER(
      "a Git LFS pointer in the place of the file itself; fetch it with 'git lfs pull'",
      "version https://git-lfs.github.com/spec/");

  /** Bytes that are enough to tell. */
  static final int LENGTH = 64;

  private final String text;
  private final String start;

  FileKind(String text, String start) {
    this.text = text;
    this.start = start;
  }

  /** Refuses a file that is no {@code expected}, by its first {@link #LENGTH} bytes. */
  static void require(String expected, byte[] file, Place place) {
    int length = Math.min(LENGTH, file.length);
    String first = new String(file, 0, length, StandardCharsets.ISO_8859_1);
    for (FileKind kind : values()) {
      if (first.startsWith(kind.start)) {
        throw place.refuse(expected, kind.text);
      }
    }
  }
}
