package dev.phoenix.checkpoint;

import java.util.Optional;

/**
 * Hash constants of each kind of id.
 *
 * @param user constants of user ids
 * @param item constants of post ids
 * @param author constants of author ids
 * @param ip constants of IP ids; empty if the model does not use them
 */
public record HashConfig(
    HashParameters user, HashParameters item, HashParameters author, Optional<HashParameters> ip) {
  /** Constants of a model without IP ids. */
  public HashConfig(HashParameters user, HashParameters item, HashParameters author) {
    this(user, item, author, Optional.empty());
  }
}
