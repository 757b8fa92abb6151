package dev.phoenix.serving;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceException;
import dev.phoenix.device.Matmul;
import dev.phoenix.device.Stream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;

/** A device whose streams fail from a chosen moment on, as those of a lost GPU do. */
final class LosableDevice {
  /** What a lost device still does: it frees what it has. */
  private static final Set<String> HARMLESS = Set.of("close", "hashCode", "equals", "toString");

  private final Device device;
  private volatile String error = "";

  /** Wraps {@code actual} and takes ownership of it. */
  LosableDevice(Device actual) {
    this.device =
        proxy(
            Device.class,
            (_, method, arguments) -> {
              Object made = invoke(actual, method, arguments);
              if (made instanceof Stream stream) {
                return wrap(stream);
              }
              return made instanceof Matmul product ? wrap(product) : made;
            });
  }

  /** The device to compute on. */
  Device device() {
    return device;
  }

  /** Makes every call of a stream fail with {@code cudaError} from now on; empty for none. */
  void fail(String cudaError) {
    error = cudaError;
  }

  /** A stream, and what it really is. */
  private interface Wrapped extends Stream {
    Stream actual();
  }

  private Stream wrap(Stream stream) {
    return proxy(
        Wrapped.class,
        (_, method, arguments) -> {
          if (method.getName().equals("actual")) {
            return stream;
          }
          if (!error.isEmpty() && !HARMLESS.contains(method.getName())) {
            throw new DeviceException(method.getName() + "()", error, "The device is lost.");
          }
          return invoke(stream, method, arguments);
        });
  }

  private Matmul wrap(Matmul product) {
    return proxy(
        Matmul.class,
        (_, method, arguments) -> {
          Object[] actual = arguments == null ? new Object[0] : arguments.clone();
          for (int i = 0; i < actual.length; i++) {
            actual[i] = actual[i] instanceof Wrapped wrapped ? wrapped.actual() : actual[i];
          }
          return invoke(product, method, actual);
        });
  }

  private static <T> T proxy(Class<T> type, java.lang.reflect.InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            LosableDevice.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException failed) {
      throw failed.getCause();
    }
  }
}
