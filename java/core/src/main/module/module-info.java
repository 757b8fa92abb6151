/** The model: operations on CPU and GPU, features, transformer, retrieval, scoring, pipeline. */
module dev.phoenix.core {
  requires jdk.incubator.vector;
  requires static org.jspecify;
  requires transitive dev.phoenix.checkpoints;
  requires transitive dev.phoenix.device;
  requires transitive dev.phoenix.kernels;

  exports dev.phoenix.feature;
  exports dev.phoenix.model;
  exports dev.phoenix.ops;
  exports dev.phoenix.ops.cpu;
  exports dev.phoenix.ops.gpu;
  exports dev.phoenix.ops.reference to
      dev.phoenix.bench;
  exports dev.phoenix.pipeline;
  exports dev.phoenix.scoring;
  exports dev.phoenix.tensor;
}
