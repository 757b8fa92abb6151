package dev.phoenix.checkpoint;

import java.nio.charset.StandardCharsets;

/**
 * Kinds of files found in place of a checkpoint's, recognised by their first bytes for better error
 * messages.
 */
enum FileKind {
  GZIP("a gzip file; unpack it first, as with 'gunzip'", "\u001f\u008b"),
  LFS_POINTER(
      "a Git LFS pointer in the place of the file itself; fetch it with 'git lfs pull'",
      "version https://git-lfs.github.com/spec/");

  /** Number of bytes needed to recognise a kind. */
  static final int LENGTH = 64;

  private final String text;
  private final String start;

  FileKind(String text, String start) {
    this.text = text;
    this.start = start;
  }

  /**
   * Throws if the first {@link #LENGTH} bytes show that a file is of a known other kind than {@code
   * expected}.
   */
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
