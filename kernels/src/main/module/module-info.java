/** The CUDA kernels of the model and their launchers. */
module dev.phoenix.kernels {
  requires static org.jspecify;
  requires transitive dev.phoenix.device;

  exports dev.phoenix.kernels;
  exports dev.phoenix.kernels.check to
      dev.phoenix.bench,
      dev.phoenix.cli;
  exports dev.phoenix.kernels.reference to
      dev.phoenix.bench,
      dev.phoenix.core;
}
