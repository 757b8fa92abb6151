/*
 * A stand-in for libcuda.so.1 on host memory with only the calls that the CUDA device makes. It tracks its objects, so that driver calls can be tested without a GPU.
 *
 *   cc -shared -fPIC -Wl,-soname,libcuda.so.1 -o libcuda.so.1 fake_driver.c
 *
 * It is stricter than the real driver: every call needs the context current on its thread; device
 * addresses are not host addresses, and a copy must lie inside one allocation; an image must end
 * with a NUL. Work runs at once, or into the graph that is being captured. Its only kernel, record_arguments, stores its arguments in the memory that the first one points to.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define INVALID_VALUE 1
#define OUT_OF_MEMORY 2
#define INVALID_DEVICE 101
#define INVALID_CONTEXT 201
#define INVALID_PTX 218
#define UNSUPPORTED_PTX 222
#define NOT_FOUND 500
#define NOT_READY 600
#define CAPTURE_INVALIDATED 901
#define CAPTURE_UNSUPPORTED 900

/* Far from any host address. */
#define DEVICE 0x4000000000000000ull
#define MOST 4096
#define PARAMETERS 6

typedef unsigned long long address_t;
typedef struct { char *start; size_t size; int mapped; } allocation_t;
typedef struct {
  int kind;
  address_t to, from;
  size_t size;
  int byte;
  void (*work)(const void *);
  unsigned char values[256];
} operation_t;
typedef struct { int count; operation_t operations[64]; } graph_t;
typedef struct { graph_t *capture; int broken; } stream_t;
typedef struct { int recorded; struct timespec at; } event_t;
typedef struct { int dynamic; } module_t;

static int version = 13000, devices = 1, major = 9, init_status = 0, live = 0, pending = 0, retained = 0;
static size_t memory = 1ull << 30, used = 0;
static allocation_t allocations[MOST];
static int context;
static __thread void *current;

static const size_t sizes[PARAMETERS] = {8, 4, 8, 4, 8, 8};
static const size_t offsets[PARAMETERS] = {0, 8, 16, 24, 32, 40};

/* Functions for the tests. */
void fake_set(int what, long long value) {
  switch (what) {
    case 0: version = (int)value; break;
    case 1: devices = (int)value; break;
    case 2: major = (int)value; break;
    case 3: init_status = (int)value; break;
    case 4: memory = (size_t)value; break;
    case 5: pending = (int)value; break;
  }
}
int fake_live(void) { return live; }

#define CURRENT if (current != &context) return INVALID_CONTEXT
#define STICKY if (pending) { int status = pending; pending = 0; return status; }

static char *host(address_t at, size_t size) {
  for (int i = 0; i < MOST; i++) {
    address_t start = (address_t)(uintptr_t)allocations[i].start + DEVICE;
    if (allocations[i].start && at >= start && at - start + size <= allocations[i].size)
      return allocations[i].start + (at - start);
  }
  return NULL;
}

/* The host's view of device memory; NULL when the range is not inside one allocation. */
char *fake_memory(address_t at, size_t size) { return host(at, size); }
int fake_is_current(void) { return current == &context; }

