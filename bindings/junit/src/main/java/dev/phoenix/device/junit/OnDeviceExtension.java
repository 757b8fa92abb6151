package dev.phoenix.device.junit;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/** Runs a test with {@link OnDevice} once per device. */
final class OnDeviceExtension implements TestTemplateInvocationContextProvider {
  OnDeviceExtension() {}

  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return AnnotationSupport.isAnnotated(context.getTestMethod(), OnDevice.class);
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    String where =
        AnnotationSupport.findAnnotation(context.getTestMethod(), OnDevice.class)
            .map(OnDevice::value)
            .orElseThrow();
    List<String> devices =
        switch (where) {
          case "emulated", "cuda" -> List.of(where);
          case "both" -> List.of("emulated", "cuda");
          default ->
              throw new ExtensionConfigurationException(
                  "@OnDevice(\"" + where + "\"): expected emulated, cuda or both");
        };
    return devices.stream().map(DeviceInvocation::new);
  }
}
