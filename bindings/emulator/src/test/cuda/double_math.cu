// Double and single precision library functions.
extern "C" __global__ void double_math(double* out, const double* in, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) {
    return;
  }
  double x = in[i];
  out[8 * i] = exp(x);
  out[8 * i + 1] = log(fabs(x) + 1.0);
  out[8 * i + 2] = x / (x * x + 0.5);
  out[8 * i + 3] = sqrt(fabs(x));
  out[8 * i + 4] = sin(x);
  out[8 * i + 5] = tanhf(static_cast<float>(x));
  out[8 * i + 6] = powf(fabsf(static_cast<float>(x)), 1.7f);
  out[8 * i + 7] = erff(static_cast<float>(x));
}
