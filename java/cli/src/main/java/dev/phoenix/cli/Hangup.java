package dev.phoenix.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * Runs something at every SIGHUP. The JDK's class for signals is in a module that every JDK has,
 * but the compiler warns of its name, so it is used by reflection.
 */
final class Hangup {
  private static final String PACKAGE = "sun.misc.";

  private Hangup() {}

  /**
   * Runs {@code action} at every SIGHUP from now on, on a thread of its own.
   *
   * @return false where signals cannot be handled, as with the JVM's option -Xrs
   */
  @SuppressWarnings("ReferenceEquality") // A proxy is equal to itself alone.
  static boolean handle(Runnable action) {
    try {
      Class<?> signal = Class.forName(PACKAGE + "Signal");
      Class<?> handler = Class.forName(PACKAGE + "SignalHandler");
      Object runs =
          Proxy.newProxyInstance(
              Hangup.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "handle" -> {
                      action.run();
                      yield null;
                    }
                    case "equals" -> arguments != null && proxy == arguments[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    default -> method.getName();
                  });
      Object hangup = signal.getConstructor(String.class).newInstance("HUP");
      signal.getMethod("handle", signal, handler).invoke(null, hangup, runs);
      return true;
    } catch (InvocationTargetException refused) {
      if (refused.getCause() instanceof IllegalArgumentException) {
        return false;
      }
      throw new IllegalStateException("SIGHUP cannot be handled", refused);
    } catch (ReflectiveOperationException changed) {
      throw new IllegalStateException("SIGHUP cannot be handled", changed);
    }
  }
}
