package dev.phoenix.device.cuda;

import dev.phoenix.device.DeviceException;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelAttributes;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** An entry of a loaded module. */
final class CudaKernel implements Kernel {
  private final CudaModule module;
  private final FunctionHandle function;
  private final ParameterSizes parameters;
  private final KernelAttributes attributes;
  private final String name;

  private CudaKernel(
      CudaModule module, String name, FunctionHandle function, ParameterSizes parameters) {
    this.module = module;
    this.name = name;
    this.function = function;
    this.parameters = parameters;
    this.attributes =
        new KernelAttributes(
            attribute(CUfunction_attribute.CU_FUNC_ATTRIBUTE_NUM_REGS),
            attribute(CUfunction_attribute.CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES),
            attribute(CUfunction_attribute.CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES),
            attribute(CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK));
  }

  /** Reads the attributes of a function. Its context must be current. */
  static CudaKernel create(
      CudaModule module, String name, FunctionHandle function, ParameterQuery query) {
    return new CudaKernel(module, name, function, query.of(name, function));
  }

  /** Casts {@code kernel} and checks that it is of this device and its module is loaded. */
  static CudaKernel of(Kernel kernel, CudaContext context) {
    if (!(kernel instanceof CudaKernel own) || own.module.context() != context) {
      throw new IllegalArgumentException("a kernel of another device: " + kernel.name());
    }
    own.module.checkOpen();
    return own;
  }

  private int attribute(int attribute) {
    int[] value = new int[1];
    int status = JCudaDriver.cuFuncGetAttribute(value, attribute, function);
    DriverStatus.check(status, () -> "cuFuncGetAttribute(" + attribute + ") of " + name);
    return value[0];
  }

  FunctionHandle function() {
    return function;
  }

  ParameterSizes parameters() {
    return parameters;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public KernelAttributes attributes() {
    return attributes;
  }

  @Override
  public void reserveDynamicShared(int byteSize) {
    bind();
    int status =
        JCudaDriver.cuFuncSetAttribute(
            function,
            CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
            byteSize);
    if (status == CUresult.CUDA_ERROR_INVALID_VALUE) {
      throw new DeviceException(
          "reserveDynamicShared(" + byteSize + ") of " + name,
          DriverStatus.name(status),
          "A block has at most "
              + module.sharedBytesOptIn()
              + " bytes of shared memory, of which the kernel itself declares "
              + attributes.staticSharedBytes()
              + ".");
    }
    DriverStatus.check(status, () -> "reserveDynamicShared(" + byteSize + ") of " + name);
  }

  @Override
  public int maxActiveBlocks(int blockThreads, int dynamicSharedBytes) {
    bind();
    int[] blocks = new int[1];
    int status =
        JCudaDriver.cuOccupancyMaxActiveBlocksPerMultiprocessor(
            blocks, function, blockThreads, dynamicSharedBytes);
    DriverStatus.check(
        status, () -> "cuOccupancyMaxActiveBlocksPerMultiprocessor(" + blockThreads + ")");
    return blocks[0];
  }

  private void bind() {
    module.checkOpen();
    module.context().bind();
  }

  @Override
  public String toString() {
    return name;
  }
}
