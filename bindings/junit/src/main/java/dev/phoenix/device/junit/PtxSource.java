package dev.phoenix.device.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Loads a {@code .ptx} file, for a parameter of type {@link dev.phoenix.device.KernelModule} or
 * {@link dev.phoenix.device.Kernel}. Needs no CUDA toolkit.
 */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface PtxSource {
  /** A resource, relative to the package of the test class unless it begins with {@code /}. */
  String value();

  /** The entry, for a parameter of type Kernel; may be left out where the file has only one. */
  String kernel() default "";
}
