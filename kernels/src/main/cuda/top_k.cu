// The K best scores user . entry over a corpus, fused: scores are kept in registers only. Source:
// docs/model.md#6-retrieval.
//
// top_k_scan_<type of corpus>_<users per block>: a block streams its share of the corpus once for
// its users and keeps, per user, the entries better than its own K-th best so far.
//   candidates [users, slices, capacity] 64-bit keys and counts [users, slices]: the entries found
//   and their number;
//   users [users, columns] float32; corpus [entries, columns] float32 or bfloat16; mask null or
//   32-bit words, bit i % 32 of word i / 32 set where entry i may be retrieved, maskWords words
//   from one user's mask to the next (0: one mask for all). A masked entry scores -1e12. Grid
//   (slices, user groups), block 256. Dynamic shared memory: see Stage, then `capacity` keys;
//   capacity is a power of two, at least K + ENTRIES.
// Products are summed in float32 in the order of the columns, independent of users and slices.
#include "tensor_core.cuh"
#include "top_k.cuh"

constexpr int ENTRIES = 256;  // of a tile
constexpr int THREADS = 256;
constexpr int CHUNKS = 8;  // of 16 bytes per entry and stage
constexpr float MASKED_SCORE = -1e12f;

struct Scan {
  Key* candidates;
  int* counts;
  const float* users;
  const void* corpus;
  const unsigned* mask;
  int maskWords;
  int userCount;
  int entries;
  int columns;
  int k;
  int capacity;

  // This block's list for a user.
  __device__ __forceinline__ Key* list(int user) const {
    return candidates + (static_cast<size_t>(user) * gridDim.x + blockIdx.x) * capacity;
  }

  __device__ __forceinline__ bool isOpen(int user, int entry) const {
    const unsigned* words = mask + static_cast<size_t>(user) * maskWords;
    return mask == nullptr || (words[entry / 32] >> entry % 32 & 1) != 0;
  }
};

// How a block splits a tile: a thread has PER_THREAD users and ROWS entries.
template <typename T, int USERS>
struct Stage {
  static constexpr int PER_THREAD = USERS < 8 ? USERS : 8;
  static constexpr int GROUPS = USERS / PER_THREAD;
  static constexpr int ROWS = GROUPS;  // ENTRIES * GROUPS / THREADS
  static constexpr int PER_CHUNK = 16 / sizeof(T);
  static constexpr int COLUMNS = CHUNKS * PER_CHUNK;
  static constexpr int CORPUS_BYTES = ENTRIES * CHUNKS * 16;
  static constexpr int BYTES = CORPUS_BYTES + USERS * COLUMNS * 4;
};

// A 16-byte chunk of an entry; permuted so that neighbouring entries lie in different banks.
__device__ __forceinline__ int chunkAt(int entry, int chunk) {
  return (entry * CHUNKS + (chunk ^ entry % CHUNKS)) * 16;
}

// Starts loading a tile's columns from `column` on into a stage, zeros beyond the corpus.
template <typename T, int USERS>
__device__ __forceinline__ void load(unsigned char* stage, const Scan& scan, int tile, int column) {
  using S = Stage<T, USERS>;
  const T* corpus = static_cast<const T*>(scan.corpus);
  const bool aligned = scan.columns % S::PER_CHUNK == 0;
  for (int i = threadIdx.x; i < ENTRIES * CHUNKS; i += THREADS) {
    const int row = i / CHUNKS;
    const int at = column + i % CHUNKS * S::PER_CHUNK;
    const size_t entry = static_cast<size_t>(tile) * ENTRIES + row;
    const bool present = entry < scan.entries && at < scan.columns;
    const T* from = corpus + (present ? entry * scan.columns + at : 0);
    unsigned char* to = stage + chunkAt(row, i % CHUNKS);
    if (aligned) {
      cpAsync16(static_cast<unsigned>(__cvta_generic_to_shared(to)), from, present);
    } else {
      for (int p = 0; p < S::PER_CHUNK; p++) {
        reinterpret_cast<T*>(to)[p] = present && at + p < scan.columns ? from[p] : T(0);
      }
    }
  }
  float* users = reinterpret_cast<float*>(stage + S::CORPUS_BYTES);
  for (int i = threadIdx.x; i < USERS * S::COLUMNS; i += THREADS) {
    const int user = blockIdx.y * USERS + i / S::COLUMNS;
    const int at = column + i % S::COLUMNS;
    const bool present = user < scan.userCount && at < scan.columns;
    users[i] = present ? scan.users[static_cast<size_t>(user) * scan.columns + at] : 0.0f;
  }
  cpAsyncCommit();
}

