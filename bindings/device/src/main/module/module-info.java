/** The interface of a device that runs kernels. */
module dev.phoenix.device {
  requires static org.jspecify;

  exports dev.phoenix.device;
  exports dev.phoenix.lifecycle to
      dev.phoenix.cli,
      dev.phoenix.core,
      dev.phoenix.corpus,
      dev.phoenix.cuda,
      dev.phoenix.emulator,
      dev.phoenix.kafka,
      dev.phoenix.kernels,
      dev.phoenix.server,
      dev.phoenix.serving,
      dev.phoenix.training;

  uses dev.phoenix.device.DeviceProvider;
}
