// tokens += the sum of a row's embeddings, for the IP hashes of a user token. Source:
// docs/model.md#3-features.
//
// tokens [rows, columns] bfloat16, updated in place; table [vocabulary, columns] float32 or
// bfloat16 (the entry names it; embedding_add_f32_f32: tokens are float32 too); indices [rows,
// hashes] int32. Rows below `reserved` are zero by definition and are not read; an index outside
// the table gives a row of NaN. Summed in float32, rounded once. Block (columns, rows).
#include "bf16.cuh"

template <typename Token, typename T>
__device__ __forceinline__ void add(Token* tokens, const T* table, const int* indices, int rows,
                                    int columns, int hashes, int vocabulary, int reserved) {
  const int row = blockIdx.x * blockDim.y + threadIdx.y;
  const int column = blockIdx.y * blockDim.x + threadIdx.x;
  if (row >= rows || column >= columns) {
    return;
  }
  float sum = 0;
  for (int hash = 0; hash < hashes; hash++) {
    const int index = indices[static_cast<size_t>(row) * hashes + hash];
    if (index < 0 || index >= vocabulary) {
      sum = __uint_as_float(0x7fffffffu);
    } else if (index >= reserved) {
      sum += toFloat(table[static_cast<size_t>(index) * columns + column]);
    }
  }
  Token* token = tokens + static_cast<size_t>(row) * columns + column;
  store(token, toFloat(*token) + sum);
}

extern "C" __global__ void __launch_bounds__(256)
    embedding_add_f32(bf16* __restrict__ tokens, const float* __restrict__ table,
                      const int* __restrict__ indices, int rows, int columns, int hashes,
                      int vocabulary, int reserved) {
  add(tokens, table, indices, rows, columns, hashes, vocabulary, reserved);
}

extern "C" __global__ void __launch_bounds__(256)
    embedding_add_bf16(bf16* __restrict__ tokens, const bf16* __restrict__ table,
                       const int* __restrict__ indices, int rows, int columns, int hashes,
                       int vocabulary, int reserved) {
  add(tokens, table, indices, rows, columns, hashes, vocabulary, reserved);
}

extern "C" __global__ void __launch_bounds__(256)
    embedding_add_f32_f32(float* __restrict__ tokens, const float* __restrict__ table,
                          const int* __restrict__ indices, int rows, int columns, int hashes,
                          int vocabulary, int reserved) {
  add(tokens, table, indices, rows, columns, hashes, vocabulary, reserved);
}
