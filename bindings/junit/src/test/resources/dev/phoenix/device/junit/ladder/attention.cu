// out[q] = sum over keys k of softmax(query[q] . key[k])[k] * value[k], in four steps of one idea
// each. Every query, key and value has DIM numbers; there are at most MAX_KEYS keys.

constexpr int DIM = 32;
constexpr int MAX_KEYS = 256;
constexpr unsigned ALL = 0xffffffff;

__device__ float dot(const float* a, const float* b) {
  float sum = 0;
  for (int d = 0; d < DIM; d++) sum += a[d] * b[d];
  return sum;
}

// Step 1: the definition, one thread per query. The largest score is subtracted in the exponent so
// that it can't overflow. Every score is computed three times.
extern "C" __global__ void step1_definition(float* out, const float* query, const float* key,
                                            const float* value, int queries, int keys) {
  int q = blockIdx.x * blockDim.x + threadIdx.x;
  if (q >= queries) return;
  const float* own = query + q * DIM;
  float largest = -INFINITY, sum = 0;
  for (int k = 0; k < keys; k++) largest = fmaxf(largest, dot(own, key + k * DIM));
  for (int k = 0; k < keys; k++) sum += expf(dot(own, key + k * DIM) - largest);
  float result[DIM] = {};
  for (int k = 0; k < keys; k++) {
    float weight = expf(dot(own, key + k * DIM) - largest) / sum;
    for (int d = 0; d < DIM; d++) result[d] += weight * value[k * DIM + d];
  }
  for (int d = 0; d < DIM; d++) out[q * DIM + d] = result[d];
}

// Step 2: one warp per query keeps the scores in shared memory: each is computed once. A lane first
// computes the scores of its keys, then a dimension of the output.
extern "C" __global__ void step2_scores_kept(float* out, const float* query, const float* key,
                                             const float* value, int queries, int keys) {
  __shared__ float scores[MAX_KEYS];
  int q = blockIdx.x, lane = threadIdx.x;
  float largest = -INFINITY, sum = 0, result = 0;
  for (int k = lane; k < keys; k += 32) {
    scores[k] = dot(query + q * DIM, key + k * DIM);
    largest = fmaxf(largest, scores[k]);
  }
  for (int distance = 16; distance > 0; distance /= 2) {
    largest = fmaxf(largest, __shfl_xor_sync(ALL, largest, distance));
  }
  __syncwarp();
  for (int k = 0; k < keys; k++) {
    float weight = expf(scores[k] - largest);
    sum += weight;
    result += weight * value[k * DIM + lane];
  }
  out[q * DIM + lane] = result / sum;
}

// Adds a key to a running (online) softmax: when the largest score grows, the sums so far are
// rescaled.
struct Running {
  float largest = -INFINITY, sum = 0, result = 0;

  __device__ void add(float score, float value) {
    float next = fmaxf(largest, score);
    float shrink = expf(largest - next), weight = expf(score - next);
    sum = sum * shrink + weight;
    result = result * shrink + weight * value;
    largest = next;
  }
};

__device__ float warp_sum(float value) {
  for (int distance = 16; distance > 0; distance /= 2) {
    value += __shfl_xor_sync(ALL, value, distance);
  }
  return value;
}

// Step 3: one pass with a running softmax (the idea of FlashAttention): scores are not stored, so
// any number of keys. A lane computes one dimension of the output.
extern "C" __global__ void step3_one_pass(float* out, const float* query, const float* key,
                                          const float* value, int queries, int keys) {
  int q = blockIdx.x, lane = threadIdx.x;
  float own = query[q * DIM + lane];
  Running running;
  for (int k = 0; k < keys; k++) {
    running.add(warp_sum(own * key[k * DIM + lane]), value[k * DIM + lane]);
  }
  out[q * DIM + lane] = running.result / running.sum;
}

constexpr int QUERIES = 8;
constexpr int TILE = 16;

// Step 4: eight queries share tiles of keys and values in shared memory: global memory is read an
// eighth as often.
extern "C" __global__ void step4_shared_tiles(float* out, const float* query, const float* key,
                                              const float* value, int queries, int keys) {
  __shared__ float keyTile[TILE * DIM], valueTile[TILE * DIM];
  int q = blockIdx.x * QUERIES + threadIdx.x / 32, lane = threadIdx.x % 32;
  float own = q < queries ? query[q * DIM + lane] : 0;
  Running running;
  for (int first = 0; first < keys; first += TILE) {
    int count = min(TILE, keys - first);
    for (int i = threadIdx.x; i < count * DIM; i += blockDim.x) {
      keyTile[i] = key[first * DIM + i];
      valueTile[i] = value[first * DIM + i];
    }
    __syncthreads();
    for (int k = 0; k < count; k++) {
      running.add(warp_sum(own * keyTile[k * DIM + lane]), valueTile[k * DIM + lane]);
    }
    __syncthreads();  // before the next tile overwrites this one
  }
  if (q < queries) out[q * DIM + lane] = running.result / running.sum;
}
