package dev.phoenix.serving.tls;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The certificate and key of a server, which change when their files do: new connections have the
 * new ones, and open connections go on. Files that cannot be used are logged, and the certificate
 * before stays.
 */
public final class TlsIdentity implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(TlsIdentity.class.getName());
  private static final Duration GLANCE = Duration.ofSeconds(10);
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration SOON = Duration.ofDays(14);

  private final TlsFiles files;
  private final InstantSource clock;
  private volatile Credentials current;
  private String complaint = "";
  private Instant warned = Instant.MIN;
  private @Nullable Thread watcher;

  private TlsIdentity(TlsFiles files, InstantSource clock) {
    this.files = files;
    this.clock = clock;
    this.current = Credentials.read(files, clock.instant());
  }

  /**
   * Reads and checks files.
   *
   * @throws IllegalArgumentException in one line, if a file cannot be read, the key is not the
   *     certificate's, or a certificate is not valid now
   */
  public static TlsIdentity read(TlsFiles files, InstantSource clock) {
    return new TlsIdentity(files, clock);
  }

  /** Looks at the files every ten seconds from now on. */
  public TlsIdentity watch() {
    watcher = Thread.ofVirtual().name("tls files").start(this::run);
    return this;
  }

  private void run() {
    try {
      while (true) {
        look();
        Thread.sleep(GLANCE);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  /** Reads the files again, and warns once a day of a certificate that expires soon. */
  public void look() {
    Instant now = clock.instant();
    try {
      Credentials found = Credentials.read(files, now);
      if (!found.sameAs(current)) {
        LOG.log(
            Level.INFO,
            "a new TLS certificate serves; it expires in {0} days",
            found.left(now).toDays());
      }
      current = found;
      complaint = "";
    } catch (IllegalArgumentException unusable) {
      String text = String.valueOf(unusable.getMessage());
      if (!text.equals(complaint)) {
        complaint = text;
        LOG.log(Level.WARNING, "the TLS certificate before serves on: {0}", text);
      }
    }
    warn(now);
  }

  private void warn(Instant now) {
    Duration left = current.left(now);
    if (left.compareTo(SOON) < 0
        && (warned.equals(Instant.MIN) || !now.isBefore(warned.plus(DAY)))) {
      warned = now;
      LOG.log(
          Level.WARNING,
          left.isNegative()
              ? "the TLS certificate has expired: clients refuse it"
              : "the TLS certificate expires in {0} days",
          left.toDays());
    }
  }

  /** Gives handshakes the current key and certificate. */
  public X509ExtendedKeyManager keyManager() {
    return new CurrentKey(() -> current);
  }

  /** Checks clients' certificates; empty where clients need none. */
  public Optional<X509ExtendedTrustManager> clients() {
    return files.clientAuthorities() == null
        ? Optional.empty()
        : Optional.of(new CurrentClients(() -> Objects.requireNonNull(current.clients())));
  }

  /** Days until the certificate expires; negative afterwards. */
  public double daysLeft() {
    return current.left(clock.instant()).toMillis() / (double) DAY.toMillis();
  }

  @Override
  public void close() {
    Thread running = watcher;
    if (running != null) {
      running.interrupt();
    }
  }
}
