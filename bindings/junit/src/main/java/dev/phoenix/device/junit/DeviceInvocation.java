package dev.phoenix.device.junit;

import dev.phoenix.device.DeviceProvider;
import dev.phoenix.device.Devices;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;

/**
 * One run of a test on one device.
 *
 * @param device the provider's name
 */
record DeviceInvocation(String device) implements TestTemplateInvocationContext {
  @Override
  public String getDisplayName(int invocationIndex) {
    return "[" + device + "]";
  }

  @Override
  public List<Extension> getAdditionalExtensions() {
    ExecutionCondition present = this::evaluate;
    return List.of(present, new DeviceLifecycle(device));
  }

  private ConditionEvaluationResult evaluate(ExtensionContext context) {
    List<DeviceProvider> providers =
        Devices.providers().stream().filter(p -> p.name().equals(device)).toList();
    if (providers.isEmpty()) {
      return ConditionEvaluationResult.disabled(
          "no device provider '" + device + "' is on the class path");
    }
    DeviceProvider.Availability availability = providers.getFirst().availability();
    if (availability.devices() == 0) {
      return ConditionEvaluationResult.disabled(
          "no '" + device + "' device: " + availability.reason());
    }
    if (usesCuda(context) && Nvcc.find() == null) {
      return ConditionEvaluationResult.disabled("a .cu file can't be compiled: " + Nvcc.MISSING);
    }
    return ConditionEvaluationResult.enabled(availability.reason());
  }

  private static boolean usesCuda(ExtensionContext context) {
    List<Method> methods =
        new ArrayList<>(
            AnnotationSupport.findAnnotatedMethods(
                context.getRequiredTestClass(), BeforeEach.class, HierarchyTraversalMode.TOP_DOWN));
    context.getTestMethod().ifPresent(methods::add);
    return methods.stream()
        .flatMap(method -> Stream.of(method.getParameters()))
        .anyMatch(p -> Arrays.stream(p.getAnnotations()).anyMatch(CudaSource.class::isInstance));
  }
}