int cuDriverGetVersion(int *out) { *out = version; return 0; }
int cuInit(unsigned flags) { return flags ? INVALID_VALUE : init_status; }
int cuDeviceGetCount(int *out) { *out = devices; return 0; }
int cuDeviceGet(int *out, int ordinal) {
  if (ordinal < 0 || ordinal >= devices) return INVALID_DEVICE;
  *out = ordinal;
  return 0;
}
int cuDeviceGetName(char *name, int size, int device) {
  snprintf(name, (size_t)size, "Fake GPU %d", device);
  return 0;
}
int cuDeviceTotalMem_v2(size_t *out, int device) { *out = memory; return 0; }
int cuDeviceGetAttribute(int *out, int attribute, int device) {
  switch (attribute) {
    case 1: *out = 1024; return 0;
    case 8: *out = 48 << 10; return 0;
    case 16: *out = 132; return 0;
    case 75: *out = major; return 0;
    case 76: *out = 0; return 0;
    case 97: *out = 227 << 10; return 0;
  }
  return INVALID_VALUE;
}
int cuDevicePrimaryCtxRetain(void **out, int device) {
  retained++;
  live++;
  *out = &context;
  return 0;
}
/* The last release frees everything. */
int cuDevicePrimaryCtxRelease_v2(int device) {
  live--;
  current = NULL;
  if (--retained == 0) {
    for (int i = 0; i < MOST; i++) {
      free(allocations[i].start);
      allocations[i].start = NULL;
    }
    used = 0;
    live = 0;
  }
  return 0;
}
int cuCtxSetCurrent(void *wanted) { current = wanted; return 0; }
int cuCtxSynchronize(void) { CURRENT; STICKY; return 0; }

int cuMemGetInfo_v2(size_t *free_bytes, size_t *total) {
  CURRENT;
  *free_bytes = memory - used;
  *total = memory;
  return 0;
}
int cuMemAlloc_v2(address_t *out, size_t size) {
  CURRENT;
  if (size == 0) return INVALID_VALUE;
  if (size > memory - used) return OUT_OF_MEMORY;
  for (int i = 0; i < MOST; i++)
    if (!allocations[i].start) {
      void *start;
      if (posix_memalign(&start, 256, size)) return OUT_OF_MEMORY;
      allocations[i] = (allocation_t){start, size, 0};
      *out = (address_t)(uintptr_t)start + DEVICE;
      used += size;
      live++;
      return 0;
    }
  return OUT_OF_MEMORY;
}
int cuMemFree_v2(address_t at) {
  CURRENT;
  for (int i = 0; i < MOST; i++)
    if (allocations[i].start && (address_t)(uintptr_t)allocations[i].start + DEVICE == at) {
      free(allocations[i].start);
      used -= allocations[i].size;
      allocations[i].start = NULL;
      live--;
      return 0;
    }
  return INVALID_VALUE;
}
/* Flag 2: mapped into the device, at an address of its own. */
int cuMemHostAlloc(void **out, size_t size, unsigned flags) {
  CURRENT;
  if (flags && flags != 2) return INVALID_VALUE;
  if (size > 1ull << 40 || posix_memalign(out, 4096, size)) return OUT_OF_MEMORY;
  live++;
  for (int i = 0; flags && i < MOST; i++)
    if (!allocations[i].start) {
      allocations[i] = (allocation_t){*out, size, 1};
      break;
    }
  return 0;
}
int cuMemHostGetDevicePointer_v2(address_t *out, void *at, unsigned flags) {
  CURRENT;
  for (int i = 0; i < MOST; i++)
    if (allocations[i].mapped && allocations[i].start == at) {
      *out = (address_t)(uintptr_t)at + DEVICE;
      return flags ? INVALID_VALUE : 0;
    }
  return INVALID_VALUE;
}
int cuMemFreeHost(void *at) {
  CURRENT;
  for (int i = 0; i < MOST; i++)
    if (allocations[i].mapped && allocations[i].start == at) allocations[i] = (allocation_t){0};
  live--;
  free(at);
  return 0;
}

