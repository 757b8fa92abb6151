package dev.phoenix.bench.serving;

import dev.phoenix.bench.TemporaryFolder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A temporary folder for models and logs, and the servers started there. Owns both. */
final class ServerWorkspace implements AutoCloseable {
  private final Path folder;
  private final List<ServerProcess> servers = new ArrayList<>();

  private ServerWorkspace(Path folder) {
    this.folder = folder;
  }

  static ServerWorkspace create() throws IOException {
    return new ServerWorkspace(Files.createTempDirectory("phoenix-serving"));
  }

  /** The root of the repository. */
  static Path home() {
    return Path.of(System.getProperty("phoenix.home", ".")).toAbsolutePath().normalize();
  }

  /** A path in the folder. */
  Path path(String name) {
    return folder.resolve(name);
  }

  /** Makes a copy of the demo. */
  Path demo(String name) throws IOException {
    return copy(home().resolve("checkpoints/demo"), name);
  }

  /** Makes a model of the published size: D 128, 4 layers, 127 engagements, 64 candidates. */
  Path published(String name) throws IOException {
    Path copy = copy(home().resolve("checkpoints/src/test/resources/golden/pipeline"), name);
    Files.delete(copy.resolve("corpus_object_topics.npz"));
    return copy;
  }

  private Path copy(Path from, String name) throws IOException {
    Path to = path(name);
    TemporaryFolder.delete(to);
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
    return to;
  }

  /** Starts a server on free ports. */
  ServerProcess server(String name, Path artifacts, String... options) throws IOException {
    List<String> all = new ArrayList<>(List.of("--artifacts", artifacts.toString()));
    all.addAll(List.of(options));
    return server(name, ports(), all);
  }

  ServerProcess server(String name, ServerProcess.Ports ports, List<String> options)
      throws IOException {
    ServerProcess server = ServerProcess.start(path(name + ".log"), ports, options);
    servers.add(server);
    return server;
  }

  /** Three free ports. */
  static ServerProcess.Ports ports() throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket grpc = new ServerSocket(0, 1, loopback);
        ServerSocket http = new ServerSocket(0, 1, loopback);
        ServerSocket admin = new ServerSocket(0, 1, loopback)) {
      return new ServerProcess.Ports(
          grpc.getLocalPort(), http.getLocalPort(), admin.getLocalPort());
    }
  }

  @Override
  public void close() {
    servers.forEach(ServerProcess::close);
    TemporaryFolder.delete(folder);
  }
}
