package dev.phoenix.bench;

import dev.phoenix.ops.HistoryFeatureTables;
import dev.phoenix.ops.KeyValues;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.RowLayout;
import dev.phoenix.ops.Weight;
import dev.phoenix.tensor.Shape;
import dev.phoenix.tensor.Tensor;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Operations that delegate every call and record the time of those that compute. */
final class TimedOps implements InvocationHandler {
  /** Methods without a result that compute nothing. */
  private static final Set<String> UNTIMED = Set.of("close", "rereadRows");

  private final Ops ops;
  private final OperationProfile profile;

  private TimedOps(Ops ops, OperationProfile profile) {
    this.ops = ops;
    this.profile = profile;
  }

  /** Operations that are closed with {@code ops}. */
  static Ops of(Ops ops, OperationProfile profile) {
    return (Ops)
        Proxy.newProxyInstance(
            Ops.class.getClassLoader(), new Class<?>[] {Ops.class}, new TimedOps(ops, profile));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    String name = method.getName();
    if (name.equals("lane")) {
      return of(ops.lane(), profile);
    }
    boolean computes =
        method.getReturnType() == void.class ? !UNTIMED.contains(name) : name.equals("topK");
    if (!computes || arguments == null) {
      return call(method, arguments);
    }
    // Before the call, because an operation may change what it is given.
    String label = label(name, arguments);
    double flops = flops(name, arguments);
    long begin = System.nanoTime();
    Object result = call(method, arguments);
    profile.add(label, System.nanoTime() - begin, flops);
    return result;
  }

  private @Nullable Object call(Method method, Object @Nullable [] arguments) throws Throwable {
    try {
      return method.invoke(ops, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  /** The operation's name; for a product with its shape, because the model has several. */
  private static String label(String name, Object[] arguments) {
    return switch (name) {
      case "matmul", "gatedMatmul" -> {
        Tensor x = (Tensor) arguments[1];
        Shape shape = ((Weight) arguments[2]).shape();
        int columns = (name.equals("matmul") ? 1 : 2) * shape.columns();
        yield "%s [%d, %d] x [%d, %d]"
            .formatted(name, x.rows(), x.columns(), shape.rows(), columns);
      }
      default -> name;
    };
  }

  private static double flops(String name, Object[] arguments) {
    return switch (name) {
      case "matmul" -> product(arguments[1], arguments[2]);
      case "gatedMatmul" -> 2 * product(arguments[1], arguments[2]);
      case "addHistoryFeatures" ->
          product(arguments[0], ((HistoryFeatureTables) arguments[1]).actions());
      case "actionHeads" -> product(arguments[2], arguments[4]);
      case "attendHistory" -> {
        RowLayout history = ((KeyValues) arguments[2]).history();
        yield attention((Tensor) arguments[0], history, history, 0.5);
      }
      case "attendCandidates" -> {
        RowLayout history = ((KeyValues) arguments[3]).history();
        yield attention((Tensor) arguments[0], history, (RowLayout) arguments[2], 1);
      }
      default -> 0;
    };
  }

  private static double product(Object x, Object weight) {
    return 2.0 * ((Tensor) x).rows() * ((Weight) weight).shape().elements();
  }

  /** Of both products, for {@code share} of the pairs of a query with the history and itself. */
  private static double attention(Tensor out, RowLayout history, RowLayout queries, double share) {
    double pairs = 0;
    for (int request = 0; request < history.requests(); request++) {
      pairs += share * (history.length(request) + 1.0) * queries.length(request);
    }
    return 4 * pairs * out.columns();
  }
}
