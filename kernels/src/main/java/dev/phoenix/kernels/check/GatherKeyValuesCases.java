package dev.phoenix.kernels.check;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.ElementType;
import dev.phoenix.kernels.AttentionHeads;
import dev.phoenix.kernels.GatherKeyValuesKernel;
import dev.phoenix.kernels.KeptHistoryTable;
import dev.phoenix.kernels.reference.AttentionShape;
import dev.phoenix.kernels.reference.GatherKeyValuesReference;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cases of {@code gather_key_values}. */
public final class GatherKeyValuesCases {
  /** Rows of a batch before, between and after the copied histories. */
  private static final int OTHER_ROWS = 3;

  /** Entries of no rows after the others, as in a rounded-up table. */
  private static final int NO_HISTORIES = 2;

  private GatherKeyValuesCases() {}

  /** Alignment of the copied rows. */
  public enum Start {
    /** At multiples of 16 bytes, where K allows it. */
    ALIGNED,
    /** At a multiple of 16 bytes plus 4. */
    BESIDE
  }

  static List<KernelCase> all() {
    List<AttentionHeads> geometries =
        List.of(
            new AttentionHeads(4, 2, 32, 1),
            new AttentionHeads(1, 1, 2, 1),
            new AttentionHeads(3, 1, 6, 1),
            new AttentionHeads(2, 2, 34, 1),
            new AttentionHeads(8, 2, 128, 1));
    List<KernelCase> cases = new ArrayList<>();
    for (AttentionHeads heads : geometries) {
      cases.add(of(heads, 2, Start.ALIGNED, 5, 1, 33));
      cases.add(of(heads, 1, Start.ALIGNED, 31, 0, 32, 0));
      cases.add(of(heads, 1, Start.ALIGNED, 0));
    }
    cases.add(of(geometries.getFirst(), 2, Start.BESIDE, 5, 1, 33));
    // A block copies 64 rows of such heads: lengths at and next to its size.
    cases.add(of(geometries.getLast(), 2, Start.ALIGNED, 63, 64, 65, 129));
    return cases;
  }

  /** Histories of these lengths in {@code layers} layers, two from every batch. */
  public static KernelCase of(AttentionHeads heads, int layers, Start start, int... lengths) {
    String name =
        "%s rows in %d layer%s, %s%s"
            .formatted(
                HistoryAttentionCases.name(lengths),
                layers,
                layers == 1 ? "" : "s",
                HistoryAttentionCases.name(heads),
                start == Start.BESIDE ? ", not aligned" : "");
    return KernelCase.of(
        "gather_key_values",
        name,
        (bench, numbers) -> new Preparation(bench, numbers, heads, start, lengths).prepare(layers));
  }

  /** Inputs under construction. */
  private record Preparation(
      Workbench bench, Numbers numbers, AttentionHeads heads, Start start, int[] lengths) {

    PreparedCase prepare(int layers) {
      List<KeptHistoryTable.Entry> entries = new ArrayList<>();
      List<Output> outputs = new ArrayList<>();
      for (int layer = 0; layer < layers; layer++) {
        outputs.add(layer("layer " + layer, entries));
      }
      KeptHistoryTable table = new KeptHistoryTable(heads, entries);
      int count = table.count() + NO_HISTORIES;
      var placed =
          new KeptHistoryTable.Placed(
              bench.bytes(bytes(table, count)), count, table.longest() + OTHER_ROWS);
      GatherKeyValuesKernel kernel = new GatherKeyValuesKernel(bench.library());
      long copied = layers * heads.keptElements(Arrays.stream(lengths).sum());
      return new PreparedCase(
          () -> kernel.launch(bench.stream(), table, placed), outputs, Work.moving(4 * copied));
    }

    /** Creates a layer, and source batches of two histories each, the later one first. */
    private Output layer(String name, List<KeptHistoryTable.Entry> entries) {
      int rows = Arrays.stream(lengths).sum() + OTHER_ROWS;
      DeviceMemory out = empty(heads.keptElements(rows));
      List<GatherKeyValuesReference.History> histories = new ArrayList<>();
      int to = 0;
      for (int i = 0; i < lengths.length; i += 2) {
        int second = i + 1 < lengths.length ? lengths[i + 1] : 0;
        int batchRows = lengths[i] + second + 3 * OTHER_ROWS;
        float[] kept = numbers.bfloat16((int) heads.keptElements(batchRows), 1);
        DeviceMemory batch = place(kept);
        int[] firsts = {second + 2 * OTHER_ROWS, OTHER_ROWS};
        for (int j = i; j < Math.min(i + 2, lengths.length); j++) {
          int first = firsts[j - i];
          histories.add(new GatherKeyValuesReference.History(kept, batchRows, first, lengths[j]));
          entries.add(
              new KeptHistoryTable.Entry(
                  new KeptHistoryTable.Place(out, rows, to),
                  new KeptHistoryTable.Place(batch, batchRows, first),
                  lengths[j]));
          to += lengths[j];
        }
      }
      return Output.of(
          name, Format.BFLOAT16, out, Tolerance.EXACT, () -> expected(rows, histories));
    }

    /** Rows that are not copied stay NaN. */
    private float[] expected(int rows, List<GatherKeyValuesReference.History> histories) {
      float[] expected = new float[(int) heads.keptElements(rows)];
      Arrays.fill(expected, Float.NaN);
      var shape =
          new AttentionShape(
              heads.queryHeads(), heads.keyHeads(), heads.headSize(), heads.multiplier());
      GatherKeyValuesReference.apply(expected, rows, histories, shape);
      return expected;
    }

    private DeviceMemory empty(long elements) {
      long before = before();
      long byteSize = elements * ElementType.BF16.byteSize();
      return bench.filled(before + byteSize).slice(before, byteSize);
    }

    private DeviceMemory place(float[] kept) {
      int before = before();
      float[] shifted = new float[kept.length + before / Short.BYTES];
      System.arraycopy(kept, 0, shifted, shifted.length - kept.length, kept.length);
      return bench.bfloat16(shifted).slice(before, (long) kept.length * Short.BYTES);
    }

    private int before() {
      return start == Start.BESIDE ? 4 : 0;
    }

    private static byte[] bytes(KeptHistoryTable table, int count) {
      // In a long[], because a heap segment of a byte[] does not allow aligned access.
      long[] words = new long[(int) KeptHistoryTable.byteSize(count) / Long.BYTES];
      table.write(MemorySegment.ofArray(words));
      return MemorySegment.ofArray(words).toArray(ValueLayout.JAVA_BYTE);
    }
  }
}
