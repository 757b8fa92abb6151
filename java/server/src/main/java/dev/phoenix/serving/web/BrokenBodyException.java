package dev.phoenix.serving.web;

import java.io.IOException;

/** Thrown when a body cannot be read to its end. Its message is for the caller. */
public final class BrokenBodyException extends IOException {
  private static final long serialVersionUID = 1;

  BrokenBodyException(String message) {
    super(message);
  }
}
