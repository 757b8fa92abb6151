package dev.phoenix.training.run;

import dev.phoenix.training.NumberRange;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * What may be chosen of a model beside its size. What is left empty follows from the size, the
 * model or the data.
 *
 * @param attention heads of keys and values, and their size
 * @param hashes how many hash functions each kind of id has
 * @param dwell how dwell times become features
 * @param wideningFactor width of the feed-forward layers by that of the model, before the
 *     two-thirds rule
 * @param anchor where positions are counted from; for the two towers the left by default, for the
 *     ranker the right
 */
public record Architecture(
    Attention attention,
    HashCounts hashes,
    DwellScale dwell,
    double wideningFactor,
    Optional<PositionAnchor> anchor) {
  /** Factors of the feed-forward layers' width. */
  public static final NumberRange WIDENING_FACTORS = NumberRange.above(0, 64);

  /** What is published. */
  public static final Architecture DEFAULT =
      new Architecture(
          Attention.DEFAULT, HashCounts.DEFAULT, DwellScale.DEFAULT, 2, Optional.empty());

  public Architecture {
    WIDENING_FACTORS.require("widening factor", wideningFactor);
  }

  /** Where the positions of a sequence are counted from. */
  public enum PositionAnchor {
    /** From the user's token on. */
    LEFT,
    /** Back from the end of the history. */
    RIGHT;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The attention of every layer.
   *
   * @param keyValueHeads G, which divides the H query heads; empty for H
   * @param keySize K, even; empty for D / H
   * @param outputMultiplier factor of the logits; empty for 1 / sqrt(K)
   */
  public record Attention(
      OptionalInt keyValueHeads, OptionalInt keySize, OptionalDouble outputMultiplier) {
    /** As many heads of keys as of queries, which divide D. */
    public static final Attention DEFAULT =
        new Attention(OptionalInt.empty(), OptionalInt.empty(), OptionalDouble.empty());

    /** K. */
    public static final NumberRange KEY_SIZES = NumberRange.of(2, 1 << 10);

    /** Factors of the logits. */
    public static final NumberRange MULTIPLIERS = NumberRange.above(0, 1000);

    public Attention {
      keyValueHeads.ifPresent(heads -> ModelSize.COUNTS.require("key/value heads", heads));
      keySize.ifPresent(size -> requireKeySize("key size", size));
      outputMultiplier.ifPresent(factor -> MULTIPLIERS.require("attention multiplier", factor));
    }

    /** Refuses a key size that is out of range or odd. */
    public static void requireKeySize(String name, int size) {
      KEY_SIZES.require(name, size);
      if (size % 2 != 0) {
        throw new IllegalArgumentException(
            "%s: expected an even number, for rotary positions turn pairs, found %d"
                .formatted(name, size));
      }
    }

    /** Refuses key/value heads that do not divide the query heads. */
    public static void requireKeyValueHeads(String name, int queryHeads, int heads) {
      ModelSize.COUNTS.require(name, heads);
      if (queryHeads % heads != 0) {
        throw new IllegalArgumentException(
            "%s: expected a divisor of the %d query heads, found %d"
                .formatted(name, queryHeads, heads));
      }
    }
  }

  /**
   * Hash functions of each kind of id. Empty for what suits the ids; see {@link ModelPlan}.
   *
   * @param users U
   * @param items I
   * @param authors W
   */
  public record HashCounts(OptionalInt users, OptionalInt items, OptionalInt authors) {
    /** What suits the ids. */
    public static final HashCounts DEFAULT =
        new HashCounts(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty());

    /** Hash functions of a kind of id. */
    public static final NumberRange COUNTS = NumberRange.of(1, 64);

    public HashCounts {
      users.ifPresent(count -> COUNTS.require("user hashes", count));
      items.ifPresent(count -> COUNTS.require("item hashes", count));
      authors.ifPresent(count -> COUNTS.require("author hashes", count));
    }
  }

  /**
   * How dwell times become features and targets.
   *
   * @param normScale seconds at which they are clipped
   * @param kind how they are scaled
   */
  public record DwellScale(double normScale, Kind kind) {
    /** Seconds at which dwell times are clipped. */
    public static final NumberRange NORM_SCALES = NumberRange.above(0, 1e9);

    /** Up to 30 seconds, linearly. */
    public static final DwellScale DEFAULT = new DwellScale(30, Kind.LINEAR);

    /** How dwell times are scaled to [0, 1]. */
    public enum Kind {
      /** By their share of the largest. */
      LINEAR,
      /** By the logarithm of one more. */
      LOG
    }

    public DwellScale {
      NORM_SCALES.require("norm scale", normScale);
    }
  }

  /** Refuses a size that these choices do not fit. */
  void requireFits(ModelSize size) {
    if (attention.keySize().isEmpty()) {
      ModelSize.requireHeads("heads", size.dimension(), size.heads());
    }
    attention
        .keyValueHeads()
        .ifPresent(heads -> Attention.requireKeyValueHeads("key/value heads", size.heads(), heads));
  }
}