static void run(operation_t *o) {
  switch (o->kind) {
    case 0: memcpy(host(o->to, o->size), (void *)(uintptr_t)o->from, o->size); break;
    case 1: memcpy((void *)(uintptr_t)o->to, host(o->from, o->size), o->size); break;
    case 2: memcpy(host(o->to, o->size), host(o->from, o->size), o->size); break;
    case 3: memset(host(o->to, o->size), o->byte, o->size); break;
    case 4: memcpy(host(o->to, 48), o->values, 48); break;
    case 5: o->work(o->values); break;
  }
}
static int perform(stream_t *stream, operation_t o) {
  if (!stream->capture) { run(&o); return 0; }
  if (stream->capture->count == 64) return OUT_OF_MEMORY;
  stream->capture->operations[stream->capture->count++] = o;
  return 0;
}
/* Enqueues a library's work on a stream; at most 256 bytes of argument. */
int fake_enqueue(stream_t *stream, void (*work)(const void *), const void *argument, size_t size) {
  CURRENT;
  operation_t o = {.kind = 5, .work = work};
  memcpy(o.values, argument, size);
  return perform(stream, o);
}
int cuMemcpyHtoDAsync_v2(address_t to, const void *from, size_t size, stream_t *stream) {
  CURRENT;
  if (!host(to, size)) return INVALID_VALUE;
  return perform(stream, (operation_t){.kind = 0, .to = to, .from = (uintptr_t)from, .size = size});
}
int cuMemcpyDtoHAsync_v2(void *to, address_t from, size_t size, stream_t *stream) {
  CURRENT;
  if (!host(from, size)) return INVALID_VALUE;
  return perform(stream, (operation_t){.kind = 1, .to = (uintptr_t)to, .from = from, .size = size});
}
int cuMemcpyDtoDAsync_v2(address_t to, address_t from, size_t size, stream_t *stream) {
  CURRENT;
  if (!host(to, size) || !host(from, size)) return INVALID_VALUE;
  return perform(stream, (operation_t){.kind = 2, .to = to, .from = from, .size = size});
}
int cuMemsetD8Async(address_t to, unsigned char byte, size_t size, stream_t *stream) {
  CURRENT;
  if (!host(to, size)) return INVALID_VALUE;
  return perform(stream, (operation_t){.kind = 3, .to = to, .byte = byte, .size = size});
}

int cuStreamCreate(stream_t **out, unsigned flags) {
  CURRENT;
  if (flags != 1) return INVALID_VALUE;
  *out = calloc(1, sizeof(stream_t));
  live++;
  return 0;
}
int cuStreamDestroy_v2(stream_t *stream) { CURRENT; live--; free(stream); return 0; }
int cuStreamSynchronize(stream_t *stream) {
  CURRENT;
  STICKY;
  if (stream->capture) { stream->broken = 1; return CAPTURE_UNSUPPORTED; }
  return 0;
}
int cuStreamWaitEvent(stream_t *stream, event_t *event, unsigned flags) {
  CURRENT;
  return event->recorded && !flags ? 0 : INVALID_VALUE;
}
int cuStreamBeginCapture_v2(stream_t *stream, int mode) {
  CURRENT;
  if (mode != 1 || stream->capture) return INVALID_VALUE;
  stream->capture = calloc(1, sizeof(graph_t));
  live++;
  return 0;
}
int cuStreamEndCapture(stream_t *stream, graph_t **out) {
  CURRENT;
  graph_t *captured = stream->capture;
  int broken = stream->broken;
  stream->capture = NULL;
  stream->broken = 0;
  *out = broken ? NULL : captured;
  if (broken) { free(captured); live--; }
  return broken ? CAPTURE_INVALIDATED : 0;
}
int cuGraphGetNodes(graph_t *graph, void **nodes, size_t *count) {
  CURRENT;
  if (nodes) return INVALID_VALUE;
  *count = (size_t)graph->count;
  return 0;
}
int cuGraphInstantiateWithFlags(graph_t **out, graph_t *graph, unsigned long long flags) {
  CURRENT;
  if (flags) return INVALID_VALUE;
  *out = malloc(sizeof(graph_t));
  **out = *graph;
  live++;
  return 0;
}
int cuGraphDestroy(graph_t *graph) { CURRENT; live--; free(graph); return 0; }
int cuGraphExecDestroy(graph_t *graph) { CURRENT; live--; free(graph); return 0; }
int cuGraphLaunch(graph_t *graph, stream_t *stream) {
  CURRENT;
  for (int i = 0; i < graph->count; i++) {
    int status = perform(stream, graph->operations[i]);
    if (status) return status;
  }
  return 0;
}

