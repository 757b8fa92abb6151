package dev.phoenix.corpus;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileStoreAttributeView;
import org.jspecify.annotations.Nullable;

/** A file store without room while the disk is full. */
final class FaultyStore extends FileStore {
  private final FileStore to;
  private final FaultyDisk disk;

  FaultyStore(FileStore to, FaultyDisk disk) {
    this.to = to;
    this.disk = disk;
  }

  @Override
  public long getUsableSpace() throws IOException {
    return disk.isFull() ? 0 : to.getUsableSpace();
  }

  @Override
  public String name() {
    return to.name();
  }

  @Override
  public String type() {
    return to.type();
  }

  @Override
  public boolean isReadOnly() {
    return to.isReadOnly();
  }

  @Override
  public long getTotalSpace() throws IOException {
    return to.getTotalSpace();
  }

  @Override
  public long getUnallocatedSpace() throws IOException {
    return getUsableSpace();
  }

  @Override
  public boolean supportsFileAttributeView(Class<? extends FileAttributeView> type) {
    return to.supportsFileAttributeView(type);
  }

  @Override
  public boolean supportsFileAttributeView(String name) {
    return to.supportsFileAttributeView(name);
  }

  @Override
  public <V extends FileStoreAttributeView> @Nullable V getFileStoreAttributeView(Class<V> type) {
    return to.getFileStoreAttributeView(type);
  }

  @Override
  public Object getAttribute(String attribute) throws IOException {
    return to.getAttribute(attribute);
  }
}
