package dev.phoenix.training.run;

import dev.phoenix.dataset.DatasetException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The right to write to a training folder, of one thread of one process at a time. The thread that
 * has it may take it again. The system takes it from a process that ends.
 */
public final class FolderLock implements AutoCloseable {
  private static final Map<Path, FolderLock> HELD = new HashMap<>();

  private final Path root;
  private final FileChannel channel;
  private final Thread holder = Thread.currentThread();
  private final String description;
  private int times = 1;

  private FolderLock(Path root, FileChannel channel, String description) {
    this.root = root;
    this.channel = channel;
    this.description = description;
  }

  /**
   * Takes the lock of {@code folder}, which is created if it is missing.
   *
   * @throws DatasetException in one line, naming the folder and who has the lock
   */
  public static FolderLock take(Path folder) {
    try {
      Path training = Files.createDirectories(folder.resolve("training"));
      Path root = folder.toRealPath();
      synchronized (HELD) {
        FolderLock held = HELD.get(root);
        if (held == null) {
          FolderLock taken = open(root, training.resolve("lock"));
          HELD.put(root, taken);
          return taken;
        }
        if (!held.holder.equals(Thread.currentThread())) {
          throw inUse(root, held.description);
        }
        held.times++;
        return held;
      }
    } catch (IOException e) {
      throw new DatasetException("the training folder " + folder + " cannot be locked: " + e, e);
    }
  }

  private static FolderLock open(Path root, Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      @Nullable FileLock lock = channel.tryLock();
      if (lock == null) {
        throw inUse(root, Files.readString(file).strip());
      }
      String description =
          "process %d on %s since %s"
              .formatted(
                  ProcessHandle.current().pid(),
                  InetAddress.getLocalHost().getHostName(),
                  Instant.now().truncatedTo(ChronoUnit.SECONDS));
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(description.getBytes(StandardCharsets.UTF_8)), 0);
      return new FolderLock(root, channel, description);
    } catch (IOException | RuntimeException | Error failed) {
      channel.close();
      throw failed;
    }
  }

  private static DatasetException inUse(Path root, String holder) {
    return new DatasetException(
        "the training folder %s is in use by another training: %s"
            .formatted(root, holder.isEmpty() ? "an unknown process" : holder));
  }

  /** Gives back what {@link #take} took. */
  @Override
  public void close() {
    synchronized (HELD) {
      if (--times > 0) {
        return;
      }
      HELD.remove(root);
      try {
        channel.close();
      } catch (IOException e) {
        throw new DatasetException("the training folder " + root + " cannot be unlocked: " + e, e);
      }
    }
  }
}
