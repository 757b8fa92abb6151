package dev.phoenix.training;

import dev.phoenix.checkpoint.ModelConfig;
import java.util.Locale;

/**
 * Everything that decides a training run besides its batches and its seed.
 *
 * @param model the model; with a vocabulary and hash parameters, which inference reads
 * @param dense the optimiser of the dense parameters
 * @param embeddings the optimiser of the embedding rows
 * @param schedule a factor of both learning rates
 * @param clipNorm the largest norm of all gradients together; infinite for no clipping
 * @param dropout the share of elements dropped from tokens and from the outputs of attention and
 *     feed-forward blocks, in [0, 1)
 * @param initial where the parameters begin
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
  /** Largest norms of all gradients together. */
  public static final NumberRange CLIP_NORMS = NumberRange.above(0, Double.POSITIVE_INFINITY);

  /** Shares of elements dropped. */
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

  /** The same with other values for the candidate tower's projections to begin as. */
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
    /** Learning rates; 0 moves nothing. A step moves a parameter by about its rate. */
    public static final NumberRange LEARNING_RATES = NumberRange.of(0, 1);

    /** Shares of the former moments that a step keeps. */
    public static final NumberRange BETAS = NumberRange.below(0, 1);

    /** What is added to the root of the second moment. */
    public static final NumberRange EPSILONS = NumberRange.above(0, 1);

    /** Weight decays: a step takes the learning rate times this share of a parameter away. */
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

  /** AdaGrad with one accumulator a row: acc += mean(g^2), row -= lr g / (sqrt(acc) + epsilon). */
  public record RowwiseAdagrad(double learningRate, double epsilon, double initialAccumulator) {
    /** Learning rates; 0 moves nothing. The first step moves a row by about its rate. */
    public static final NumberRange LEARNING_RATES = NumberRange.of(0, 10);

    /** What is added to the root of the accumulator. */
    public static final NumberRange EPSILONS = NumberRange.above(0, 1);

    /** Where a row's accumulator begins. */
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
   * @param totalSteps the step from which on the factor is {@code finalFactor}; not read where the
   *     decay is {@code CONSTANT}
   * @param finalFactor the factor at the end of the decay
   * @param decay how the factor falls after the warm-up
   */
  public record Schedule(long warmupSteps, long totalSteps, double finalFactor, Decay decay) {
    /** Numbers of steps. */
    public static final NumberRange STEPS = NumberRange.of(0, 1L << 50);

    /** Factors at the end of the decay. */
    public static final NumberRange FINAL_FACTORS = NumberRange.of(0, 1);

    /** Always 1. */
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
    /** They stay. */
    CONSTANT,
    /** Half a cosine. Loshchilov and Hutter, arXiv 1608.03983. */
    COSINE,
    /** A straight line. */
    LINEAR;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Where the parameters begin. Matrices are normal with deviation 1 / sqrt(in), norms' scales 1
   * but for those of the blocks' outputs.
   *
   * @param embeddings the deviation of embedding rows
   * @param branchScale the scales of the norms behind attention and feed-forward blocks: below 1, a
   *     new model is close to its tokens
   * @param tables the deviation of the small tables and of the action projection. They add the same
   *     to many tokens, so they must not begin larger than what tells posts apart
   * @param posts how a post's rows enter a token
   * @param tower what the candidate tower's projections begin as, where it has them
   */
  public record Initial(
      double embeddings,
      double branchScale,
      double tables,
      InitialPosts posts,
      InitialTower tower) {
    /** Deviations and scales. */
    public static final NumberRange DEVIATIONS = NumberRange.of(0, 100);

    /**
     * Rows of about unit length, quiet blocks, tokens and candidates that are the sum of their
     * rows.
     */
    public static final Initial DEFAULT =
        new Initial(0.1, 0.1, 0.02, InitialPosts.SUM, InitialTower.IDENTITY);

    public Initial {
      DEVIATIONS.require("deviation of embedding rows", embeddings);
      DEVIATIONS.require("scale of branches", branchScale);
      DEVIATIONS.require("deviation of tables", tables);
    }
  }

  /** What the projections of post and author rows to tokens begin as. */
  public enum InitialPosts {
    /** Normal, as all matrices. */
    RANDOM,
    /** A stack of identities: a token is the sum of its rows, as in the candidate tower's mean. */
    SUM
  }

  /** What the two projections of the candidate tower begin as. */
  public enum InitialTower {
    /** Normal, as all matrices. */
    RANDOM,
    /**
     * [I | -I] for every row of a post, then [I ; -I]. Because silu(x) - silu(-x) = x, the tower
     * begins as the sum of the post's rows at unit length.
     */
    IDENTITY;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The two towers' sampled softmax.
   *
   * @param logTemperature where the learned log temperature begins
   * @param learnTemperature whether it is learned
   * @param logQ whether each candidate's score is corrected by log(1 / its count in the batch)
   * @param inBatch whether candidates of other users are negatives
   * @param excludeSame whether a negative that is the same post as one of the query's positives is
   *     left out
   * @param globalNegatives sampled global negatives a user, for who makes the batches
   */
  public record RetrievalLoss(
      double logTemperature,
      boolean learnTemperature,
      boolean logQ,
      boolean inBatch,
      boolean excludeSame,
      int globalNegatives) {
    /** Temperatures: cosines are divided by them before the softmax. */
    public static final NumberRange TEMPERATURES = NumberRange.of(0.001, 100);

    private static final NumberRange LOG_TEMPERATURES = NumberRange.of(-7, 5);

    /** Numbers of sampled negatives. */
    public static final NumberRange NEGATIVES = NumberRange.of(0, 1 << 20);

    /** What the specification says. */
    public static final RetrievalLoss DEFAULT =
        new RetrievalLoss(Math.log(0.05), true, false, true, false, 64);

    public RetrievalLoss {
      LOG_TEMPERATURES.require("log temperature", logTemperature);
      NEGATIVES.require("global negatives", globalNegatives);
    }
  }

  /**
   * The ranker's continuous loss.
   *
   * @param kind which
   * @param weight its weight beside the cross-entropy
   */
  public record RankerLoss(ContinuousLoss kind, double weight) {
    /** Weights beside the cross-entropy. */
    public static final NumberRange WEIGHTS = NumberRange.of(0, 1000);

    /** What the specification says. */
    public static final RankerLoss DEFAULT = new RankerLoss(ContinuousLoss.MAE, 0);

    public RankerLoss {
      WEIGHTS.require("continuous loss weight", weight);
    }
  }
}
