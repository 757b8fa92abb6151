package dev.phoenix.ops;

/** A {@link LossSum} in the host's memory. */
public final class HostLossSum implements LossSum {
  private double loss;
  private double slope;

  /** Creates a sum of zero. */
  public HostLossSum() {}

  /** Casts {@code sum}, or throws if it is of another kind. */
  public static HostLossSum of(LossSum sum) {
    if (sum instanceof HostLossSum host) {
      return host;
    }
    throw new IllegalArgumentException("this sum of losses is not in the host's memory");
  }

  /** Adds a loss. */
  public void addLoss(double value) {
    loss += value;
  }

  /** Adds a gradient by the log temperature. */
  public void addSlope(double value) {
    slope += value;
  }

  @Override
  public void clear() {
    loss = 0;
    slope = 0;
  }

  @Override
  public double loss() {
    return loss;
  }

  @Override
  public double slope() {
    return slope;
  }

  /** Adds the slope to the gradient of {@code logTemperature}. */
  public void addSlopeTo(Trainable logTemperature) {
    float before = logTemperature.gradient().toArray()[0];
    logTemperature.gradient().set(new float[] {before + (float) slope});
  }

  /** 1 / temperature. */
  public static double inverse(Trainable logTemperature) {
    return Math.exp(-logTemperature.value().toArray()[0]);
  }
}
