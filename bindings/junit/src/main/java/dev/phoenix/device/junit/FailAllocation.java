package dev.phoenix.device.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Fails the n-th allocation that the test asks its device for, with a {@link
 * dev.phoenix.device.DeviceException} whose error is {@link FaultInjection#ERROR}. A test that
 * makes fewer allocations fails.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface FailAllocation {
  /** Which one, counted from 1: device, pinned and mapped memory together. */
  int value();
}
