package dev.phoenix.device.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Marks a JUnit test that runs on a device. Replaces {@code @Test}.
 *
 * <p>The test method may have these parameters, which the extension opens before the test and
 * closes after it: {@link dev.phoenix.device.Device}, {@link dev.phoenix.device.Stream}, {@link
 * DeviceArrays}, {@link FaultInjection}, {@link LaunchCounts}, {@link PrintedOutput}, and {@link
 * dev.phoenix.device.KernelModule} or {@link dev.phoenix.device.Kernel} with {@link CudaSource} or
 * {@link PtxSource}. Without a GPU, the runs that need one are skipped with a message.
 */
@Documented
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(OnDeviceExtension.class)
public @interface OnDevice {
  /**
   * Where the test runs: {@code emulated} (the default) executes the PTX on the CPU with all
   * checks, {@code cuda} runs on the first GPU, {@code both} runs the test once on each.
   */
  String value() default "emulated";
}
