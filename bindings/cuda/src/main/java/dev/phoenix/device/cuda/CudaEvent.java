package dev.phoenix.device.cuda;

import dev.phoenix.device.Event;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** An event with timing. */
final class CudaEvent implements Event {
  private final CudaContext context;
  private final CUevent handle;
  private final Lifetime lifetime = new Lifetime("the event");

  private CudaEvent(CudaContext context, CUevent handle) {
    this.context = context;
    this.handle = handle;
  }

  static CudaEvent create(CudaContext context) {
    context.bind();
    CUevent handle = new CUevent();
    int status = JCudaDriver.cuEventCreate(handle, CUevent_flags.CU_EVENT_DEFAULT);
    DriverStatus.check(status, "cuEventCreate");
    return new CudaEvent(context, handle);
  }

  /** Casts {@code event} and checks that it is open and of this device. */
  static CudaEvent of(Event event, CudaContext context) {
    if (!(event instanceof CudaEvent own) || own.context != context) {
      throw new IllegalArgumentException("an event of another device");
    }
    own.lifetime.check();
    return own;
  }

  CUevent handle() {
    return handle;
  }

  @Override
  public boolean isComplete() {
    bind();
    int status = JCudaDriver.cuEventQuery(handle);
    if (status == CUresult.CUDA_ERROR_NOT_READY) {
      return false;
    }
    DriverStatus.check(status, "cuEventQuery");
    return true;
  }

  @Override
  public void synchronize() {
    bind();
    int status = JCudaDriver.cuEventSynchronize(handle);
    DriverStatus.check(status, "cuEventSynchronize");
  }

  @Override
  public float millisecondsSince(Event start) {
    CudaEvent from = of(start, context);
    bind();
    float[] milliseconds = new float[1];
    int status = JCudaDriver.cuEventElapsedTime(milliseconds, from.handle, handle);
    DriverStatus.check(status, "cuEventElapsedTime");
    return milliseconds[0];
  }

  private void bind() {
    lifetime.check();
    context.bind();
  }

  @Override
  public void close() {
    if (lifetime.end() && context.isOpen()) {
      context.bind();
      int status = JCudaDriver.cuEventDestroy(handle);
      DriverStatus.check(status, "cuEventDestroy");
    }
  }
}
