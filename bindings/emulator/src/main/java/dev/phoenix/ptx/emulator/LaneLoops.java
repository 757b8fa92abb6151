package dev.phoenix.ptx.emulator;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Generates, for a scalar method, a class whose {@code execute} calls it for every active lane,
 * with one loop over all 32 lanes and one over the bits of a mask. One class per method, shared by
 * all kernels, lets the JIT inline the method and keeps each loop monomorphic.
 */
final class LaneLoops {
  private static final ClassDesc SUPER = LaneOperation.class.describeConstable().orElseThrow();
  private static final ClassDesc WARP = Warp.class.describeConstable().orElseThrow();
  private static final ClassDesc FLOAT_ARITHMETIC =
      FloatArithmetic.class.describeConstable().orElseThrow();
  private static final ClassDesc INTS = ConstantDescs.CD_int.arrayType();
  private static final ClassDesc LONGS = ConstantDescs.CD_long.arrayType();
  private static final MethodTypeDesc CONSTRUCTOR = MethodTypeDesc.of(ConstantDescs.CD_void, INTS);
  private static final MethodTypeDesc EXECUTE =
      MethodTypeDesc.of(ConstantDescs.CD_void, WARP, ConstantDescs.CD_int);
  private static final String[] OPERANDS = {"a", "b", "c", "d"};
  private static final Map<Method, MethodHandle> SPUN = new ConcurrentHashMap<>();

  // Local variables of execute.
  private static final int MASK = 2;
  private static final int WORDS = 3;
  private static final int LONG_REGISTERS = 4;
  private static final int PREDICATES = 5;
  private static final int LANE = 6;
  private static final int REST = 7;
  private static final int RESULT = 8;
  private static final int TARGET = 9;
  private static final int FIRST_OPERAND = 10;

  private final Method method;
  private final Class<?>[] parameters;
  private final Class<?> result;

  private LaneLoops(Method method) {
    this.method = method;
    this.parameters = method.getParameterTypes();
    this.result = method.getReturnType();
  }

  /**
   * Creates an operation that applies a method.
   *
   * @param slots the result's register, then the operands'
   */
  static LaneOperation of(Method method, int[] slots) {
    MethodHandle constructor = SPUN.computeIfAbsent(method, m -> new LaneLoops(m).spin());
    try {
      return (LaneOperation) constructor.invokeExact(slots);
    } catch (Throwable e) {
      throw new IllegalStateException("can't construct the loops of " + method, e);
    }
  }

