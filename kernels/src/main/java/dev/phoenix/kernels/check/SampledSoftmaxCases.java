package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.SampledSoftmaxKernel;
import dev.phoenix.kernels.reference.SampledSoftmaxReference;
import dev.phoenix.kernels.reference.SampledSoftmaxReference.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Cases of {@code sampled_softmax}. */
public final class SampledSoftmaxCases {
  private SampledSoftmaxCases() {}

  static List<KernelCase> all() {
    return List.of(
        of(1, 7, -0.5f), of(5, 33, 0.25f), of(4, 300, -3), of(3, 600, -2.5f), of(2, 64, -9));
  }

  /**
   * Random dot products of {@code users} and as many candidates as there are columns: a user's
   * candidates are positives, hard negatives and others in turn; a fifth of the candidates are
   * global negatives. The last user has no positive, where there are two or more.
   */
  public static KernelCase of(int users, int columns, float logTemperature) {
    return KernelCase.of(
        "sampled_softmax",
        "%d x %d at temperature e^%s".formatted(users, columns, logTemperature),
        (bench, numbers) -> {
          float[] dots = new float[users * columns];
          float[] drawn = numbers.uniform(dots.length);
          for (int i = 0; i < dots.length; i++) {
            dots[i] = 2 * drawn[i] - 1;
          }
          int[] owners = new int[columns];
          Role[] roles = new Role[columns];
          for (int c = 0; c < columns; c++) {
            owners[c] = c % 5 == 4 ? SampledSoftmaxReference.NOBODY : c % users;
            boolean none = users > 1 && owners[c] == users - 1;
            roles[c] = none ? Role.OTHER : List.of(Role.values()).get(c / users % 3);
          }
          float[] corrections = numbers.normal(columns, 1);
          Batch batch = new Batch(dots, owners, roles, corrections, users);
          return prepare(bench, batch, logTemperature);
        });
  }

  private record Batch(float[] dots, int[] owners, Role[] roles, float[] corrections, int users) {
    int columns() {
      return owners.length;
    }

    /** 1 / number of the user's positives. */
    float weight(int user) {
      int count = 0;
      for (int c = 0; c < owners.length; c++) {
        count += isPositive(c, user) ? 1 : 0;
      }
      return 1f / Math.max(1, count);
    }

    int positives() {
      return (int)
          IntStream.range(0, owners.length)
              .filter(c -> owners[c] != SampledSoftmaxReference.NOBODY)
              .filter(c -> roles[c] == Role.POSITIVE)
              .count();
    }

    boolean isPositive(int candidate, int user) {
      return owners[candidate] == user && roles[candidate] == Role.POSITIVE;
    }
  }

  /** Builds the kernel's lists of all users, after one unused query. */
  private static final class Lists {
    private final List<Integer> columns = new ArrayList<>();
    private final List<Float> bias = new ArrayList<>();
    private final List<Integer> offsets = new ArrayList<>(List.of(0, 0));

    void add(int column, float value) {
      columns.add(column);
      bias.add(value);
    }

    void endUser() {
      offsets.add(columns.size());
    }

    SampledSoftmaxKernel.Entries put(Workbench bench) {
      return new SampledSoftmaxKernel.Entries(
          bench.integers(offsets.stream().mapToInt(Integer::intValue).toArray()),
          bench.integers(columns.stream().mapToInt(Integer::intValue).toArray()),
          put(bench, bias));
    }

    static DeviceMemory put(Workbench bench, List<Float> values) {
      float[] floats = new float[values.size()];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = values.get(i);
      }
      return bench.floats(floats);
    }
  }

  private static PreparedCase prepare(Workbench bench, Batch batch, float logTemperature) {
    MatrixSize size = new MatrixSize(batch.users(), batch.columns());
    var results =
        new SampledSoftmaxKernel.Results(
            bench.floats(batch.dots()),
            bench.empty(ElementType.F32, 2L * batch.users()),
            bench.empty(ElementType.F32, batch.positives()));
    SampledSoftmaxKernel.Queries queries = queries(bench, batch);
    var scores = new SampledSoftmaxKernel.Scores(1, bench.floats(new float[] {logTemperature}));
    float[] gradient = new float[batch.dots().length];
    float[] losses = new float[2 * batch.users()];
    for (int user = 0; user < batch.users(); user++) {
      expect(gradient, losses, batch, user, logTemperature);
    }
    SampledSoftmaxKernel kernel = new SampledSoftmaxKernel(bench.library());
    // The rounding error of a score, which is up to 1 / temperature, is the relative error of its
    // exponential; 1 / temperature is itself an exponential with an error of two units in the last
    // place.
    double largest = Math.exp(-logTemperature);
    Tolerance bound = new Tolerance(1e-6 * largest, 1e-5 + 8 * largest * 0x1p-24);
    return new PreparedCase(
        () -> kernel.launch(bench.stream(), results, queries, scores, size),
        List.of(
            Output.of("gradDots", Format.FLOAT32, results.dots(), bound, () -> gradient),
            Output.of(
                "losses",
                Format.FLOAT32,
                results.losses(),
                bound.plus(1e-5 * largest),
                () -> losses)),
        Work.moving(8L * gradient.length).withSpecials(gradient.length));
  }

  private static SampledSoftmaxKernel.Queries queries(Workbench bench, Batch batch) {
    Lists exceptions = new Lists();
    Lists positives = new Lists();
    List<Float> weights = new ArrayList<>();
    for (int user = 0; user < batch.users(); user++) {
      for (int c = 0; c < batch.columns(); c++) {
        if (batch.owners()[c] == user) {
          boolean hard = batch.roles()[c] == Role.HARD_NEGATIVE;
          exceptions.add(c, hard ? batch.corrections()[c] : Float.NEGATIVE_INFINITY);
        }
        if (batch.isPositive(c, user)) {
          positives.add(c, batch.corrections()[c]);
          weights.add(batch.weight(user));
        }
      }
      exceptions.endUser();
      positives.endUser();
    }
    return new SampledSoftmaxKernel.Queries(
        bench.floats(batch.corrections()),
        exceptions.put(bench),
        positives.put(bench),
        Lists.put(bench, weights));
  }

  /**
   * Computes one user by the definition. With unit vectors as candidates, the user's vector equals
   * its dot products, and its gradient equals theirs.
   */
  private static void expect(
      float[] gradient, float[] losses, Batch batch, int user, float logTemperature) {
    int columns = batch.columns();
    float[] unit = new float[columns * columns];
    int[] owners = new int[columns];
    Role[] roles = new Role[columns];
    for (int c = 0; c < columns; c++) {
      unit[c * columns + c] = 1;
      boolean own = batch.owners()[c] == user;
      owners[c] = own ? 0 : SampledSoftmaxReference.NOBODY;
      roles[c] = own ? batch.roles()[c] : Role.OTHER;
    }
    float[] dots = Arrays.copyOfRange(batch.dots(), user * columns, (user + 1) * columns);
    var gradients =
        new SampledSoftmaxReference.Gradients(
            new float[columns], new float[unit.length], new float[1]);
    double loss =
        SampledSoftmaxReference.apply(
            gradients,
            dots,
            new SampledSoftmaxReference.Candidates(unit, owners, roles, batch.corrections()),
            logTemperature,
            columns);
    System.arraycopy(gradients.users(), 0, gradient, user * columns, columns);
    losses[2 * user] = (float) loss;
    losses[2 * user + 1] = gradients.logTemperature()[0];
  }
}
