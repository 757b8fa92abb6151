package dev.phoenix.device.cuda;

import dev.phoenix.device.DeviceException;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelModule;
import java.util.HashMap;
import java.util.Map;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** A loaded module. */
final class CudaModule implements KernelModule {
  private final CudaContext context;
  private final ModuleEnvironment environment;
  private final String name;
  private final CUmodule handle;
  private final Map<String, CudaKernel> kernels = new HashMap<>();
  private final Lifetime lifetime;

  /**
   * Environment of a module's kernels.
   *
   * @param parameters query for kernel parameters
   * @param driverVersion the newest CUDA the driver serves, e.g. 13000
   * @param sharedBytesOptIn shared memory per block, at most
   */
  record ModuleEnvironment(ParameterQuery parameters, int driverVersion, int sharedBytesOptIn) {}

  private CudaModule(
      CudaContext context, ModuleEnvironment environment, String name, CUmodule handle) {
    this.context = context;
    this.environment = environment;
    this.name = name;
    this.handle = handle;
    this.lifetime = new Lifetime("module " + name);
  }

  static CudaModule create(
      CudaContext context, ModuleEnvironment environment, String name, byte[] image) {
    context.bind();
    CUmodule handle = ModuleImage.load(name, image, environment.driverVersion());
    return new CudaModule(context, environment, name, handle);
  }

  CudaContext context() {
    return context;
  }

  int sharedBytesOptIn() {
    return environment.sharedBytesOptIn();
  }

  void checkOpen() {
    lifetime.check();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public synchronized Kernel kernel(String entry) {
    lifetime.check();
    return kernels.computeIfAbsent(entry, this::find);
  }

  private CudaKernel find(String entry) {
    context.bind();
    FunctionHandle function = new FunctionHandle();
    int status = JCudaDriver.cuModuleGetFunction(function, handle, entry);
    if (status == CUresult.CUDA_ERROR_NOT_FOUND) {
      throw new DeviceException(
          "kernel(\"" + entry + "\")",
          DriverStatus.name(status),
          "Module " + name + " has no such entry: it takes an extern \"C\" __global__ function.");
    }
    DriverStatus.check(status, () -> "cuModuleGetFunction(" + entry + ") of " + name);
    return CudaKernel.create(this, entry, function, environment.parameters());
  }

  @Override
  public synchronized void close() {
    if (lifetime.end() && context.isOpen()) {
      context.bind();
      int status = JCudaDriver.cuModuleUnload(handle);
      DriverStatus.check(status, "cuModuleUnload");
    }
  }
}
