// Rows of the combined embedding table by index. Source: docs/model.md#2-hashing and #3-features.
//
// out [rows, columns] bfloat16, table [vocabulary, columns] float32 or bfloat16 (the entry names
// it; embedding_gather_f32_f32: out is float32 too) in device memory or in pinned host memory that
// is mapped into the device, indices [rows] int32. With the hashes of an item side by side in
// indices, out is their concatenation [items, hashes * columns]. Rows below `reserved` are zero by
// definition and are not read: padding costs no traffic. An index outside the table gives a row of
// NaN, which propagates to the output. Entries without suffix _any: columns a multiple of 8,
// 16-byte aligned. Block (threads of a row, rows).
#include "bf16.cuh"

template <int WIDTH, typename Out, typename T>
__device__ __forceinline__ void gather(Out* out, const T* table, const int* indices, int rows,
                                       int columns, int vocabulary, int reserved) {
  const int row = blockIdx.x * blockDim.y + threadIdx.y;
  if (row >= rows) {
    return;
  }
  const int index = indices[row];
  const bool inside = index >= 0 && index < vocabulary;
  const bool read = inside && index >= reserved;
  const float fill = inside ? 0.0f : __uint_as_float(0x7fffffffu);
  Out* to = out + static_cast<size_t>(row) * columns;
  const T* from = table + static_cast<size_t>(read ? index : 0) * columns;
  for (int at = threadIdx.x * WIDTH; at < columns; at += blockDim.x * WIDTH) {
    if constexpr (WIDTH == 8) {
      float value[8] = {fill, fill, fill, fill, fill, fill, fill, fill};
      if (read) {
        load8(value, from + at);
      }
      store8(to + at, value);
    } else {
      store(to + at, read ? toFloat(from[at]) : fill);
    }
  }
}

extern "C" __global__ void __launch_bounds__(256)
    embedding_gather_f32(bf16* __restrict__ out, const float* __restrict__ table,
                         const int* __restrict__ indices, int rows, int columns, int vocabulary,
                         int reserved) {
  gather<8>(out, table, indices, rows, columns, vocabulary, reserved);
}

extern "C" __global__ void __launch_bounds__(256)
    embedding_gather_f32_any(bf16* __restrict__ out, const float* __restrict__ table,
                             const int* __restrict__ indices, int rows, int columns, int vocabulary,
                             int reserved) {
  gather<1>(out, table, indices, rows, columns, vocabulary, reserved);
}

extern "C" __global__ void __launch_bounds__(256)
    embedding_gather_bf16(bf16* __restrict__ out, const bf16* __restrict__ table,
                          const int* __restrict__ indices, int rows, int columns, int vocabulary,
                          int reserved) {
  gather<8>(out, table, indices, rows, columns, vocabulary, reserved);
}

extern "C" __global__ void __launch_bounds__(256)
    embedding_gather_bf16_any(bf16* __restrict__ out, const bf16* __restrict__ table,
                              const int* __restrict__ indices, int rows, int columns,
                              int vocabulary, int reserved) {
  gather<1>(out, table, indices, rows, columns, vocabulary, reserved);
}

extern "C" __global__ void __launch_bounds__(256)
    embedding_gather_f32_f32(float* __restrict__ out, const float* __restrict__ table,
                             const int* __restrict__ indices, int rows, int columns, int vocabulary,
                             int reserved) {
  gather<8>(out, table, indices, rows, columns, vocabulary, reserved);
}

extern "C" __global__ void __launch_bounds__(256)
    embedding_gather_f32_f32_any(float* __restrict__ out, const float* __restrict__ table,
                                 const int* __restrict__ indices, int rows, int columns,
                                 int vocabulary, int reserved) {
  gather<1>(out, table, indices, rows, columns, vocabulary, reserved);
}
