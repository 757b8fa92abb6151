package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.ActionHeadsKernel;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.reference.ActionHeadsReference;
import java.util.ArrayList;
import java.util.List;

/** Cases of {@code action_heads}. */
public final class ActionHeadsCases {
  private ActionHeadsCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (ElementType hidden : ElementType.values()) {
      for (int actions : new int[] {1, 8, 19, 27, 32, 33}) {
        for (int columns : new int[] {1, 33, 128, 1025}) {
          for (int rows : new int[] {1, 3, 4, 5}) {
            cases.add(of(new MatrixSize(rows, columns), actions, hidden));
          }
        }
      }
      cases.add(of(new MatrixSize(0, 128), 19, hidden));
    }
    return cases;
  }

  /**
   * Random rows of a size.
   *
   * @param size of the hidden rows
   * @param actions columns of the head
   * @param type of the hidden rows
   */
  public static KernelCase of(MatrixSize size, int actions, ElementType type) {
    int columns = size.columns();
    return KernelCase.of(
        "action_heads",
        "%d x %d, %d actions, %s".formatted(size.rows(), columns, actions, type),
        (bench, numbers) ->
            prepare(
                bench,
                new Inputs(
                    numbers.bfloat16(size.rows() * columns, 2),
                    numbers.normal(columns, 1),
                    numbers.normal(columns * actions, 1 / Math.sqrt(columns))),
                actions,
                type));
  }

  /**
   * Rows to score.
   *
   * @param hidden [rows, D], exact in bfloat16, so that both types have the same inputs
   * @param scale [D]
   * @param weights [D, actions]
   */
  public record Inputs(float[] hidden, float[] scale, float[] weights) {
    float[] logits(int actions) {
      float[] logits = new float[hidden.length / scale.length * actions];
      ActionHeadsReference.apply(logits, hidden, scale, weights);
      return logits;
    }

    float[] probabilities(int actions) {
      float[] logits = logits(actions);
      ActionHeadsReference.probabilities(logits, logits);
      return logits;
    }
  }

  /** Prepares these rows on a device, with probabilities and logits as outputs. */
  static PreparedCase prepare(Workbench bench, Inputs inputs, int actions, ElementType type) {
    int columns = inputs.scale().length;
    int rows = inputs.hidden().length / columns;
    int scored = rows * actions;
    DeviceMemory probabilities = bench.empty(ElementType.F32, scored);
    DeviceMemory logits = bench.empty(ElementType.F32, scored);
    var outputs = new ActionHeadsKernel.Outputs(probabilities, logits);
    var operands =
        new ActionHeadsKernel.Inputs(
            bench.typed(type, inputs.hidden()),
            bench.floats(inputs.scale()),
            bench.floats(inputs.weights()));
    ActionHeadsKernel kernel = new ActionHeadsKernel(bench.library(), type);
    // Sums of D terms |x w| of at most about 4 * 4 / sqrt(D) in float32.
    Tolerance tolerance = Tolerance.FLOAT32.plus(16 * Math.sqrt(columns) * 0x1p-23);
    long read =
        rows == 0
            ? 0
            : (long) type.byteSize() * rows * columns + columns * 4L + columns * 4L * actions;
    return new PreparedCase(
        () ->
            kernel.launch(
                bench.stream(), outputs, operands, new MatrixSize(rows, columns), actions),
        List.of(
            Output.of("logits", Format.FLOAT32, logits, tolerance, () -> inputs.logits(actions)),
            Output.of(
                "probabilities",
                Format.FLOAT32,
                probabilities,
                tolerance,
                () -> inputs.probabilities(actions))),
        Work.moving(read + scored * 8L)
            .withFlops(2L * scored * columns)
            .withSpecials(rows + 2L * scored));
  }
}
