package dev.phoenix.device.junit;

import dev.phoenix.device.Device;
import dev.phoenix.device.Kernel;
import dev.phoenix.device.KernelModule;
import dev.phoenix.device.Stream;
import java.lang.reflect.Parameter;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** Opens a device before a test, resolves the test's parameters, and closes it afterwards. */
final class DeviceLifecycle implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
  private static final Set<Class<?>> PLAIN =
      Set.of(
          Device.class,
          Stream.class,
          DeviceArrays.class,
          FaultInjection.class,
          LaunchCounts.class,
          PrintedOutput.class);

  private final String name;
  private @Nullable DeviceSession session;

  DeviceLifecycle(String name) {
    this.name = name;
  }

  private DeviceSession session() {
    DeviceSession open = session;
    if (open == null) {
      throw new ParameterResolutionException(
          "a device belongs to one test: only test methods, @BeforeEach and @AfterEach methods"
              + " have such parameters");
    }
    return open;
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    DeviceSession opened = DeviceSession.open(name);
    session = opened;
    failing(context).ifPresent(n -> opened.device().faults().failAllocation(n));
  }

  private static Optional<Integer> failing(ExtensionContext context) {
    return AnnotationSupport.findAnnotation(context.getTestMethod(), FailAllocation.class)
        .map(FailAllocation::value);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    DeviceSession ending = session();
    session = null;
    boolean reports =
        AnnotationSupport.isAnnotated(context.getTestMethod(), InstructionReport.class)
            || AnnotationSupport.isAnnotated(context.getTestClass(), InstructionReport.class);
    if (reports && !ending.counts().all().isEmpty()) {
      String table = ending.report();
      System.out.println(context.getDisplayName() + System.lineSeparator() + table);
      context.publishReportEntry("instructions", table);
    }
    try (ending) {
      ending.checkLeaks();
      Optional<Integer> failing = failing(context);
      if (failing.isPresent() && context.getExecutionException().isEmpty()) {
        checkFired(failing.orElseThrow(), ending.device().faults());
      }
    }
  }

  private static void checkFired(int n, FaultInjection faults) {
    if (!faults.fired()) {
      throw new AssertionError(
          "@FailAllocation(" + n + "), but the test made " + faults.allocations() + " allocations");
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return PLAIN.contains(type)
        || ((type == Kernel.class || type == KernelModule.class)
            && (parameter.isAnnotated(CudaSource.class) || parameter.isAnnotated(PtxSource.class)));
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    DeviceSession open = session();
    Parameter declared = parameter.getParameter();
    Class<?> type = declared.getType();
    if (type == Device.class) {
      return open.device();
    } else if (type == Stream.class) {
      return open.stream();
    } else if (type == DeviceArrays.class) {
      return open.arrays();
    } else if (type == FaultInjection.class) {
      return open.device().faults();
    } else if (type == LaunchCounts.class) {
      return open.counts();
    } else if (type == PrintedOutput.class) {
      return open.printed();
    }
    ModuleSource source = ModuleSource.of(parameter, context.getRequiredTestClass());
    KernelModule module = open.load(source);
    return type == KernelModule.class ? module : module.kernel(source.entry());
  }
}
