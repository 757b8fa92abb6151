// out[r][c] = x[r][c] / sqrt(mean(x[r]^2) + epsilon) * weight[c], in four steps of one idea each.
// Every row has WIDTH numbers.

constexpr int WIDTH = 256;
constexpr unsigned ALL = 0xffffffff;

// Step 1: one thread per row. Correct but slow: adjacent threads read addresses a whole row apart
// (uncoalesced), and a warp works on 32 rows, so there are few warps.
extern "C" __global__ void step1_thread_per_row(float* out, const float* x, const float* weight,
                                                float epsilon, int rows) {
  int row = blockIdx.x * blockDim.x + threadIdx.x;
  if (row >= rows) return;
  float squares = 0;
  for (int c = 0; c < WIDTH; c++) {
    float value = x[row * WIDTH + c];
    squares += value * value;
  }
  float scale = rsqrtf(squares / WIDTH + epsilon);
  for (int c = 0; c < WIDTH; c++) {
    out[row * WIDTH + c] = x[row * WIDTH + c] * scale * weight[c];
  }
}

// The sum over the 32 lanes of a warp, returned to every lane: a butterfly of five shuffles.
__device__ float warp_sum(float value) {
  for (int distance = 16; distance > 0; distance /= 2) {
    value += __shfl_xor_sync(ALL, value, distance);
  }
  return value;
}

// Step 2: one warp per row. Lanes read adjacent numbers (coalesced) and reduce with shuffles.
extern "C" __global__ void step2_warp_per_row(float* out, const float* x, const float* weight,
                                              float epsilon, int rows) {
  int row = (blockIdx.x * blockDim.x + threadIdx.x) / 32;
  int lane = threadIdx.x % 32;
  if (row >= rows) return;
  float squares = 0;
  for (int c = lane; c < WIDTH; c += 32) {
    float value = x[row * WIDTH + c];
    squares += value * value;
  }
  float scale = rsqrtf(warp_sum(squares) / WIDTH + epsilon);
  for (int c = lane; c < WIDTH; c += 32) {
    out[row * WIDTH + c] = x[row * WIDTH + c] * scale * weight[c];
  }
}

// Step 3: the row stays in registers between the two loops, so memory is read once, not twice.
extern "C" __global__ void step3_row_in_registers(float* out, const float* x, const float* weight,
                                                  float epsilon, int rows) {
  int row = (blockIdx.x * blockDim.x + threadIdx.x) / 32;
  int lane = threadIdx.x % 32;
  if (row >= rows) return;
  float kept[WIDTH / 32];
  float squares = 0;
#pragma unroll
  for (int i = 0; i < WIDTH / 32; i++) {
    kept[i] = x[row * WIDTH + i * 32 + lane];
    squares += kept[i] * kept[i];
  }
  float scale = rsqrtf(warp_sum(squares) / WIDTH + epsilon);
#pragma unroll
  for (int i = 0; i < WIDTH / 32; i++) {
    int c = i * 32 + lane;
    out[row * WIDTH + c] = kept[i] * scale * weight[c];
  }
}

// Step 4: four numbers per load and store: the same bytes with a quarter of the instructions.
extern "C" __global__ void step4_four_per_load(float* out, const float* x, const float* weight,
                                               float epsilon, int rows) {
  int row = (blockIdx.x * blockDim.x + threadIdx.x) / 32;
  int lane = threadIdx.x % 32;
  if (row >= rows) return;
  const float4* from = reinterpret_cast<const float4*>(x + row * WIDTH);
  const float4* weights = reinterpret_cast<const float4*>(weight);
  float4* to = reinterpret_cast<float4*>(out + row * WIDTH);
  float4 kept[WIDTH / 128];
  float squares = 0;
#pragma unroll
  for (int i = 0; i < WIDTH / 128; i++) {
    float4 v = kept[i] = from[i * 32 + lane];
    squares += v.x * v.x + v.y * v.y + v.z * v.z + v.w * v.w;
  }
  float scale = rsqrtf(warp_sum(squares) / WIDTH + epsilon);
#pragma unroll
  for (int i = 0; i < WIDTH / 128; i++) {
    float4 v = kept[i], w = weights[i * 32 + lane];
    to[i * 32 + lane] = make_float4(v.x * scale * w.x, v.y * scale * w.y, v.z * scale * w.z,
                                    v.w * scale * w.w);
  }
}