__device__ __forceinline__ void widenChunk(float (&out)[8], const bf16* from) {
  load8(out, from);
}

__device__ __forceinline__ void widenChunk(float (&out)[4], const float* from) {
  const float4 four = *reinterpret_cast<const float4*>(from);
  out[0] = four.x, out[1] = four.y, out[2] = four.z, out[3] = four.w;
}

// Adds a stage's columns to the scores of this thread's entries and users.
template <typename T, int USERS>
__device__ __forceinline__ void score(
    float (&scores)[Stage<T, USERS>::ROWS][Stage<T, USERS>::PER_THREAD],
    const unsigned char* stage) {
  using S = Stage<T, USERS>;
  const int first = threadIdx.x % (THREADS / S::GROUPS);
  const int group = threadIdx.x / (THREADS / S::GROUPS);
  const float* users =
      reinterpret_cast<const float*>(stage + S::CORPUS_BYTES) + group * S::PER_THREAD * S::COLUMNS;
#pragma unroll 2
  for (int chunk = 0; chunk < CHUNKS; chunk++) {
    float entry[S::ROWS][S::PER_CHUNK];
#pragma unroll
    for (int r = 0; r < S::ROWS; r++) {
      const int row = first + r * (THREADS / S::GROUPS);
      widenChunk(entry[r], reinterpret_cast<const T*>(stage + chunkAt(row, chunk)));
    }
#pragma unroll
    for (int u = 0; u < S::PER_THREAD; u++) {
#pragma unroll
      for (int p = 0; p < S::PER_CHUNK; p += 4) {
        const float4 user =
            *reinterpret_cast<const float4*>(users + u * S::COLUMNS + chunk * S::PER_CHUNK + p);
#pragma unroll
        for (int r = 0; r < S::ROWS; r++) {
          scores[r][u] = fmaf(entry[r][p], user.x, scores[r][u]);
          scores[r][u] = fmaf(entry[r][p + 1], user.y, scores[r][u]);
          scores[r][u] = fmaf(entry[r][p + 2], user.z, scores[r][u]);
          scores[r][u] = fmaf(entry[r][p + 3], user.w, scores[r][u]);
        }
      }
    }
  }
}

// Reduces a full list to its best k: sorts it in shared memory and raises the threshold to the
// k-th.
__device__ __forceinline__ void compact(Key* list, int* count, Key* threshold, Key* scratch,
                                        int k) {
  const int found = *count;  // all read it before the barriers; one thread writes it after them
  const int size = powerOfTwo(found);
  for (int i = threadIdx.x; i < size; i += blockDim.x) {
    scratch[i] = i < found ? list[i] : NO_ENTRY;
  }
  sortBestFirst(scratch, size);
  for (int i = threadIdx.x; i < min(k, size); i += blockDim.x) {
    list[i] = scratch[i];
  }
  if (threadIdx.x == 0 && found >= k) {
    *count = k;
    *threshold = scratch[k - 1];
  }
  __syncthreads();
}

// Compacts the lists that might overflow with another tile.
template <int USERS>
__device__ __forceinline__ void compactFull(const Scan& scan, int* count, Key* threshold,
                                            Key* scratch) {
  unsigned full = 0;  // counts grow again only after the next tile's barrier
  for (int u = 0; u < USERS; u++) {
    full |= count[u] + ENTRIES > scan.capacity ? 1u << u : 0;
  }
  for (int u = 0; u < USERS; u++) {
    if (full >> u & 1) {
      compact(scan.list(blockIdx.y * USERS + u), &count[u], &threshold[u], scratch, scan.k);
    }
  }
}