  private MethodHandle spin() {
    ClassDesc self = ClassDesc.of(LaneLoops.class.getPackageName(), "Loops");
    byte[] bytes =
        ClassFile.of()
            .build(
                self,
                builder ->
                    builder
                        .withSuperclass(SUPER)
                        .withFlags(ClassFile.ACC_FINAL)
                        .withMethodBody(
                            ConstantDescs.INIT_NAME, CONSTRUCTOR, 0, LaneLoops::constructor)
                        .withMethodBody("execute", EXECUTE, 0, code -> execute(self, code)));
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup().defineHiddenClass(bytes, true);
      return lookup
          .findConstructor(lookup.lookupClass(), MethodType.methodType(void.class, int[].class))
          .asType(MethodType.methodType(LaneOperation.class, int[].class));
    } catch (IllegalAccessException | NoSuchMethodException e) {
      throw new IllegalStateException("can't define the loops of " + method, e);
    }
  }

  private static void constructor(CodeBuilder code) {
    code.aload(0).aload(1).invokespecial(SUPER, ConstantDescs.INIT_NAME, CONSTRUCTOR).return_();
  }

  private void execute(ClassDesc self, CodeBuilder code) {
    code.aload(1).getfield(WARP, "words", INTS).astore(WORDS);
    code.aload(1).getfield(WARP, "longs", LONGS).astore(LONG_REGISTERS);
    code.aload(1).getfield(WARP, "predicates", INTS).astore(PREDICATES);
    code.iconst_0().istore(RESULT);
    code.aload(0).getfield(self, "target", ConstantDescs.CD_int).istore(TARGET);
    for (int i = 0; i < parameters.length; i++) {
      code.aload(0).getfield(self, OPERANDS[i], ConstantDescs.CD_int);
      if (parameters[i] == boolean.class) {
        // Load the predicate's bits, not its index.
        code.istore(TARGET + 20).aload(PREDICATES).iload(TARGET + 20).iaload();
      }
      code.istore(FIRST_OPERAND + i);
    }
    Label partial = code.newLabel();
    Label end = code.newLabel();
    code.iload(MASK).iconst_m1().if_icmpne(partial);
    allLanes(code);
    code.goto_(end);
    code.labelBinding(partial);
    someLanes(code);
    code.labelBinding(end);
    if (result == boolean.class) {
      mergePredicate(code);
    }
    code.return_();
  }

  private void allLanes(CodeBuilder code) {
    Label top = code.newLabel();
    Label done = code.newLabel();
    code.iconst_0().istore(LANE);
    code.labelBinding(top);
    code.iload(LANE).bipush(Warp.LANES).if_icmpge(done);
    lane(code);
    code.iinc(LANE, 1).goto_(top);
    code.labelBinding(done);
  }

  private void someLanes(CodeBuilder code) {
    Label top = code.newLabel();
    Label done = code.newLabel();
    code.iload(MASK).istore(REST);
    code.labelBinding(top);
    code.iload(REST).ifeq(done);
    code.iload(REST)
        .invokestatic(
            ConstantDescs.CD_Integer,
            "numberOfTrailingZeros",
            MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_int))
        .istore(LANE);
    lane(code);
    code.iload(REST).iload(REST).iconst_1().isub().iand().istore(REST).goto_(top);
    code.labelBinding(done);
  }

  /**
   * Emits the code of one lane: array and index of the result, the operands, the call, the store.
   */
  private void lane(CodeBuilder code) {
    if (result == boolean.class) {
      code.iload(RESULT);
    } else {
      code.aload(isLong(result) ? LONG_REGISTERS : WORDS).iload(TARGET).iload(LANE).iadd();
    }
    for (int i = 0; i < parameters.length; i++) {
      operand(code, parameters[i], FIRST_OPERAND + i);
    }
    code.invokestatic(
        method.getDeclaringClass().describeConstable().orElseThrow(),
        method.getName(),
        MethodType.methodType(result, parameters).describeConstable().orElseThrow());
    store(code);
  }

  private static void operand(CodeBuilder code, Class<?> type, int local) {
    if (type == boolean.class) {
      code.iload(local).iload(LANE).iushr().iconst_1().iand();
      return;
    }
    code.aload(isLong(type) ? LONG_REGISTERS : WORDS).iload(local).iload(LANE).iadd();
    if (isLong(type)) {
      code.laload();
    } else {
      code.iaload();
    }
    if (type == float.class) {
      bits(code, ConstantDescs.CD_Float, "intBitsToFloat", int.class, float.class);
    } else if (type == double.class) {
      bits(code, ConstantDescs.CD_Double, "longBitsToDouble", long.class, double.class);
    } else if (type == short.class) {
      code.i2s();
    } else if (type == char.class) {
      code.i2c();
    }
  }

  private void store(CodeBuilder code) {
    if (result == boolean.class) {
      code.iload(LANE).ishl().ior().istore(RESULT);
      return;
    }
    if (result == float.class) {
      bits(code, FLOAT_ARITHMETIC, "bits", float.class, int.class);
    } else if (result == double.class) {
      bits(code, ConstantDescs.CD_Double, "doubleToRawLongBits", double.class, long.class);
    } else if (result == short.class) {
      code.i2c(); // 16-bit registers have zero upper bits
    }
    if (isLong(result)) {
      code.lastore();
    } else {
      code.iastore();
    }
  }

  private static void mergePredicate(CodeBuilder code) {
    code.aload(PREDICATES).iload(TARGET);
    code.aload(PREDICATES).iload(TARGET).iaload();
    code.iload(MASK).iconst_m1().ixor().iand();
    code.iload(RESULT).ior().iastore();
  }

  private static void bits(
      CodeBuilder code, ClassDesc owner, String name, Class<?> from, Class<?> to) {
    code.invokestatic(
        owner, name, MethodType.methodType(to, from).describeConstable().orElseThrow());
  }

  private static boolean isLong(Class<?> type) {
    return type == long.class || type == double.class;
  }
}