int cuEventCreate(event_t **out, unsigned flags) {
  CURRENT;
  if (flags) return INVALID_VALUE;
  *out = calloc(1, sizeof(event_t));
  live++;
  return 0;
}
int cuEventDestroy_v2(event_t *event) { CURRENT; live--; free(event); return 0; }
int cuEventRecord(event_t *event, stream_t *stream) {
  CURRENT;
  event->recorded = 1;
  clock_gettime(CLOCK_MONOTONIC, &event->at);
  return 0;
}
int cuEventQuery(event_t *event) { CURRENT; return pending ? NOT_READY : 0; }
int cuEventSynchronize(event_t *event) { CURRENT; STICKY; return 0; }
int cuEventElapsedTime(float *out, event_t *start, event_t *end) {
  CURRENT;
  if (!start->recorded || !end->recorded) return 400;
  *out = (float)((end->at.tv_sec - start->at.tv_sec) * 1e3
                 + (end->at.tv_nsec - start->at.tv_nsec) / 1e6);
  return 0;
}

int cuModuleLoadDataEx(module_t **out, const char *image, unsigned count, int *options, void **values) {
  CURRENT;
  if (strstr(image, ".version 99.0")) return UNSUPPORTED_PTX;
  if (strstr(image, "mistake")) {
    if (count != 2 || options[0] != 5 || options[1] != 6) return INVALID_VALUE;
    size_t room = (size_t)(uintptr_t)values[1];
    size_t length = (size_t)snprintf(values[0], room, "ptxas: line 7: mistake");
    values[1] = (void *)length;
    return INVALID_PTX;
  }
  *out = calloc(1, sizeof(module_t));
  live++;
  return 0;
}
int cuModuleUnload(module_t *module) { CURRENT; live--; free(module); return 0; }
int cuModuleGetFunction(module_t **out, module_t *module, const char *name) {
  CURRENT;
  if (strcmp(name, "record_arguments")) return NOT_FOUND;
  *out = module;
  return 0;
}
int cuFuncGetAttribute(int *out, int attribute, module_t *function) {
  CURRENT;
  switch (attribute) {
    case 0: *out = 1024; return 0;
    case 1: *out = 0; return 0;
    case 3: *out = 0; return 0;
    case 4: *out = 16; return 0;
  }
  return INVALID_VALUE;
}
int cuFuncSetAttribute(module_t *function, int attribute, int value) {
  CURRENT;
  if (attribute != 8 || value < 0 || value > 227 << 10) return INVALID_VALUE;
  function->dynamic = value;
  return 0;
}
int cuFuncGetParamInfo(module_t *function, size_t index, size_t *offset, size_t *size) {
  CURRENT;
  if (index >= PARAMETERS) return INVALID_VALUE;
  *offset = offsets[index];
  *size = sizes[index];
  return 0;
}
int cuOccupancyMaxActiveBlocksPerMultiprocessor(int *out, module_t *function, int block, size_t dynamic) {
  CURRENT;
  if (block < 1) return INVALID_VALUE;
  *out = dynamic == 0 ? 2048 / block : (int)((228 << 10) / dynamic);
  return 0;
}
int cuLaunchKernel(module_t *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx,
                   unsigned by, unsigned bz, unsigned dynamic, stream_t *stream, void **parameters,
                   void **extra) {
  CURRENT;
  int most = function->dynamic > 48 << 10 ? function->dynamic : 48 << 10;
  if (extra || !parameters || (int)dynamic > most || gy > 65535 || gz > 65535) return INVALID_VALUE;
  operation_t o = {.kind = 4};
  for (int i = 0; i < PARAMETERS; i++) memcpy(o.values + offsets[i], parameters[i], sizes[i]);
  memcpy(&o.to, o.values, 8);
  if (!host(o.to, 48)) return 700;
  /* The first word becomes the number of threads, so that tests can check the launch shape. */
  uint64_t threads = (uint64_t)gx * gy * gz * bx * by * bz;
  memcpy(o.values, &threads, 8);
  return perform(stream, o);
}
