package dev.phoenix.device;

/** A failed device call: the call, its symbolic error, and a hint for the reader. */
public class DeviceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String call;
  private final String error;
  private final String hint;

  /**
   * @param call the call that failed, e.g. {@code cuMemAlloc(4096)}
   * @param error the symbolic error, e.g. {@code CUDA_ERROR_OUT_OF_MEMORY}
   * @param hint what the reader can do about it; may span lines
   */
  public DeviceException(String call, String error, String hint) {
    super(message(call, error, hint));
    this.call = call;
    this.error = error;
    this.hint = hint;
  }

  /** Creates an exception with a cause. */
  public DeviceException(String call, String error, String hint, Throwable cause) {
    super(message(call, error, hint), cause);
    this.call = call;
    this.error = error;
    this.hint = hint;
  }

  private static String message(String call, String error, String hint) {
    return call + " failed: " + error + ". " + hint;
  }

  /** The call that failed. */
  public final String call() {
    return call;
  }

  /** The symbolic error. */
  public final String error() {
    return error;
  }

  /** What the reader can do about it. */
  public final String hint() {
    return hint;
  }
}
