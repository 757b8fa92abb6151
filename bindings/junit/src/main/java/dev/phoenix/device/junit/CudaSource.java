package dev.phoenix.device.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Compiles a {@code .cu} file with nvcc and loads the PTX, for a parameter of type {@link
 * dev.phoenix.device.KernelModule} or {@link dev.phoenix.device.Kernel}.
 *
 * <p>nvcc is looked for in the environment variable {@code NVCC}, in {@code CUDA_HOME/bin}, on the
 * {@code PATH} and in {@code /usr/local/cuda/bin}; without it the test is skipped. The PTX is kept
 * in {@code target/cuda-junit} (system property {@code phoenix.cuda.cache}) and is compiled again
 * when the file, a file beside it, the options or nvcc change.
 */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface CudaSource {
  /** A resource, relative to the package of the test class unless it begins with {@code /}. */
  String value();

  /** The entry, for a parameter of type Kernel; may be left out where the file has only one. */
  String kernel() default "";

  /** Options to nvcc beyond {@code -ptx -arch=compute_80 -std=c++17}. */
  String[] options() default {};
}
