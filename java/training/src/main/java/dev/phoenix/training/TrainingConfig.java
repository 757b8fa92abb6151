package dev.phoenix.training;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.ops.ContinuousLoss;
import java.util.Collections;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * All settings of a training besides its batches and its seed.
 *
 * @param model the model, which needs a vocabulary and hash parameters
 * @param dense the optimiser of the dense parameters
 * @param embeddings the optimiser of the embedding rows
 * @param schedule a factor of both learning rates
 * @param clipNorm the largest joint norm of all gradients; infinite for no clipping
 * @param dropout the fraction of elements dropped from tokens and from the outputs of attention and
 *     feed-forward blocks, in [0, 1)
 * @param initial the initial parameters
 * @param retrieval the loss of the two towers
 * @param ranker the loss of the ranker
 */
public record TrainingConfig(
    ModelConfig model,
    AdamW dense,
    RowwiseAdagrad embeddings,
    Schedule schedule,
    double clipNorm,
    double dropout,
    Initial initial,
    RetrievalLoss retrieval,
    RankerLoss ranker) {
  /** Valid clip norms. */
  public static final NumberRange CLIP_NORMS = NumberRange.above(0, Double.POSITIVE_INFINITY);

  /** Valid dropout rates. */
  public static final NumberRange DROPOUTS = NumberRange.below(0, 1);

  public TrainingConfig {
    CLIP_NORMS.require("clip norm", clipNorm);
    DROPOUTS.require("dropout", dropout);
  }

  /** The defaults for {@code model}. */
  public static TrainingConfig of(ModelConfig model) {
    return new TrainingConfig(
        model,
        AdamW.DEFAULT,
        RowwiseAdagrad.DEFAULT,
        Schedule.CONSTANT,
        Double.POSITIVE_INFINITY,
        0,
        Initial.DEFAULT,
        RetrievalLoss.DEFAULT,
        RankerLoss.DEFAULT);
  }

  /** These settings with other initial projections of the candidate tower. */
  public TrainingConfig withInitialTower(InitialTower tower) {
    Initial other =
        new Initial(
            initial.embeddings(), initial.branchScale(), initial.tables(), initial.posts(), tower);
    return new TrainingConfig(
        model, dense, embeddings, schedule, clipNorm, dropout, other, retrieval, ranker);
  }

  /** AdamW: decoupled weight decay, bias-corrected. Loshchilov and Hutter, arXiv 1711.05101. */
  public record AdamW(
      double learningRate, double beta1, double beta2, double epsilon, double weightDecay) {
    /** Valid learning rates; 0 disables updates. A step changes a parameter by about its rate. */
    public static final NumberRange LEARNING_RATES = NumberRange.of(0, 1);

    /** Valid decay rates of the moments. */
    public static final NumberRange BETAS = NumberRange.below(0, 1);

    /** Valid constants added to the root of the second moment. */
    public static final NumberRange EPSILONS = NumberRange.above(0, 1);

    /** Valid weight decays: a step subtracts learning rate · decay · parameter. */
    public static final NumberRange WEIGHT_DECAYS = NumberRange.of(0, 10);

    /** The usual constants. */
    public static final AdamW DEFAULT = new AdamW(1e-3, 0.9, 0.999, 1e-8, 1e-4);

    public AdamW {
      LEARNING_RATES.require("learning rate", learningRate);
      BETAS.require("beta1", beta1);
      BETAS.require("beta2", beta2);
      EPSILONS.require("epsilon", epsilon);
      WEIGHT_DECAYS.require("weight decay", weightDecay);
    }
  }

  /**
   * AdaGrad with one accumulator per row: acc += mean(g^2), row -= lr g / (sqrt(acc) + epsilon).
   */
  public record RowwiseAdagrad(double learningRate, double epsilon, double initialAccumulator) {
    /** Valid learning rates; 0 disables updates. The first step changes a row by about its rate. */
    public static final NumberRange LEARNING_RATES = NumberRange.of(0, 10);

    /** Valid constants added to the root of the accumulator. */
    public static final NumberRange EPSILONS = NumberRange.above(0, 1);

    /** Valid initial values of accumulators. */
    public static final NumberRange ACCUMULATORS = NumberRange.of(0, 1000);

    /** The usual constants. */
    public static final RowwiseAdagrad DEFAULT = new RowwiseAdagrad(0.05, 1e-10, 0);

    public RowwiseAdagrad {
      LEARNING_RATES.require("embedding learning rate", learningRate);
      EPSILONS.require("embedding epsilon", epsilon);
      ACCUMULATORS.require("initial accumulator", initialAccumulator);
    }
  }

  /**
   * A linear warm-up, then a decay.
   *
   * @param warmupSteps steps in which the factor rises from 0 to 1
   * @param totalSteps the step at which the factor reaches {@code finalFactor}; not read if the
   *     decay is {@code CONSTANT}
   * @param finalFactor the factor at the end of the decay
   * @param decay how the factor falls after the warm-up
   */
  public record Schedule(long warmupSteps, long totalSteps, double finalFactor, Decay decay) {
    /** Valid numbers of steps. */
    public static final NumberRange STEPS = NumberRange.of(0, 1L << 50);

    /** Valid factors at the end of the decay. */
    public static final NumberRange FINAL_FACTORS = NumberRange.of(0, 1);

    /** The constant factor 1. */
    public static final Schedule CONSTANT = new Schedule(0, 0, 1, Decay.CONSTANT);

    public Schedule {
      STEPS.require("warm-up steps", warmupSteps);
      STEPS.require("total steps", totalSteps);
      FINAL_FACTORS.require("final factor", finalFactor);
    }

    /** The factor at step {@code step}, counted from 0. */
    public double factor(long step) {
      if (step < warmupSteps) {
        return (step + 1.0) / warmupSteps;
      }
      if (totalSteps <= warmupSteps) {
        return 1;
      }
      double done = Math.min(1, (double) (step - warmupSteps) / (totalSteps - warmupSteps));
      double left =
          switch (decay) {
            case CONSTANT -> 1;
            case COSINE -> 0.5 * (1 + Math.cos(Math.PI * done));
            case LINEAR -> 1 - done;
          };
      return finalFactor + (1 - finalFactor) * left;
    }
  }

  /** How the learning rates fall after the warm-up. */
  public enum Decay {
    /** No decay. */
    CONSTANT,
    /** Half a period of a cosine. Loshchilov and Hutter, arXiv 1608.03983. */
    COSINE,
    /** Linear decay. */
    LINEAR;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The initial parameters. Matrices are normal with standard deviation 1 / sqrt(in); scales of
   * norms are 1 except after blocks.
   *
   * @param embeddings the standard deviation of embedding rows
   * @param branchScale the scales of the norms after attention and feed-forward blocks; below 1,
   *     the outputs of a new model are close to its tokens
   * @param tables the standard deviation of the small tables and of the action projection. They add
   *     the same to many tokens, so they should not start larger than the differences between posts
   * @param posts the initial projections of post and author rows to tokens
   * @param tower the initial projections of the candidate tower, if it has them
   */
  public record Initial(
      double embeddings,
      double branchScale,
      double tables,
      InitialPosts posts,
      InitialTower tower) {
    /** Valid standard deviations and scales. */
    public static final NumberRange DEVIATIONS = NumberRange.of(0, 100);

    /**
     * Rows of about unit length, small outputs of blocks, and tokens and candidates that start as
     * the sum of their rows.
     */
    public static final Initial DEFAULT =
        new Initial(0.1, 0.1, 0.02, InitialPosts.SUM, InitialTower.IDENTITY);

    public Initial {
      DEVIATIONS.require("deviation of embedding rows", embeddings);
      DEVIATIONS.require("scale of branches", branchScale);
      DEVIATIONS.require("deviation of tables", tables);
    }
  }

  /** The initial projections of post and author rows to tokens. */
  public enum InitialPosts {
    /** Normal, as all matrices. */
    RANDOM,
    /** A stack of identities: a token is the sum of its rows, as in the candidate tower's mean. */
    SUM
  }

  /** The initial projections of the candidate tower. */
  public enum InitialTower {
    /** Normal, as all matrices. */
    RANDOM,
    /**
     * [I | -I] for every row of a post, then [I ; -I]. Because silu(x) - silu(-x) = x, the tower
     * starts as the sum of the post's rows at unit length.
     */
    IDENTITY;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The sampled softmax loss of the two towers.
   *
   * @param logTemperature the initial log temperature
   * @param options what the loss does besides
   * @param globalNegatives sampled global negatives per user, for the code that makes batches
   */
  public record RetrievalLoss(double logTemperature, Set<Option> options, int globalNegatives) {
    /** What a loss may do. */
    public enum Option {
      /** Train the log temperature. */
      LEARN_TEMPERATURE,
      /** Correct each candidate's score by log(1 / its count in the batch). */
      LOG_Q,
      /** Take candidates of other users as negatives. */
      IN_BATCH,
      /** Leave a negative out if it is the same post as a positive of the query. */
      EXCLUDE_SAME
    }

    /** Valid temperatures, by which cosines are divided before the softmax. */
    public static final NumberRange TEMPERATURES = NumberRange.of(0.001, 100);

    private static final NumberRange LOG_TEMPERATURES = NumberRange.of(-7, 5);

    /** Valid numbers of sampled negatives. */
    public static final NumberRange NEGATIVES = NumberRange.of(0, 1 << 20);

    /** The default loss. */
    public static final RetrievalLoss DEFAULT =
        new RetrievalLoss(Math.log(0.05), Set.of(Option.LEARN_TEMPERATURE, Option.IN_BATCH), 64);

    public RetrievalLoss {
      // In the order of the enum, so that equal losses have equal texts.
      options = Collections.unmodifiableSet(new TreeSet<>(options));
      LOG_TEMPERATURES.require("log temperature", logTemperature);
      NEGATIVES.require("global negatives", globalNegatives);
    }

    /** Whether the loss has an option. */
    public boolean has(Option option) {
      return options.contains(option);
    }
  }

  /**
   * The ranker's continuous loss.
   *
   * @param kind the loss function
   * @param weight its weight beside the cross-entropy
   */
  public record RankerLoss(ContinuousLoss kind, double weight) {
    /** Valid weights, relative to the cross-entropy. */
    public static final NumberRange WEIGHTS = NumberRange.of(0, 1000);

    /** The default loss. */
    public static final RankerLoss DEFAULT = new RankerLoss(ContinuousLoss.MAE, 0);

    public RankerLoss {
      WEIGHTS.require("continuous loss weight", weight);
    }
  }
}
