package dev.phoenix.device.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Prints, after each test on the emulated device, a table with a column per launch: the thread
 * instructions of each class and the bytes requested. The table goes to standard output and, as an
 * entry named {@code instructions}, into JUnit's report.
 */
@Documented
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface InstructionReport {}
