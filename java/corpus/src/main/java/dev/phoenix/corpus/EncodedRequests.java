package dev.phoenix.corpus;

import java.util.ArrayList;
import java.util.List;

/**
 * Requests whose posts have vectors, and that are written together.
 *
 * @param requests the requests
 * @param changes their changes, request by request
 */
record EncodedRequests(List<ChangeRequest> requests, List<List<Change>> changes) {
  /** Encodes requests; one whose posts cannot be encoded fails and is left out. */
  static EncodedRequests of(List<ChangeRequest> requests, PostEncoder encoder) {
    List<ChangeRequest> encoded = new ArrayList<>();
    List<List<Change>> changes = new ArrayList<>();
    for (ChangeRequest request : requests) {
      try {
        changes.add(request.encoded(encoder));
        encoded.add(request);
      } catch (RuntimeException | Error refused) {
        request.done().completeExceptionally(refused);
      }
    }
    return new EncodedRequests(encoded, changes);
  }

  /** Completes every request with the number of its posts that existed before. */
  void complete(int[] before) {
    for (int i = 0; i < before.length; i++) {
      requests.get(i).done().complete(before[i]);
    }
  }

  /** Fails every request. */
  void fail(Throwable cause) {
    requests.forEach(request -> request.done().completeExceptionally(cause));
  }
}
