package dev.phoenix.ops.cpu;

import dev.phoenix.tensor.Scope;
import dev.phoenix.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Tensors that live for one operation: made when first needed, then kept. */
final class ScratchTensors implements AutoCloseable {
  private final List<Entry> entries = new ArrayList<>();

  /** What a tensor is for; an operation has at most one of each. */
  enum Use {
    NORMED,
    ACTIONS,
    DWELL,
    DWELL_HIDDEN
  }

  private record Entry(Use use, int capacity, CpuTensor tensor, Scope scope) {}

  ScratchTensors() {}

  /** A tensor with {@code rows} rows in use, which hold anything. */
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
    // Half as much again: requests that grow row by row do not each make a new one.
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
