// The K largest numbers of each row in descending order, and their indices, in four steps of one
// idea each. Of equal numbers the one with the lower index counts as larger.

constexpr int K = 8;
constexpr unsigned ALL = 0xffffffff;

struct Entry {
  float value = -INFINITY;
  int index = 0x7fffffff;
};

__device__ bool before(Entry a, Entry b) {
  return a.value > b.value || (a.value == b.value && a.index < b.index);
}

__device__ void store(float* values, int* indices, int place, Entry entry) {
  values[place] = entry.value;
  indices[place] = entry.index;
}

// Step 1: one thread per row looks for the largest, then for the largest behind it, and so on: K
// passes over the row.
extern "C" __global__ void step1_k_passes(float* values, int* indices, const float* x, int width,
                                          int rows) {
  int row = blockIdx.x * blockDim.x + threadIdx.x;
  if (row >= rows) return;
  Entry last;
  last.value = INFINITY;
  last.index = -1;
  for (int k = 0; k < K; k++) {
    Entry best;
    for (int i = 0; i < width; i++) {
      Entry candidate;
      candidate.value = x[row * width + i];
      candidate.index = i;
      if (before(candidate, best) && before(last, candidate)) best = candidate;
    }
    store(values, indices, row * K + k, best);
    last = best;
  }
}

// Inserts a candidate into a sorted list. All indices are compile-time constants, so that the list
// stays in registers.
__device__ void insert(Entry (&list)[K], Entry candidate) {
#pragma unroll
  for (int k = 0; k < K; k++) {
    if (before(candidate, list[k])) {
      Entry moved = list[k];
      list[k] = candidate;
      candidate = moved;
    }
  }
}

// Step 2: one pass, with the K largest so far in a sorted list.
extern "C" __global__ void step2_sorted_list(float* values, int* indices, const float* x, int width,
                                             int rows) {
  int row = blockIdx.x * blockDim.x + threadIdx.x;
  if (row >= rows) return;
  Entry list[K];
  for (int i = 0; i < width; i++) {
    Entry candidate;
    candidate.value = x[row * width + i];
    candidate.index = i;
    insert(list, candidate);
  }
  for (int k = 0; k < K; k++) store(values, indices, row * K + k, list[k]);
}

// Step 3: one warp per row, a list per lane; at the end the best of the lanes' list heads is taken
// K times.
extern "C" __global__ void step3_warp_per_row(float* values, int* indices, const float* x, int width,
                                              int rows) {
  int row = blockIdx.x, lane = threadIdx.x;
  Entry list[K];
  for (int i = lane; i < width; i += 32) {
    Entry candidate;
    candidate.value = x[row * width + i];
    candidate.index = i;
    insert(list, candidate);
  }
  for (int k = 0; k < K; k++) {
    Entry best = list[0];
    for (int distance = 16; distance > 0; distance /= 2) {
      Entry other;
      other.value = __shfl_xor_sync(ALL, best.value, distance);
      other.index = __shfl_xor_sync(ALL, best.index, distance);
      if (before(other, best)) best = other;
    }
    if (best.index == list[0].index) {  // this lane's head was taken
#pragma unroll
      for (int i = 0; i + 1 < K; i++) list[i] = list[i + 1];
      list[K - 1] = Entry();
    }
    if (lane == 0) store(values, indices, row * K + k, best);
  }
}

// Step 4: one list per warp, one entry per lane. Most numbers are below the K-th so far: one vote
// rejects up to 32 of them at once, and only the others are inserted.
extern "C" __global__ void step4_one_list_and_votes(float* values, int* indices, const float* x,
                                                    int width, int rows) {
  int row = blockIdx.x, lane = threadIdx.x;
  Entry place;  // lane k holds the k-th largest
  for (int first = 0; first < width; first += 32) {
    Entry own;
    if (first + lane < width) {
      own.value = x[row * width + first + lane];
      own.index = first + lane;
    }
    float least = __shfl_sync(ALL, place.value, K - 1);
    unsigned candidates = __ballot_sync(ALL, own.value > least);
    while (candidates != 0) {
      int from = __ffs(candidates) - 1;
      candidates &= candidates - 1;
      Entry next;
      next.value = __shfl_sync(ALL, own.value, from);
      next.index = __shfl_sync(ALL, own.index, from);
      int rank = __popc(__ballot_sync(ALL, !before(next, place)));
      Entry above;
      above.value = __shfl_up_sync(ALL, place.value, 1);
      above.index = __shfl_up_sync(ALL, place.index, 1);
      if (lane == rank) place = next;
      if (lane > rank) place = above;
    }
  }
  if (lane < K) store(values, indices, row * K + lane, place);
}