// Appends the scores of a tile that beat their user's threshold, and clears all of them.
template <typename T, int USERS>
__device__ __forceinline__ void offer(
    float (&scores)[Stage<T, USERS>::ROWS][Stage<T, USERS>::PER_THREAD], const Scan& scan, int tile,
    int* count, const Key* threshold) {
  using S = Stage<T, USERS>;
  const int first = threadIdx.x % (THREADS / S::GROUPS);
  const int group = threadIdx.x / (THREADS / S::GROUPS);
#pragma unroll
  for (int r = 0; r < S::ROWS; r++) {
    const int entry = tile * ENTRIES + first + r * (THREADS / S::GROUPS);
#pragma unroll
    for (int u = 0; u < S::PER_THREAD; u++) {
      const int local = group * S::PER_THREAD + u;
      const int user = blockIdx.y * USERS + local;
      if (entry < scan.entries && user < scan.userCount) {
        const Key key = keyOf(scan.isOpen(user, entry) ? scores[r][u] : MASKED_SCORE, entry);
        if (key > threshold[local]) {
          scan.list(user)[atomicAdd(&count[local], 1)] = key;
        }
      }
      scores[r][u] = 0;
    }
  }
}

template <typename T, int USERS>
__device__ __forceinline__ void scanSlice(const Scan& scan) {
  using S = Stage<T, USERS>;
  extern __shared__ __align__(128) unsigned char memory[];
  __shared__ int count[USERS];
  __shared__ Key threshold[USERS];
  Key* scratch = reinterpret_cast<Key*>(memory + 2 * S::BYTES);
  const int slices = gridDim.x;
  const int tiles = (scan.entries + ENTRIES - 1) / ENTRIES;
  if (threadIdx.x < USERS) {
    count[threadIdx.x] = 0;
    threshold[threadIdx.x] = NO_ENTRY;
  }
  float scores[S::ROWS][S::PER_THREAD] = {};
  int tile = blockIdx.x;
  int column = 0;
  load<T, USERS>(memory, scan, tile, 0);
  for (int step = 0; tile < tiles; step++) {
    const bool last = column + S::COLUMNS >= scan.columns;
    const int nextTile = last ? tile + slices : tile;
    const int nextColumn = last ? 0 : column + S::COLUMNS;
    cpAsyncWaitAll();
    __syncthreads();  // this stage is complete, the other one is free
    if (nextTile < tiles) {
      load<T, USERS>(memory + (step + 1) % 2 * S::BYTES, scan, nextTile, nextColumn);
    }
    score<T, USERS>(scores, memory + step % 2 * S::BYTES);
    if (last) {
      offer<T, USERS>(scores, scan, tile, count, threshold);
      __syncthreads();
      compactFull<USERS>(scan, count, threshold, scratch);
    }
    tile = nextTile;
    column = nextColumn;
  }
  const int user = blockIdx.y * USERS + threadIdx.x;
  if (threadIdx.x < USERS && user < scan.userCount) {
    scan.counts[static_cast<size_t>(user) * slices + blockIdx.x] = count[threadIdx.x];
  }
}

#define TOP_K_SCAN(NAME, T, USERS)                                                               \
  extern "C" __global__ void __launch_bounds__(THREADS, 2) top_k_scan_##NAME##_##USERS(          \
      Key* candidates, int* counts, const float* users, const T* corpus, const unsigned* mask,   \
      int maskWords, int userCount, int entries, int columns, int k, int capacity) {             \
    scanSlice<T, USERS>({candidates, counts, users, corpus, mask, maskWords, userCount, entries, \
                         columns, k, capacity});                                                 \
  }

TOP_K_SCAN(f32, float, 1)
TOP_K_SCAN(f32, float, 16)
TOP_K_SCAN(bf16, bf16, 1)
TOP_K_SCAN(bf16, bf16, 16)
