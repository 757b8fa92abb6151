// Means over prefixes of segments, and their gradient. Source: docs/model.md#6-retrieval and
// #9-training.
//
// prefix_means: out [prefixes, columns] float32: the mean of a prefix's rows, zero for an empty
// one; x [rows, columns] float32; offsets [segments + 1]: segment s owns rows offsets[s] to
// offsets[s + 1], exclusive; prefixOffsets [segments + 1]: its prefixes, as offsets; lengths
// [prefixes] int32: rows of each prefix, ascending within a segment.
// prefix_means_backward: gradX [rows, columns] float32, from gradOut [prefixes, columns]: a row
// belongs to every prefix of its segment that is longer than the row's index.
// A thread has one column of a segment; block 128; grid (column tiles, segments).
extern "C" __global__ void __launch_bounds__(128)
    prefix_means(float* __restrict__ out, const float* __restrict__ x,
                 const int* __restrict__ offsets, const int* __restrict__ prefixOffsets,
                 const int* __restrict__ lengths, int columns) {
  const int column = blockIdx.x * blockDim.x + threadIdx.x;
  if (column >= columns) {
    return;
  }
  const float* rows = x + static_cast<size_t>(offsets[blockIdx.y]) * columns + column;
  float sum = 0;
  int seen = 0;
  for (int i = prefixOffsets[blockIdx.y]; i < prefixOffsets[blockIdx.y + 1]; i++) {
    const int length = lengths[i];
#pragma unroll 4
    for (; seen < length; seen++) {
      sum += rows[static_cast<size_t>(seen) * columns];
    }
    out[static_cast<size_t>(i) * columns + column] = length == 0 ? 0.0f : sum / length;
  }
}

extern "C" __global__ void __launch_bounds__(128)
    prefix_means_backward(float* __restrict__ gradX, const float* __restrict__ gradOut,
                          const int* __restrict__ offsets, const int* __restrict__ prefixOffsets,
                          const int* __restrict__ lengths, int columns) {
  const int column = blockIdx.x * blockDim.x + threadIdx.x;
  if (column >= columns) {
    return;
  }
  const int begin = offsets[blockIdx.y];
  int prefix = prefixOffsets[blockIdx.y + 1];
  float sum = 0;
  for (int row = offsets[blockIdx.y + 1] - 1; row >= begin; row--) {
    while (prefix > prefixOffsets[blockIdx.y] && lengths[prefix - 1] > row - begin) {
      prefix--;
      sum += gradOut[static_cast<size_t>(prefix) * columns + column] / lengths[prefix];
    }
    gradX[static_cast<size_t>(row) * columns + column] = sum;
  }
}
