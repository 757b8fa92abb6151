// Kernels that measure the rates of the operations that floors count: chains in registers without
// loads. Each thread writes one value, so that nothing is optimised away.
//
// Every thread runs four independent chains, which hide each other's latency.

constexpr int CHAINS = 4;

template <typename Step>
__device__ void run(float* out, int steps, Step step) {
  const int thread = blockIdx.x * blockDim.x + threadIdx.x;
  float value[CHAINS];
#pragma unroll
  for (int chain = 0; chain < CHAINS; ++chain) {
    value[chain] = 0.25f + 0.001f * static_cast<float>((thread + chain) % 64);
  }
  for (int i = 0; i < steps; ++i) {
#pragma unroll
    for (int chain = 0; chain < CHAINS; ++chain) {
      value[chain] = step(value[chain]);
    }
  }
  out[thread] = value[0] + value[1] + value[2] + value[3];
}

// x = 2^-x: stays between 2^-1 and 1.
extern "C" __global__ void exponentials(float* out, int steps) {
  run(out, steps, [](float x) {
    float y;
    asm volatile("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(-x));
    return y;
  });
}

// x = tanh(x): falls slowly towards 0.
extern "C" __global__ void tangents(float* out, int steps) {
  run(out, steps, [](float x) {
    float y;
    asm volatile("tanh.approx.f32 %0, %1;" : "=f"(y) : "f"(x));
    return y;
  });
}

// x = 0.5 x + 0.25: tends to 0.5.
extern "C" __global__ void multiply_adds(float* out, int steps) {
  run(out, steps, [](float x) {
    float y;
    asm volatile("fma.rn.f32 %0, %1, 0f3F000000, 0f3E800000;" : "=f"(y) : "f"(x));
    return y;
  });
}
