package dev.phoenix.ops.cpu;

import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Reusable tensors for the temporary values of one operation; created on first use. */
final class ScratchTensors implements AutoCloseable {
  private final List<Entry> entries = new ArrayList<>();

  /** The purpose of a tensor; an operation uses at most one tensor of each. */
  enum Use {
    NORMED,
    ACTIONS,
    DWELL,
    DWELL_HIDDEN
  }

  private record Entry(Use use, int capacity, CpuTensor tensor, Scope scope) {}

  ScratchTensors() {}

  /** Returns a tensor with {@code rows} rows in use, whose values are unspecified. */
  CpuTensor of(Use use, int rows, int columns) {
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      if (entry.use() == use && entry.tensor().columns() == columns) {
        if (entry.capacity() >= rows) {
          entry.tensor().useRows(rows);
          return entry.tensor();
        }
        entries.remove(i).scope().close();
        break;
      }
    }
    // 1.5 times the rows, so that slowly growing requests do not reallocate each time.
    int capacity = rows + rows / 2;
    Scope scope = Scope.create("scratch");
    CpuTensor tensor = CpuTensor.create(scope, use.name(), new Shape(capacity, columns));
    tensor.useRows(rows);
    entries.add(new Entry(use, capacity, tensor, scope));
    return tensor;
  }

  @Override
  public void close() {
    entries.forEach(entry -> entry.scope().close());
    entries.clear();
  }
}
