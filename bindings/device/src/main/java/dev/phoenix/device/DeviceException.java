package dev.phoenix.device;

/** A call that the device refused: which call, the symbolic error, and what to try. */
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

  /** As the other constructor, with what lies underneath. */
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
