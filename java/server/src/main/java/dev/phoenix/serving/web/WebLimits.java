package dev.phoenix.serving.web;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * The limits of a listener's connections.
 *
 * @param connections open connections at once
 * @param perAddress open connections at once of one address
 * @param head the time from the first byte of a request to the end of its head
 * @param idle the time that a connection may wait for its next request
 * @param body the time for a whole body, and for a caller to take a response
 * @param bytesPerSecond the least rate of a body after its first {@link #GRACE}
 */
public record WebLimits(
    int connections,
    int perAddress,
    Duration head,
    Duration idle,
    Duration body,
    int bytesPerSecond) {
  /** The time in which a body may come at any rate. */
  static final Duration GRACE = Duration.ofSeconds(5);

  /** The maximum number of connections where a limit is not given. */
  private static final int MAX_CONNECTIONS = 4096;

  /** The defaults of a server. */
  public static final WebLimits DEFAULT =
      new WebLimits(
          0, 0, Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(60), 1024);

  /**
   * Replaces a limit of 0: by half of the file descriptors that the process may open, 4,096 at
   * most, and by half of the connections for one address.
   */
  public WebLimits {
    if (connections == 0) {
      connections = Math.clamp(descriptors() / 2, 16, MAX_CONNECTIONS);
    }
    if (perAddress == 0) {
      perAddress = Math.max(1, connections / 2);
    }
  }

  private static long descriptors() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : 2L * MAX_CONNECTIONS;
  }
}
