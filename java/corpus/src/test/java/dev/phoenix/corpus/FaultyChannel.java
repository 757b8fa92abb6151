package dev.phoenix.corpus;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/** A channel whose writes, forces and truncations pass through a {@link FaultyDisk}. */
final class FaultyChannel extends FileChannel {
  private final FileChannel to;
  private final FaultyDisk disk;

  FaultyChannel(FileChannel to, FaultyDisk disk) {
    this.to = to;
    this.disk = disk;
  }

  /** The first half of what is left in a buffer, which stays as it is. */
  private static ByteBuffer half(ByteBuffer from) {
    return from.slice(from.position(), from.remaining() / 2);
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    return disk.write(() -> to.write(from), () -> to.write(half(from)));
  }

  @Override
  public int write(ByteBuffer from, long position) throws IOException {
    return disk.write(() -> to.write(from, position), () -> to.write(half(from), position));
  }

  @Override
  public long write(ByteBuffer[] from, int offset, int length) throws IOException {
    return disk.write(() -> to.write(from, offset, length), null);
  }

  @Override
  public void force(boolean metaData) throws IOException {
    // Without waiting for the disk: no test here cuts the power.
    var _ = disk.change("force", () -> this);
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    return disk.change(
        "truncate",
        () -> {
          var _ = to.truncate(size);
          return this;
        });
  }

  @Override
  public int read(ByteBuffer into) throws IOException {
    return to.read(into);
  }

  @Override
  public int read(ByteBuffer into, long position) throws IOException {
    return to.read(into, position);
  }

  @Override
  public long read(ByteBuffer[] into, int offset, int length) throws IOException {
    return to.read(into, offset, length);
  }

  @Override
  public long position() throws IOException {
    return to.position();
  }

  @Override
  public FileChannel position(long newPosition) throws IOException {
    var _ = to.position(newPosition);
    return this;
  }

  @Override
  public long size() throws IOException {
    return to.size();
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
    return to.transferTo(position, count, target);
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count)
      throws IOException {
    return disk.write(() -> to.transferFrom(source, position, count), null);
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
    return to.map(mode, position, size);
  }

  @Override
  public MemorySegment map(MapMode mode, long offset, long size, Arena arena) throws IOException {
    return to.map(mode, offset, size, arena);
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) throws IOException {
    return to.lock(position, size, shared);
  }

  @Override
  public @Nullable FileLock tryLock(long position, long size, boolean shared) throws IOException {
    return to.tryLock(position, size, shared);
  }

  @Override
  protected void implCloseChannel() throws IOException {
    to.close();
  }
}
