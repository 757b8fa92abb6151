package dev.phoenix.ptx.emulator;

import dev.phoenix.ptx.Function;
import dev.phoenix.ptx.PtxModule;
import java.util.Map;

/** A call through a pointer that is not the address of a callable function. Always a fault. */
final class UnknownCall extends Operation {
  private final int pointer;
  private final PtxModule module;

  UnknownCall(int pointer, PtxModule module) {
    this.pointer = pointer;
    this.module = module;
    costing(InstructionClass.CONTROL);
  }

  @Override
  void execute(Warp warp, int mask) {
    int lane = Integer.numberOfTrailingZeros(mask);
    throw fault(warp, lane, EmulatorFault.Kind.INVALID_CALL, describe(warp.longs[pointer + lane]));
  }

  private String describe(long address) {
    for (Map.Entry<String, Long> entry : module.functionAddresses().entrySet()) {
      if (entry.getValue() == address) {
        Function function = module.functions().get(entry.getKey());
        boolean defined = function != null && !function.isDeclaration();
        return defined
            ? "calls "
                + entry.getKey()
                + ", which has other parameters or results than the prototype of the call, or is"
                + " running already (recursion is not supported)"
            : "calls " + entry.getKey() + ", which this module does not define";
      }
    }
    return "calls 0x" + Long.toHexString(address) + ", where no function is";
  }
}
