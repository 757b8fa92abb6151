// Calls through pointers: virtual functions and a table of functions.
struct Shape {
  float scale = 1;
  __device__ virtual float area() const = 0;
};

struct Square : Shape {
  float side;
  __device__ explicit Square(float s) : side(s) {}
  __device__ float area() const override { return side * side * scale; }
};

struct Circle : Shape {
  float radius;
  __device__ explicit Circle(float r) : radius(r) {}
  __device__ float area() const override { return 3.0f * radius * radius; }
};

extern "C" __global__ void areas(float* out, int count) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  Square square(2.0f + i);
  Circle circle(1.0f + i);
  const Shape* shapes[2] = {&square, &circle};
  if (i < count) {
    out[i] = shapes[i * 7 % 3 & 1]->area();
  }
}

typedef int (*Operation)(int, int);
__device__ int add(int a, int b) { return a + b; }
__device__ int subtract(int a, int b) { return a - b; }
__device__ __noinline__ int power(int a, int b) {
  int result = 1;
  for (int i = 0; i < (b & 7); i++) {
    result *= a;
  }
  return result;
}
__device__ long long wide(long long a) { return a; }
__device__ Operation table[5] = {add, subtract, power, (Operation)(void*)wide, nullptr};

extern "C" __global__ void apply(int* out, const int* a, const int* b, const int* which) {
  int i = threadIdx.x;
  out[i] = table[which[i]](a[i], b[i]);
}
