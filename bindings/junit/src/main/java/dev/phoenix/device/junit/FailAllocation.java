package dev.phoenix.device.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes the n-th allocation of the test fail with a {@link dev.phoenix.device.DeviceException}
 * whose error is {@link FaultInjection#ERROR}. A test that makes fewer allocations fails.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface FailAllocation {
  /** Number of the allocation, from 1, counting device, pinned and mapped memory. */
  int value();
}
