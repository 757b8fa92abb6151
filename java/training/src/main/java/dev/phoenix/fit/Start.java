package dev.phoenix.fit;

import java.nio.file.Files;

/** Whether a training begins anew or goes on. */
public enum Start {
  /** From random parameters, whatever there is. */
  NEW,
  /** From the checkpoint, if there is one. */
  RESUME;

  boolean resumes(RunFolder folder) {
    return this == RESUME && Files.isRegularFile(folder.checkpoint());
  }
}
