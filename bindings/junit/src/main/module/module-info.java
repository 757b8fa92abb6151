/** JUnit tests of CUDA kernels, on an emulated device or a GPU. */
module dev.phoenix.device.junit {
  requires static org.jspecify;
  requires transitive dev.phoenix.device;
  requires transitive dev.phoenix.emulator;
  requires transitive org.junit.jupiter.api;

  exports dev.phoenix.device.junit;

  // JUnit makes the extensions that the annotations name.
  opens dev.phoenix.device.junit to
      org.junit.platform.commons;
}
