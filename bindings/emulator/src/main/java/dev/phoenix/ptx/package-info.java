/**
 * PTX as text and as a typed tree: lexer, parser, inlining of device functions, control flow.
 *
 * <p>Source: NVIDIA, Parallel Thread Execution ISA, version 9.0. The section names below are its.
 */
@NullMarked
package dev.phoenix.ptx;

import org.jspecify.annotations.NullMarked;
