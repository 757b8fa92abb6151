package dev.phoenix.ptx.emulator;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the opcodes, with all their modifiers, that a static method implements for one lane.
 *
 * <p>Braces list alternatives: {@code add.{u,s}32} stands for two opcodes. The types of parameters
 * and result determine how registers are read and written: {@code int} 32 bits (16-bit registers
 * hold zeros above), {@code short} and {@code char} 16 bits with and without sign, {@code long} 64
 * bits, {@code float} and {@code double} their bits, {@code boolean} a predicate.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Ptx {
  /** The opcodes. */
  String[] value();

  /** Class in the cost model. */
  InstructionClass cost() default InstructionClass.INTEGER;
}
