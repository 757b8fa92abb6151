package dev.phoenix.device.cuda;

import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;

/** Warns of JDKs with a known bug that corrupts memory pinned by JNI code. */
final class RuntimeCheck {
  private static final System.Logger LOG = System.getLogger(RuntimeCheck.class.getName());
  private static final AtomicBoolean WARNED = new AtomicBoolean();

  private RuntimeCheck() {}

  /** Warns, once per process. */
  static void warnOnce() {
    if (isAffected(Runtime.version()) && WARNED.compareAndSet(false, true)) {
      LOG.log(
          Level.WARNING,
          "JDK {0} has JDK-8377811: G1 may move arrays that native code has pinned; update to"
              + " 25.0.3 or later",
          Runtime.version());
    }
  }

  static boolean isAffected(Runtime.Version version) {
    return version.feature() == 25 && version.interim() == 0 && version.update() < 3;
  }
}
