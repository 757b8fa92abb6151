// A local array with computed indices, and vector loads.
extern "C" __global__ void local_array(float4* out, const float4* in, const int* order, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) {
    return;
  }
  float values[16];
  for (int j = 0; j < 4; j++) {
    float4 v = in[i * 4 + j];
    values[4 * j] = v.x;
    values[4 * j + 1] = v.y;
    values[4 * j + 2] = v.z;
    values[4 * j + 3] = v.w;
  }
  for (int j = 0; j < 16; j++) {
    int k = order[j];
    float t = values[j];
    values[j] = values[k];
    values[k] = t;
  }
  for (int j = 0; j < 4; j++) {
    out[i * 4 + j] =
        make_float4(values[4 * j], values[4 * j + 1], values[4 * j + 2], values[4 * j + 3]);
  }
}
