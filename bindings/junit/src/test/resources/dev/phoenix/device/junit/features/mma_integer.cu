// mma.sync of integers and single bits, one warp each; every lane loads its registers in order.
#define MMA(name, opcode, countA, countB, a, b)                                              \
  extern "C" __global__ void name(int* d, const int* inA, const int* inB, const int* inC) {  \
    int lane = threadIdx.x;                                                                  \
    int x[4], y[2], z[4];                                                                    \
    for (int i = 0; i < countA; i++) x[i] = inA[lane * countA + i];                          \
    for (int i = 0; i < countB; i++) y[i] = inB[lane * countB + i];                          \
    for (int i = 0; i < 4; i++) z[i] = inC[lane * 4 + i];                                    \
    asm volatile(opcode " {%0,%1,%2,%3}, " a ", " b ", {%0,%1,%2,%3};"                       \
                 : "+r"(z[0]), "+r"(z[1]), "+r"(z[2]), "+r"(z[3])                            \
                 : "r"(x[0]), "r"(x[1 % countA]), "r"(x[2 % countA]), "r"(x[3 % countA]),    \
                   "r"(y[0]), "r"(y[1 % countB]));                                           \
    for (int i = 0; i < 4; i++) d[lane * 4 + i] = z[i];                                      \
  }

MMA(signed_bytes, "mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32", 4, 2, "{%4,%5,%6,%7}", "{%8,%9}")
MMA(mixed_bytes, "mma.sync.aligned.m16n8k16.row.col.satfinite.s32.u8.s8.s32", 2, 1, "{%4,%5}", "{%8}")
MMA(nibbles, "mma.sync.aligned.m16n8k64.row.col.s32.s4.u4.s32", 4, 2, "{%4,%5,%6,%7}", "{%8,%9}")
MMA(bits_and, "mma.sync.aligned.m16n8k256.row.col.s32.b1.b1.s32.and.popc", 4, 2, "{%4,%5,%6,%7}", "{%8,%9}")
MMA(bits_xor, "mma.sync.aligned.m16n8k128.row.col.s32.b1.b1.s32.xor.popc", 2, 1, "{%4,%5}", "{%8}")

// Doubles: one element of A and B and two of C per lane.
extern "C" __global__ void doubles(double* d, const double* a, const double* b, const double* c) {
  int lane = threadIdx.x;
  double z0 = c[lane * 2], z1 = c[lane * 2 + 1];
  asm volatile("mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {%0,%1}, {%2}, {%3}, {%0,%1};"
               : "+d"(z0), "+d"(z1) : "d"(a[lane]), "d"(b[lane]));
  d[lane * 2] = z0;
  d[lane * 2 + 1] = z1;
}
