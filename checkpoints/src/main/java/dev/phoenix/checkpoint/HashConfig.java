package dev.phoenix.checkpoint;

import java.util.Optional;

/**
 * Hash constants of the kinds of ids, each for as many hashes as its kind has.
 *
 * @param user of users
 * @param item of posts
 * @param author of authors
 * @param ip of IP ids; empty where the model looks none up
 */
public record HashConfig(
    HashParameters user, HashParameters item, HashParameters author, Optional<HashParameters> ip) {
  /** Constants of a model that looks up no IP ids. */
  public HashConfig(HashParameters user, HashParameters item, HashParameters author) {
    this(user, item, author, Optional.empty());
  }
}
