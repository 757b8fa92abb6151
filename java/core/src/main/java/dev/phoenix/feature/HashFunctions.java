package dev.phoenix.feature;

import dev.phoenix.checkpoint.HashConfig;
import dev.phoenix.checkpoint.HashParameters;
import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.checkpoint.Vocabulary;

/**
 * The hash functions of one model, which map a 64-bit id to rows of its combined embedding table.
 * Multiplication and addition wrap at 64 bits. Source: docs/model.md#2-hashing.
 */
public final class HashFunctions {
  private final HashConfig hashes;
  private final Vocabulary vocabulary;

  private HashFunctions(HashConfig hashes, Vocabulary vocabulary) {
    this.hashes = hashes;
    this.vocabulary = vocabulary;
  }

  /**
   * The functions of the model that {@code config} describes.
   *
   * @throws IllegalArgumentException if it names no hash parameters or vocabulary sizes
   */
  public static HashFunctions create(ModelConfig config) {
    HashConfig hashes =
        config
            .hashing()
            .constants()
            .orElseThrow(
                () -> new IllegalArgumentException("the configuration has no hash_params"));
    Vocabulary vocabulary =
        config
            .vocabulary()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the configuration has no user_vocab_size, item_vocab_size and"
                            + " author_vocab_size"));
    return new HashFunctions(hashes, vocabulary);
  }

  /** The row of a user's hash {@code j}; 0 for id 0. */
  public long userRow(long id, int j) {
    return row(hashes.user(), id, j, vocabulary.user(), vocabulary.userStart());
  }

  /** The row of a post's hash {@code j}; 0 for id 0. */
  public long itemRow(long id, int j) {
    return row(hashes.item(), id, j, vocabulary.item(), vocabulary.itemStart());
  }

  /** The row of an author's hash {@code j}; 0 for id 0. */
  public long authorRow(long id, int j) {
    return row(hashes.author(), id, j, vocabulary.author(), vocabulary.authorStart());
  }

  /** Whether the model has hash constants and table rows for IP ids. */
  public boolean hasIps() {
    return hashes.ip().isPresent() && vocabulary.ip() > 1;
  }

  /**
   * The row of an IP id's hash {@code j}; 0 for id 0.
   *
   * @throws IllegalStateException if the model {@linkplain #hasIps has none}
   */
  public long ipRow(long id, int j) {
    HashParameters ip =
        hashes.ip().orElseThrow(() -> new IllegalStateException("the model hashes no IP ids"));
    return row(ip, id, j, vocabulary.ip(), vocabulary.ipStart());
  }

  private static long row(HashParameters hash, long id, int j, int vocabulary, long start) {
    if (id == 0) {
      return 0;
    }
    long raw = Math.floorMod(id * hash.scale(j) + hash.bias(j), hash.modulus());
    return start + raw % (vocabulary - 1) + 1;
  }
}
