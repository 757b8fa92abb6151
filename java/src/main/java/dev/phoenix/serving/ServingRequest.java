package dev.phoenix.serving;

/**
 * One request.
 *
 * @param user whose history
 * @param task what is asked for
 * @param deadlineNanos when the caller stops waiting, on the clock of {@link System#nanoTime}
 */
public record ServingRequest(UserHistory user, Task task, long deadlineNanos) {
  /** The request of a user of whose history less is known. */
  ServingRequest of(UserHistory other) {
    return new ServingRequest(other, task, deadlineNanos);
  }
}
