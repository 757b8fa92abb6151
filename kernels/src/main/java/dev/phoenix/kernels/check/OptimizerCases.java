package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.AdamWKernel;
import dev.phoenix.kernels.GradientNormKernel;
import dev.phoenix.kernels.MatrixSize;
import dev.phoenix.kernels.OptimizerState;
import dev.phoenix.kernels.ParameterTable;
import dev.phoenix.kernels.RowwiseAdagradKernel;
import dev.phoenix.kernels.reference.AdamWReference;
import dev.phoenix.kernels.reference.EmbeddingGatherBackwardReference;
import dev.phoenix.kernels.reference.RowwiseAdagradReference;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Cases of {@code gradient_norm}, {@code adam_w} and {@code rowwise_adagrad}: one whole step. */
final class OptimizerCases {
  private static final int[] COUNTS = OptimizerStep.COUNTS;
  private static final int COLUMNS = OptimizerStep.COLUMNS;
  private static final int SLOTS = OptimizerStep.SLOTS;
  private static final int USED = OptimizerStep.USED;

  private OptimizerCases() {}

  static List<KernelCase> all() {
    List<KernelCase> cases = new ArrayList<>();
    for (OptimizerStep.Kind kind : OptimizerStep.Kind.values()) {
      cases.add(
          new KernelCase(
              List.of("gradient_norm", "adam_w", "rowwise_adagrad"),
              kind.toString(),
              (bench, numbers) -> prepare(bench, OptimizerStep.random(numbers, kind))));
    }
    return cases;
  }

  /** Device memory of a step. */
  private record Placed(
      List<ParameterTable.Entry> entries,
      ParameterTable.Placed table,
      RowwiseAdagradKernel.Table rows,
      RowwiseAdagradKernel.Used used,
      DeviceMemory control,
      DeviceMemory settings,
      DeviceMemory partials,
      @Nullable DeviceMemory loss) {}

  private static PreparedCase prepare(Workbench bench, OptimizerStep step) {
    Placed placed = place(bench, step);
    GradientNormKernel norm = new GradientNormKernel(bench.library());
    AdamWKernel adam = new AdamWKernel(bench.library());
    RowwiseAdagradKernel adagrad = new RowwiseAdagradKernel(bench.library());
    int pieces = placed.table().count();
    int partials = pieces + GradientNormKernel.rowPartials(SLOTS);
    Runnable launch =
        () -> {
          var stream = bench.stream();
          norm.launch(stream, placed.partials(), placed.table());
          norm.launchRows(
              stream,
              placed.partials().slice(8L * pieces, 8L * (partials - pieces)),
              placed.used().gradients(),
              placed.used().used(),
              new MatrixSize(SLOTS, COLUMNS));
          norm.finish(
              stream,
              placed.control(),
              new GradientNormKernel.Squares(placed.partials(), partials),
              placed.loss(),
              placed.settings());
          adam.launch(stream, placed.table(), placed.control(), placed.settings());
          adagrad.launch(stream, placed.rows(), placed.used(), placed.control(), placed.settings());
        };
    long moved = step.finite() ? Arrays.stream(COUNTS).sum() * 28L : 0;
    return new PreparedCase(launch, outputs(step, placed), Work.moving(moved));
  }

  private static Placed place(Workbench bench, OptimizerStep step) {
    List<ParameterTable.Entry> entries =
        IntStream.range(0, COUNTS.length).mapToObj(i -> entry(bench, step, i)).toList();
    ParameterTable table = new ParameterTable(entries);
    OptimizerStep.Rows rows = step.rows();
    var used =
        new RowwiseAdagradKernel.Used(
            bench.integers(rows.rows()),
            bench.floats(rows.gradients()),
            bench.integers(USED),
            SLOTS);
    var control = OptimizerState.Control.after(2, 0.81, 0.9801);
    int partials = table.pieces() + GradientNormKernel.rowPartials(SLOTS);
    return new Placed(
        entries,
        new ParameterTable.Placed(
            bench.bytes(block(table.tensorBytes(), table::writeTensors)),
            bench.bytes(block(table.pieceBytes(), table::writePieces)),
            table.pieces()),
        new RowwiseAdagradKernel.Table(
            bench.floats(rows.table()),
            bench.floats(rows.accumulators()),
            new MatrixSize(100, COLUMNS)),
        used,
        bench.bytes(block(OptimizerState.CONTROL_BYTES, control::write)),
        bench.bytes(block(OptimizerState.SETTINGS_BYTES, step.settings()::write)),
        bench.filled(8L * partials),
        loss(bench, step.kind()));
  }

  private static ParameterTable.Entry entry(Workbench bench, OptimizerStep step, int i) {
    // The last tensor [26, 5] has a bfloat16 copy in rows of 8, the second one in float32.
    ParameterTable.Copy copy =
        switch (i) {
          case 3 ->
              new ParameterTable.Copy(bench.bfloat16(new float[26 * 8]), ElementType.BF16, 5, 8);
          case 1 ->
              new ParameterTable.Copy(bench.empty(ElementType.F32, 4096), ElementType.F32, 64, 64);
          default -> null;
        };
    return new ParameterTable.Entry(
        bench.floats(step.parameters().get(i)),
        bench.floats(step.means().get(i)),
        bench.floats(step.squares().get(i)),
        bench.floats(step.gradients().get(i)),
        COUNTS[i],
        copy);
  }

