package dev.phoenix.corpus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Thrown if the disk does not take a change, for example because it is full. The change has had no
 * effect, and the corpus goes on as soon as the disk does; the caller may retry later.
 */
public final class CorpusUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** An error without a cause; the message gives the reason. */
  public CorpusUnavailableException(String message) {
    this(message, null);
  }

  private CorpusUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** A write that would leave too little room in {@code folder}. */
  static CorpusUnavailableException ofRoom(Path folder, long usable) {
    return new CorpusUnavailableException(noSpace(folder, usable));
  }

  /**
   * A failed operation on {@code file}.
   *
   * @param bytes that it would have needed
   */
  static CorpusUnavailableException of(Path file, long bytes, Throwable failed) {
    Path folder = file.toAbsolutePath().getParent();
    long usable = folder == null ? Long.MAX_VALUE : usable(folder);
    if (folder != null && (usable < bytes || saysFull(failed))) {
      return new CorpusUnavailableException(noSpace(folder, usable), failed);
    }
    return new CorpusUnavailableException(file + " cannot be written: " + failed, failed);
  }

  private static String noSpace(Path folder, long usable) {
    return "no space left on %s: %d bytes free".formatted(folder, usable);
  }

  /** The bytes that may still be written to the disk of a folder. */
  private static long usable(Path folder) {
    try {
      return Files.getFileStore(folder).getUsableSpace();
    } catch (IOException unknown) {
      return Long.MAX_VALUE; // the folder is gone; what failed says so
    }
  }

  /** Whether a failure is of a full disk or a full quota, which have no exceptions of their own. */
  private static boolean saysFull(Throwable failed) {
    String message = String.valueOf(failed.getMessage()).toLowerCase(Locale.ROOT);
    return message.contains("no space left") || message.contains("quota");
  }
}
