package dev.phoenix.ptx;

import dev.phoenix.device.DeviceException;

/** PTX that is invalid or not supported. The message has the line and the reason. */
public final class PtxException extends DeviceException {
  private static final long serialVersionUID = 1L;

  private final String module;
  private final int line;

  /**
   * @param module the name the module was loaded under
   * @param line line of the PTX text, from 1
   * @param what description of the error
   */
  public PtxException(String module, int line, String what) {
    super("loadModule(" + module + ")", "INVALID_PTX", module + ":" + line + ": " + what);
    this.module = module;
    this.line = line;
  }

  /** The name the module was loaded under. */
  public String module() {
    return module;
  }

  /** Line of the PTX text, from 1. */
  public int line() {
    return line;
  }
}
