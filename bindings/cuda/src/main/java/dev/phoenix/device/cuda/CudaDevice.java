package dev.phoenix.device.cuda;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceException;
import dev.phoenix.device.DeviceProperties;
import dev.phoenix.device.Event;
import dev.phoenix.device.HostBuffer;
import dev.phoenix.device.KernelModule;
import dev.phoenix.device.MappedBuffer;
import dev.phoenix.device.Matmul;
import dev.phoenix.device.MatmulShape;
import dev.phoenix.device.Stream;
import dev.phoenix.lifecycle.Closer;
import java.lang.System.Logger.Level;
import jcuda.driver.CUdevice;
import jcuda.driver.JCudaDriver;
import org.jspecify.annotations.Nullable;

/**
 * An NVIDIA GPU. cuBLASLt is loaded when the first matrix product is planned.
 *
 * <p>Memory still allocated when the device is closed is logged, and freed with the GPU's primary
 * context, i.e. when the last open device of the same GPU in this process is closed. Closing a
 * buffer after its device does nothing.
 */
final class CudaDevice implements Device {
  private static final System.Logger LOG = System.getLogger(CudaDevice.class.getName());

  private final CudaDriver driver;
  private final CudaContext context;
  private final DeviceProperties properties;
  private final CudaModule.ModuleEnvironment modules;
  private final HostAllocation mappedMemory;
  private final Closer owned;
  private @Nullable CublasLt library;

  private CudaDevice(
      Closer owned,
      CudaDriver driver,
      CudaContext context,
      DeviceProperties properties,
      CudaModule.ModuleEnvironment modules) {
    this.owned = owned;
    this.driver = driver;
    this.context = context;
    this.properties = properties;
    this.modules = modules;
    this.mappedMemory = HostAllocation.create(driver.symbols());
  }

  /**
   * Opens a device.
   *
   * @param ordinal from 0
   * @throws DeviceException when it does not respond or is too old
   */
  static CudaDevice create(int ordinal) {
    CudaDriver driver = CudaDriver.get();
    CUdevice device = driver.device(ordinal);
    DeviceProperties properties = DeviceFacts.read(device);
    DeviceFacts.checkArchitecture(properties);
    CudaModule.ModuleEnvironment modules =
        new CudaModule.ModuleEnvironment(
            ParameterQuery.create(driver.symbols()),
            driver.version(),
            properties.limits().sharedBytesOptIn());
    // Last, because it acquires a resource that must be released.
    return Closer.open(
        owned -> {
          CudaContext context = owned.own(CudaContext.create(device));
          return new CudaDevice(owned, driver, context, properties, modules);
        });
  }

  @Override
  public DeviceProperties properties() {
    return properties;
  }

  @Override
  public long freeMemoryBytes() {
    return MemoryInfo.read(context).free();
  }

  @Override
  public long liveBytes() {
    return context.liveBytes();
  }

  @Override
  public DeviceBuffer allocate(long byteSize) {
    return CudaBuffer.create(context, byteSize);
  }

  /**
   * {@inheritDoc} No more than 2 GiB - 1.
   *
   * @throws IllegalArgumentException when it is more
   */
  @Override
  public HostBuffer allocateHost(long byteSize) {
    return CudaHostBuffer.create(context, byteSize);
  }

  @Override
  public MappedBuffer allocateMapped(long byteSize) {
    return CudaMappedBuffer.create(context, mappedMemory, byteSize);
  }

  @Override
  public Stream createStream() {
    return CudaStream.create(context);
  }

  @Override
  public Event createEvent() {
    return CudaEvent.create(context);
  }

  @Override
  public KernelModule loadModule(String name, byte[] image) {
    return CudaModule.create(context, modules, name, image);
  }

  @Override
  public Matmul planMatmul(MatmulShape shape) {
    return CudaMatmul.create(context, library(), shape);
  }

  private synchronized CublasLt library() {
    CublasLt created = library;
    if (created == null) {
      created = owned.own(CublasLt.create(context, CublasLtLibrary.load(driver.version())));
      library = created;
    }
    return created;
  }

  @Override
  public void synchronize() {
    context.bind();
    int status = JCudaDriver.cuCtxSynchronize();
    DriverStatus.check(status, "cuCtxSynchronize");
  }

  @Override
  public synchronized void close() {
    if (context.isOpen() && context.liveBytes() > 0) {
      LOG.log(
          Level.WARNING,
          "{0} is closed with {1} bytes still allocated",
          properties.name(),
          context.liveBytes());
    }
    owned.close();
  }

  @Override
  public String toString() {
    return properties.name();
  }
}
