package dev.phoenix.corpus;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The file system of a {@link FaultyDisk}: the default one, whose changes pass through the disk.
 */
final class FaultyFileSystem extends FileSystem {
  private final FileSystem real = FileSystems.getDefault();
  private final FaultyDisk disk;
  private final FileSystemProvider provider = new Provider();

  FaultyFileSystem(FaultyDisk disk) {
    this.disk = disk;
  }

  private final class Provider extends FileSystemProvider {
    private final FileSystemProvider to = real.provider();

    @Override
    public String getScheme() {
      return "faulty";
    }

    @Override
    public FileChannel newFileChannel(
        Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
        throws IOException {
      Path file = FaultyDisk.real(path);
      boolean creates =
          options.contains(StandardOpenOption.CREATE)
              || options.contains(StandardOpenOption.CREATE_NEW);
      FileChannel channel =
          creates
              ? disk.change("create", () -> to.newFileChannel(file, options, attributes))
              : to.newFileChannel(file, options, attributes);
      return new FaultyChannel(channel, disk);
    }

    @Override
    public SeekableByteChannel newByteChannel(
        Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
        throws IOException {
      return newFileChannel(path, options, attributes);
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(
        Path folder, DirectoryStream.Filter<? super Path> filter) throws IOException {
      DirectoryStream<Path> found =
          to.newDirectoryStream(FaultyDisk.real(folder), file -> filter.accept(disk.path(file)));
      return new DirectoryStream<>() {
        @Override
        public Iterator<Path> iterator() {
          return StreamSupport.stream(found.spliterator(), false).map(disk::path).iterator();
        }

        @Override
        public void close() throws IOException {
          found.close();
        }
      };
    }

    @Override
    public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
      var _ =
          disk.change(
              "create folder",
              () -> {
                to.createDirectory(FaultyDisk.real(folder), attributes);
                return folder;
              });
    }

    @Override
    public void delete(Path path) throws IOException {
      var _ =
          disk.change(
              "delete",
              () -> {
                to.delete(FaultyDisk.real(path));
                return path;
              });
    }

    @Override
    public void copy(Path source, Path target, CopyOption... options) throws IOException {
      to.copy(FaultyDisk.real(source), FaultyDisk.real(target), options);
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) throws IOException {
      var _ =
          disk.change(
              "move",
              () -> {
                to.move(FaultyDisk.real(source), FaultyDisk.real(target), options);
                return target;
              });
    }

    @Override
    public boolean isSameFile(Path one, Path other) throws IOException {
      return to.isSameFile(FaultyDisk.real(one), FaultyDisk.real(other));
    }

    @Override
    public boolean isHidden(Path path) throws IOException {
      return to.isHidden(FaultyDisk.real(path));
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
      return new FaultyStore(to.getFileStore(FaultyDisk.real(path)), disk);
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
      to.checkAccess(FaultyDisk.real(path), modes);
    }

    @Override
    public <V extends FileAttributeView> @Nullable V getFileAttributeView(
        Path path, Class<V> type, LinkOption... options) {
      return to.getFileAttributeView(FaultyDisk.real(path), type, options);
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(
        Path path, Class<A> type, LinkOption... options) throws IOException {
      return to.readAttributes(FaultyDisk.real(path), type, options);
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
        throws IOException {
      return to.readAttributes(FaultyDisk.real(path), attributes, options);
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options)
        throws IOException {
      to.setAttribute(FaultyDisk.real(path), attribute, value, options);
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Path getPath(URI uri) {
      throw new UnsupportedOperationException();
    }
  }

  @Override
  public FileSystemProvider provider() {
    return provider;
  }

  @Override
  public void close() {}

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public String getSeparator() {
    return real.getSeparator();
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    return real.getRootDirectories();
  }

  @Override
  public Iterable<FileStore> getFileStores() {
    return real.getFileStores();
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return real.supportedFileAttributeViews();
  }

  @Override
  public Path getPath(String first, String... more) {
    return disk.path(real.getPath(first, more));
  }

  @Override
  public PathMatcher getPathMatcher(String syntaxAndPattern) {
    PathMatcher matcher = real.getPathMatcher(syntaxAndPattern);
    return path -> matcher.matches(FaultyDisk.real(path));
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    return real.getUserPrincipalLookupService();
  }

  @Override
  public WatchService newWatchService() throws IOException {
    return real.newWatchService();
  }
}
