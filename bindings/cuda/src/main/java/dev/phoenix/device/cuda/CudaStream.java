package dev.phoenix.device.cuda;

import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.Event;
import dev.phoenix.device.Graph;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.LaunchShape.Extent;
import dev.phoenix.device.Stream;
import java.lang.foreign.MemorySegment;
import jcuda.driver.CUgraph;
import jcuda.driver.CUresult;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/** A stream that does not synchronise with the default one. Used by one thread at a time. */
final class CudaStream implements Stream {
  private final CudaContext context;
  private final StreamHandle handle;
  private final ArgumentBlock arguments = ArgumentBlock.create();
  private final Lifetime lifetime = new Lifetime("the stream");
  private boolean capturing;

  private CudaStream(CudaContext context, StreamHandle handle) {
    this.context = context;
    this.handle = handle;
  }

  static CudaStream create(CudaContext context) {
    context.bind();
    StreamHandle handle = new StreamHandle();
    int status = JCudaDriver.cuStreamCreate(handle, CUstream_flags.CU_STREAM_NON_BLOCKING);
    DriverStatus.check(status, "cuStreamCreate");
    return new CudaStream(context, handle);
  }

  /**
   * Casts {@code stream}, checks that it is open and of this device, and makes its context current.
   */
  static CudaStream of(Stream stream, CudaContext context) {
    if (!(stream instanceof CudaStream own) || own.context != context) {
      throw new IllegalArgumentException("a stream of another device");
    }
    own.bind();
    return own;
  }

  StreamHandle handle() {
    return handle;
  }

  private void bind() {
    lifetime.check();
    context.bind();
  }

  @Override
  public void copyToDevice(DeviceMemory destination, MemorySegment source) {
    HostMemory.check(destination, source);
    long address = context.addressOf(destination);
    bind();
    if (capturing) {
      HostMemory.checkCapturable(source);
    }
    if (source.byteSize() > 0) {
      HostMemory.write(handle, address, source);
    }
  }

  @Override
  public void copyToHost(MemorySegment destination, DeviceMemory source) {
    HostMemory.check(source, destination);
    if (destination.isReadOnly()) {
      throw new IllegalArgumentException("the host memory is read-only");
    }
    long address = context.addressOf(source);
    bind();
    if (capturing) {
      HostMemory.checkCapturable(destination);
    }
    if (destination.byteSize() > 0) {
      HostMemory.read(handle, destination, address);
    }
  }

  @Override
  public void copy(DeviceMemory destination, DeviceMemory source) {
    HostMemory.checkSizes(destination.byteSize(), source.byteSize());
    long to = context.addressOf(destination);
    long from = context.addressOf(source);
    bind();
    if (source.byteSize() > 0) {
      int status =
          JCudaDriver.cuMemcpyDtoDAsync(
              new DeviceAddress(to), new DeviceAddress(from), source.byteSize(), handle);
      DriverStatus.check(status, () -> "cuMemcpyDtoDAsync(" + source.byteSize() + ")");
    }
  }

  @Override
  public void fill(DeviceMemory destination, byte value) {
    long address = context.addressOf(destination);
    bind();
    if (destination.byteSize() > 0) {
      int status =
          JCudaDriver.cuMemsetD8Async(
              new DeviceAddress(address), value, destination.byteSize(), handle);
      DriverStatus.check(status, () -> "cuMemsetD8Async(" + destination.byteSize() + ")");
    }
  }

  @Override
  public void launch(Kernel kernel, LaunchShape shape, KernelArguments given) {
    CudaKernel own = CudaKernel.of(kernel, context);
    own.parameters().check(given.values());
    bind();
    MemorySegment packed = arguments.pack(given.values(), context::addressOf);
    int status = launch(own.function(), shape, new NativeAddress(packed.address()));
    DriverStatus.check(
        status,
        () -> "launch of " + own.name() + " as " + shape + ", compiled " + own.attributes());
  }

  private int launch(FunctionHandle function, LaunchShape shape, NativeAddress parameters) {
    Extent grid = shape.grid();
    Extent block = shape.block();
    if (shape.scheduling() == LaunchShape.Scheduling.COOPERATIVE) {
      return JCudaDriver.cuLaunchCooperativeKernel(
          function,
          grid.x(),
          grid.y(),
          grid.z(),
          block.x(),
          block.y(),
          block.z(),
          shape.dynamicSharedBytes(),
          handle,
          parameters);
    }
    return JCudaDriver.cuLaunchKernel(
        function,
        grid.x(),
        grid.y(),
        grid.z(),
        block.x(),
        block.y(),
        block.z(),
        shape.dynamicSharedBytes(),
        handle,
        parameters,
        null);
  }

  @Override
  public void launch(Graph graph) {
    CudaGraph own = CudaGraph.of(graph, context);
    bind();
    int status = JCudaDriver.cuGraphLaunch(own.handle(), handle);
    DriverStatus.check(status, "cuGraphLaunch");
  }

  @Override
  public void record(Event event) {
    CudaEvent own = CudaEvent.of(event, context);
    bind();
    int status = JCudaDriver.cuEventRecord(own.handle(), handle);
    DriverStatus.check(status, "cuEventRecord");
  }

  @Override
  public void waitFor(Event event) {
    CudaEvent own = CudaEvent.of(event, context);
    bind();
    int status = JCudaDriver.cuStreamWaitEvent(handle, own.handle(), 0);
    DriverStatus.check(status, "cuStreamWaitEvent");
  }

  @Override
  public void synchronize() {
    bind();
    if (capturing) {
      throw new IllegalStateException("synchronize while a capture is under way");
    }
    int status = JCudaDriver.cuStreamSynchronize(handle);
    DriverStatus.check(status, "cuStreamSynchronize");
  }

  /**
   * {@inheritDoc}
   *
   * <p>The capture mode is thread-local: other threads are not restricted. The driver requires
   * begin and end on the same operating system thread, so capture on a platform thread.
   */
  @Override
  public void beginCapture() {
    bind();
    if (capturing) {
      throw new IllegalStateException("a capture is already under way");
    }
    int status =
        JCudaDriver.cuStreamBeginCapture(
            handle, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
    DriverStatus.check(status, "cuStreamBeginCapture");
    capturing = true;
  }

  @Override
  public Graph endCapture() {
    bind();
    if (!capturing) {
      throw new IllegalStateException("no capture is under way");
    }
    // The capture has ended even if the driver reports it as invalid.
    capturing = false;
    CUgraph captured = new CUgraph();
    int status = JCudaDriver.cuStreamEndCapture(handle, captured);
    DriverStatus.check(status, "cuStreamEndCapture");
    return CudaGraph.create(context, captured);
  }

  @Override
  public void close() {
    if (!lifetime.end()) {
      return;
    }
    arguments.close();
    if (context.isOpen()) {
      context.bind();
      if (capturing) {
        discardCapture();
      }
      int status = JCudaDriver.cuStreamDestroy(handle);
      DriverStatus.check(status, "cuStreamDestroy");
    }
  }

  private void discardCapture() {
    capturing = false;
    CUgraph captured = new CUgraph();
    int status = JCudaDriver.cuStreamEndCapture(handle, captured);
    // An invalid capture has no graph; destroy a valid one.
    if (status == CUresult.CUDA_SUCCESS) {
      status = JCudaDriver.cuGraphDestroy(captured);
      DriverStatus.check(status, "cuGraphDestroy");
    }
  }
}
