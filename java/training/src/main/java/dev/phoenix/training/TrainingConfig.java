package dev.phoenix.training;

import dev.phoenix.checkpoint.ModelConfig;

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
  public TrainingConfig {
    if (!(clipNorm > 0)) {
      throw new IllegalArgumentException("clip norm: expected above 0, found " + clipNorm);
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("dropout: expected in [0, 1), found " + dropout);
    }
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

  /** AdamW: decoupled weight decay, bias-corrected. Loshchilov and Hutter, arXiv 1711.05101. */
  public record AdamW(
      double learningRate, double beta1, double beta2, double epsilon, double weightDecay) {
    /** The usual constants. */
    public static final AdamW DEFAULT = new AdamW(1e-3, 0.9, 0.999, 1e-8, 1e-4);
  }

  /** AdaGrad with one accumulator a row: acc += mean(g^2), row -= lr g / (sqrt(acc) + epsilon). */
  public record RowwiseAdagrad(double learningRate, double epsilon, double initialAccumulator) {
    /** The usual constants. */
    public static final RowwiseAdagrad DEFAULT = new RowwiseAdagrad(0.05, 1e-10, 0);
  }

  /**
   * Linear warm-up, then half a cosine.
   *
   * @param warmupSteps steps in which the factor rises from 0 to 1
   * @param totalSteps the step from which on the factor is {@code finalFactor}; 0 for a factor that
   *     stays 1
   * @param finalFactor the factor at the end
   */
  public record Schedule(long warmupSteps, long totalSteps, double finalFactor) {
    /** Always 1. */
    public static final Schedule CONSTANT = new Schedule(0, 0, 1);

    /** The factor at step {@code step}, counted from 0. */
    public double factor(long step) {
      if (step < warmupSteps) {
        return (step + 1.0) / warmupSteps;
      }
      if (totalSteps <= warmupSteps) {
        return 1;
      }
      double done = Math.min(1, (double) (step - warmupSteps) / (totalSteps - warmupSteps));
      return finalFactor + (1 - finalFactor) * 0.5 * (1 + Math.cos(Math.PI * done));
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
   */
  public record Initial(double embeddings, double branchScale, double tables, InitialPosts posts) {
    /** Rows of about unit length, quiet blocks, tokens that are their posts. */
    public static final Initial DEFAULT = new Initial(0.1, 0.1, 0.02, InitialPosts.SUM);
  }

  /** What the projections of post and author rows to tokens begin as. */
  public enum InitialPosts {
    /** Normal, as all matrices. */
    RANDOM,
    /** A stack of identities: a token is the sum of its rows, as in the candidate tower's mean. */
    SUM
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
    /** What the specification says. */
    public static final RetrievalLoss DEFAULT =
        new RetrievalLoss(Math.log(0.05), true, false, true, false, 64);
  }

  /**
   * The ranker's continuous loss.
   *
   * @param kind which
   * @param weight its weight beside the cross-entropy
   */
  public record RankerLoss(ContinuousLoss kind, double weight) {
    /** What the specification says. */
    public static final RankerLoss DEFAULT = new RankerLoss(ContinuousLoss.MAE, 0);
  }
}
