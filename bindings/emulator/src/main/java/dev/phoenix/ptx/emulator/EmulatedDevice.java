package dev.phoenix.ptx.emulator;

import dev.phoenix.device.Device;
import dev.phoenix.device.DeviceBuffer;
import dev.phoenix.device.DeviceException;
import dev.phoenix.device.DeviceMemory;
import dev.phoenix.device.DeviceProperties;
import dev.phoenix.device.Event;
import dev.phoenix.device.HostBuffer;
import dev.phoenix.device.KernelArguments;
import dev.phoenix.device.KernelModule;
import dev.phoenix.device.LaunchShape;
import dev.phoenix.device.MappedBuffer;
import dev.phoenix.device.Matmul;
import dev.phoenix.device.MatmulShape;
import dev.phoenix.device.Stream;
import dev.phoenix.ptx.PtxModule;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * A device of compute capability 8.0 whose kernels are executed from their PTX on the CPU.
 *
 * <p>It is strict: loading a kernel with an unknown instruction or modifier throws {@link
 * dev.phoenix.ptx.PtxException}; an error of a kernel throws {@link EmulatorFault} from its launch;
 * memory that is live at {@link #close} is a leak and throws too. All calls are synchronous.
 */
public final class EmulatedDevice implements Device {
  static final int MULTIPROCESSORS = 8;
  static final int MAX_THREADS = 1024;
  static final int THREADS_PER_MULTIPROCESSOR = 2048;
  static final int SHARED_BYTES = 48 << 10;
  static final int SHARED_BYTES_OPT_IN = 227 << 10;

  private final EmulatorOptions options;
  private final GlobalMemory memory;
  private final ExecutorService pool;
  private final Set<EmulatedHostBuffer> hostBuffers =
      Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<Consumer<InstructionCounts>> listeners = new ArrayList<>();
  private final Map<Object, String> handles = Collections.synchronizedMap(new IdentityHashMap<>());
  private Consumer<String> printing = System.out::print;
  private final Object launchLock = new Object();
  private long deviceBytes;
  private long mappedBytes;
  private long allocations;
  private boolean closed;

  private EmulatedDevice(EmulatorOptions options) {
    this.options = options;
    this.memory = new GlobalMemory(options.checks().initialised());
    this.pool =
        Executors.newFixedThreadPool(
            Math.max(1, options.workers() - 1),
            Thread.ofPlatform().daemon().name("emulator-", 0).factory());
  }

  /** A device with these options. */
  public static EmulatedDevice create(EmulatorOptions options) {
    return new EmulatedDevice(options);
  }

  /** A device with all checks on, on all cores. */
  public static EmulatedDevice create() {
    return create(EmulatorOptions.strict());
  }

  /** Calls the listener after every launch with what it executed. */
  public void onLaunch(Consumer<InstructionCounts> listener) {
    listeners.add(listener);
  }

  /**
   * Sets the listener for printf output. It is called with the output of a launch, blocks in order,
   * when the launch has ended, with or without a fault. Without a listener, output goes to standard
   * output.
   */
  public void onPrint(Consumer<String> listener) {
    printing = listener;
  }

  @Override
  public DeviceProperties properties() {
    return new DeviceProperties(
        "Emulated device (PTX on the CPU)",
        new DeviceProperties.ComputeCapability(8, 0),
        options.memoryBytes(),
        MULTIPROCESSORS,
        new DeviceProperties.BlockLimits(MAX_THREADS, SHARED_BYTES, SHARED_BYTES_OPT_IN));
  }

  @Override
  public synchronized long freeMemoryBytes() {
    return options.memoryBytes() - deviceBytes;
  }

  @Override
  public synchronized long liveBytes() {
    long host = hostBuffers.stream().mapToLong(HostBuffer::byteSize).sum();
    return deviceBytes + mappedBytes + host;
  }

  @Override
  public synchronized DeviceBuffer allocate(long byteSize) {
    checkOpen();
    checkSize(byteSize);
    if (byteSize > options.memoryBytes() - deviceBytes) {
      throw new DeviceException(
          "allocate(" + byteSize + ")",
          "OUT_OF_MEMORY",
          deviceBytes + " of " + options.memoryBytes() + " bytes are in use.");
    }
    Allocation allocation = memory.allocate("buffer #" + ++allocations, byteSize);
    deviceBytes += byteSize;
    return new EmulatedBuffer(allocation, this::free);
  }

  synchronized void free(Allocation allocation) {
    memory.free(allocation);
    deviceBytes -= allocation.byteSize;
  }

  @Override
  public synchronized HostBuffer allocateHost(long byteSize) {
    checkOpen();
    checkSize(byteSize);
    EmulatedHostBuffer buffer = EmulatedHostBuffer.create(this, byteSize);
    hostBuffers.add(buffer);
    return buffer;
  }

  synchronized void hostClosed(EmulatedHostBuffer buffer) {
    hostBuffers.remove(buffer);
  }

  @Override
  public synchronized MappedBuffer allocateMapped(long byteSize) {
    checkOpen();
    checkSize(byteSize);
    Allocation allocation = memory.allocateZeroed("mapped buffer #" + ++allocations, byteSize);
    mappedBytes += byteSize;
    return new EmulatedMappedBuffer(allocation, this::freeMapped);
  }

  synchronized void freeMapped(Allocation allocation) {
    memory.free(allocation);
    mappedBytes -= allocation.byteSize;
  }

  private static void checkSize(long byteSize) {
    if (byteSize < 1) {
      throw new IllegalArgumentException("at least one byte, not " + byteSize);
    }
  }

  /**
   * Descriptions of the open streams, events, modules, plans and graphs. Open memory is counted by
   * {@link #liveBytes}.
   */
  public List<String> liveHandles() {
    synchronized (handles) {
      return handles.values().stream().sorted().toList();
    }
  }

  /** Counts {@code handle} as live until {@link #handleClosed}. */
  <T> T handle(String description, T handle) {
    handles.put(handle, description);
    return handle;
  }

  void handleClosed(Object handle) {
    handles.remove(handle);
  }

  @Override
  public Stream createStream() {
    checkOpen();
    return handle("a stream", EmulatedStream.create(this));
  }

  @Override
  public Event createEvent() {
    checkOpen();
    return handle("an event", EmulatedEvent.create(this));
  }

  @Override
  public KernelModule loadModule(String name, byte[] image) {
    checkOpen();
    String text = new String(image, StandardCharsets.UTF_8);
    return handle("module " + name, EmulatedModule.create(this, PtxModule.parse(name, text)));
  }

  @Override
  public Matmul planMatmul(MatmulShape shape) {
    checkOpen();
    return handle("a plan of " + shape, EmulatedMatmul.create(this, shape, options.workers()));
  }

  @Override
  public void synchronize() {
    checkOpen();
  }

  void launch(EmulatedKernel kernel, LaunchShape shape, KernelArguments arguments) {
    synchronized (launchLock) {
      kernel.prepare(shape, arguments);
      Grid grid = new Grid(kernel.program(), shape, memory, options);
      InstructionCounts counts;
      try {
        counts = grid.run(pool);
      } finally {
        String printed = grid.printed();
        if (!printed.isEmpty()) {
          printing.accept(printed);
        }
      }
      listeners.forEach(listener -> listener.accept(counts));
    }
  }

  /** The worker threads. */
  ExecutorService pool() {
    return pool;
  }

  GlobalMemory memory() {
    return memory;
  }

  void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the device is closed");
    }
  }

  /** The bytes of a range. A read checks that they are initialised, a write marks them. */
  static MemorySegment data(DeviceMemory range, Access access) {
    if (!(range.owner() instanceof EmulatedMemory buffer)) {
      throw new IllegalArgumentException("memory of another device");
    }
    Allocation allocation = buffer.allocation();
    long offset = range.address() - allocation.base;
    if (access.writes()) {
      allocation.markWritten(offset, range.byteSize());
    } else {
      long unwritten = allocation.firstUnwritten(offset, range.byteSize());
      if (unwritten >= 0) {
        throw new EmulatorFault(
            EmulatorFault.Kind.UNINITIALISED,
            "copy from " + allocation.label,
            "nobody has written its byte " + unwritten);
      }
    }
    return allocation.data(offset, range.byteSize());
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    pool.shutdown();
    List<String> leaks = new ArrayList<>();
    for (Allocation allocation : memory.live()) {
      if (allocation.label.contains("buffer #")) {
        leaks.add(allocation.label + " (" + allocation.byteSize + " bytes)");
      }
      memory.free(allocation);
    }
    for (EmulatedHostBuffer buffer : List.copyOf(hostBuffers)) {
      leaks.add("a host buffer (" + buffer.byteSize() + " bytes)");
      buffer.close();
    }
    deviceBytes = 0;
    mappedBytes = 0;
    if (!leaks.isEmpty()) {
      throw new EmulatorFault(
          EmulatorFault.Kind.LEAK, "close", "still live: " + String.join(", ", leaks));
    }
  }
}
