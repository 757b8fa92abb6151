package dev.phoenix.device.cuda;

import dev.phoenix.device.Graph;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.JCudaDriver;

/** An instantiated graph. */
final class CudaGraph implements Graph {
  private final CudaContext context;
  private final CUgraphExec handle;
  private final int operations;
  private final Lifetime lifetime = new Lifetime("the graph");

  private CudaGraph(CudaContext context, CUgraphExec handle, int operations) {
    this.context = context;
    this.handle = handle;
    this.operations = operations;
  }

  /** Instantiates a captured graph and destroys the captured one. */
  static CudaGraph create(CudaContext context, CUgraph captured) {
    try (Capture capture = new Capture(captured)) {
      long[] nodes = new long[1];
      int status = JCudaDriver.cuGraphGetNodes(capture.graph(), null, nodes);
      DriverStatus.check(status, "cuGraphGetNodes");
      CUgraphExec handle = new CUgraphExec();
      status = JCudaDriver.cuGraphInstantiate(handle, capture.graph(), 0);
      DriverStatus.check(status, "cuGraphInstantiate");
      return new CudaGraph(context, handle, Math.toIntExact(nodes[0]));
    }
  }

  private record Capture(CUgraph graph) implements AutoCloseable {
    @Override
    public void close() {
      int status = JCudaDriver.cuGraphDestroy(graph);
      DriverStatus.check(status, "cuGraphDestroy");
    }
  }

  /** Casts {@code graph} and checks that it is open and of this device. */
  static CudaGraph of(Graph graph, CudaContext context) {
    if (!(graph instanceof CudaGraph own) || own.context != context) {
      throw new IllegalArgumentException("a graph of another device");
    }
    own.lifetime.check();
    return own;
  }

  CUgraphExec handle() {
    return handle;
  }

  @Override
  public int operations() {
    return operations;
  }

  @Override
  public void close() {
    if (lifetime.end() && context.isOpen()) {
      context.bind();
      int status = JCudaDriver.cuGraphExecDestroy(handle);
      DriverStatus.check(status, "cuGraphExecDestroy");
    }
  }
}