  private static @Nullable DeviceMemory loss(Workbench bench, OptimizerStep.Kind kind) {
    return switch (kind) {
      case CLIPPED -> null;
      case LOSS_NOT_FINITE -> bench.floats(new float[] {Float.NaN});
      case WITHIN_THE_NORM, NOT_FINITE, ROW_NOT_FINITE -> bench.floats(new float[] {0.5f});
    };
  }

  private static byte[] block(long byteSize, Consumer<MemorySegment> writer) {
    // In a long[], because a heap segment of a byte[] does not allow aligned access.
    MemorySegment words = MemorySegment.ofArray(new long[(int) Math.ceilDiv(byteSize, 8L)]);
    writer.accept(words);
    return words.asSlice(0, byteSize).toArray(ValueLayout.JAVA_BYTE);
  }

  private static List<Output> outputs(OptimizerStep step, Placed placed) {
    List<Output> outputs = new ArrayList<>();
    for (int i = 0; i < COUNTS.length; i++) {
      float[] parameters = step.parameters().get(i).clone();
      float[] means = step.means().get(i).clone();
      float[] squares = step.squares().get(i).clone();
      if (step.finite()) {
        adam(step, parameters, new AdamWReference.Moments(means, squares), i);
      }
      ParameterTable.Entry entry = placed.entries().get(i);
      outputs.add(floats("parameters " + i, entry.parameters(), parameters));
      outputs.add(floats("mean " + i, entry.mean(), means));
      outputs.add(floats("square " + i, entry.meanSquare(), squares));
      ParameterTable.Copy copy = entry.copy();
      if (copy != null && step.finite()) {
        outputs.add(copy(copy, parameters));
      }
    }
    OptimizerStep.Rows rows = step.rows();
    float[] table = rows.table().clone();
    float[] accumulators = rows.accumulators().clone();
    if (step.finite()) {
      adagrad(step, table, accumulators);
    }
    outputs.add(floats("table", placed.rows().rows(), table));
    outputs.add(floats("accumulators", placed.rows().accumulators(), accumulators));
    outputs.addAll(control(step, placed.control()));
    return outputs;
  }

  private static void adam(
      OptimizerStep step, float[] parameters, AdamWReference.Moments moments, int tensor) {
    OptimizerState.Settings s = step.settings();
    AdamWReference.apply(
        parameters,
        moments,
        scaled(step.gradients().get(tensor), step.factor()),
        new AdamWReference.Settings(
            s.learningRate(), s.beta1(), s.beta2(), s.epsilon(), s.weightDecay()),
        3);
  }

  private static void adagrad(OptimizerStep step, float[] table, float[] accumulators) {
    RowwiseAdagradReference.apply(
        table,
        accumulators,
        new EmbeddingGatherBackwardReference.RowGradients(
            Arrays.copyOf(step.rows().rows(), USED),
            scaled(Arrays.copyOf(step.rows().gradients(), USED * COLUMNS), step.factor())),
        new RowwiseAdagradReference.Settings(
            step.settings().rowLearningRate(), step.settings().rowEpsilon()));
  }

  private static float[] scaled(float[] values, float factor) {
    float[] scaled = values.clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] *= factor;
    }
    return scaled;
  }

  private static Output floats(String name, DeviceMemory memory, float[] expected) {
    return Output.of(name, Format.FLOAT32, memory, Tolerance.FLOAT32, () -> expected);
  }

  private static Output copy(ParameterTable.Copy copy, float[] parameters) {
    boolean half = copy.type() == ElementType.BF16;
    int rows = parameters.length / copy.columns();
    float[] expected = new float[rows * copy.stride()];
    for (int i = 0; i < parameters.length; i++) {
      expected[i / copy.columns() * copy.stride() + i % copy.columns()] = parameters[i];
    }
    return Output.of(
        "copy",
        Format.of(copy.type()),
        copy.memory(),
        half ? Tolerance.ONE_ROUNDING : Tolerance.FLOAT32,
        () -> expected);
  }

  private static List<Output> control(OptimizerStep step, DeviceMemory control) {
    List<Output> outputs = new ArrayList<>();
    boolean finite = step.finite();
    outputs.add(
        Output.integers(
            "finite, taken, skipped",
            control.slice(28, 12),
            () -> finite ? new int[] {1, 3, 0} : new int[] {0, 2, 1}));
    if (finite) {
      double[] expected = {0.729, 0.970299, step.norm()};
      outputs.add(
          new Output(
              "powers, norm",
              Format.FLOAT64,
              control.slice(0, 24),
              () -> expected,
              // The betas are float32, so their powers have float32 errors.
              new Tolerance(0, 1e-6)));
    }
    return outputs;
  }
}
