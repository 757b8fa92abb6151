package dev.phoenix.training.run;

import dev.phoenix.training.Trainer;
import java.nio.file.Files;
import java.util.SequencedMap;

/** Whether a training begins anew or goes on. */
public enum Start {
  /** From random parameters, whatever there is. */
  NEW,
  /** From the checkpoint, if there is one. */
  RESUME;

  /**
   * Tells {@code progress} what a resumed training changes.
   *
   * @throws IllegalArgumentException where it changes what must stay
   */
  void report(RunFolder folder, RunSettings settings, Progress progress) {
    if (!resumes(folder)) {
      return;
    }
    SequencedMap<String, String> former = Trainer.notes(folder.checkpoint());
    if (!former.isEmpty()) {
      String changes = settings.changesFrom(former, folder.checkpoint().toString());
      if (!changes.isEmpty()) {
        progress.resumed("continues with " + changes);
      }
    }
  }

  boolean resumes(RunFolder folder) {
    return this == RESUME && Files.isRegularFile(folder.checkpoint());
  }
}
