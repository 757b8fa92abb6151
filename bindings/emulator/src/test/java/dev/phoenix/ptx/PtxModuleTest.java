package dev.phoenix.ptx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The parser and the flow graph. */
class PtxModuleTest {
  private static final String HEADER = ".version 9.0\n.target sm_80\n.address_size 64\n";

  private static Function kernel(PtxModule module, String name) {
    Function function = module.functions().get(name);
    assertNotNull(function);
    return function;
  }

  private static List<Integer> order(String body) {
    PtxModule module =
        PtxModule.parse("test", HEADER + ".entry k()\n{\n.reg .pred %p<9>;\n" + body + "}\n");
    return FlowGraph.of(module, kernel(module, "k")).ordered().stream()
        .map(BasicBlock::index)
        .toList();
  }

  @Test
  void readsDeclarations() {
    PtxModule module =
        PtxModule.parse(
            "test",
            HEADER
                + """
                // a comment
                .file 1 "kernel.cu"
                .const .align 4 .b8 table[4] = {1, 2, 0xff};
                .extern .shared .align 16 .b8 dynamic[];
                .visible .entry k(.param .u64 .ptr .global .align 4 k_param_0, .param .align 8 .b8 k_param_1[24])
                .maxntid 128, 2, 1
                .minnctapersm 2
                {
                  .reg .b32 %r<3>; /* two
                  lines */
                  .reg .f32 %f<2>;
                  .loc 1 2 3
                  mov.b32 %r1, -5;
                  { .reg .b32 %r1; mov.b32 %r1, 0x10U; }
                  mov.f32 %f1, 0f3F800000;
                  @!%r1 ld.global.L1::no_allocate.v2.f32 {%f1, _}, [%r2+-4];
                  ret;
                }
                """);
    assertEquals(List.of("k"), module.entries());
    assertEquals("9.0", module.header().version());
    Variable table = module.variables().get("table");
    assertNotNull(table);
    assertEquals(3, table.initialisers().size());
    Function kernel = kernel(module, "k");
    assertEquals(256, kernel.signature().maxThreads());
    assertEquals(24, kernel.signature().parameters().get(1).byteSize());
    Instruction first = assertInstanceOf(Instruction.class, kernel.body().getFirst());
    assertEquals(new Operand.IntegerConstant(-5), first.operands().get(1));
    Instruction inner = assertInstanceOf(Instruction.class, kernel.body().get(1));
    assertTrue(!inner.operands().getFirst().equals(first.operands().getFirst()));
    Instruction load = assertInstanceOf(Instruction.class, kernel.body().get(3));
    assertEquals("ld.global.L1::no_allocate.v2.f32", load.opcode());
    assertEquals(new Operand.Address("%r2", -4), load.operands().get(1));
    assertNotNull(load.guard());
  }

  @Test
  void complainsWithTheLine() {
    String[] texts = {
      "", // no version
      HEADER + ".entry k() {\n mov.b32 %r1 5;\n}",
      HEADER + ".entry k() {\n ret;\n",
      HEADER + ".address_size 32\n",
      HEADER + ".widget x;\n",
      HEADER + ".global .b32 x = 0zz;\n",
      HEADER + "/* endless",
      HEADER + ".entry k() { .reg .b32 %r1; .reg .b32 %r1; ret; }"
    };
    for (String text : texts) {
      PtxException e = assertThrows(PtxException.class, () -> PtxModule.parse("bad", text));
      assertEquals("bad", e.module());
      assertTrue(e.line() >= 1 && e.line() <= 6, text + ": line " + e.line());
    }
  }

  @Test
  void branchesThatGoNowhereAreRefused() {
    assertThrows(PtxException.class, () -> order("bra NOWHERE;\n"));
    assertThrows(PtxException.class, () -> order("L: L: ret;\n"));
    assertThrows(PtxException.class, () -> order("call missing;\nret;\n"));
    assertThrows(PtxException.class, () -> order("call k;\nret;\n"));
  }

  @Test
  void loopsStayInOnePieceBeforeTheirExit() {
    // 0 entry, 1 header (leaves to EXIT), 2 exit in the middle of the text, 3 rest of the loop
    List<Integer> order =
        order(
            """
            mov.b32 %r1, 0;
            HEAD:
            @%p1 bra BODY;
            EXIT:
            ret;
            BODY:
            @%p2 bra EXIT;
            bra HEAD;
            """);
    assertEquals(order.size() - 1, order.indexOf(2), order.toString());
  }

  @Test
  void aJoinComesAfterBothSides() {
    // 0 test, 1 first side, 2 join, 3 second side placed behind it
    List<Integer> order =
        order(
            """
            @%p1 bra SIDE;
            mov.b32 %r1, 1;
            JOIN:
            ret;
            SIDE:
            mov.b32 %r1, 2;
            bra JOIN;
            """);
    assertEquals(List.of(0, 1, 3, 2), order);
  }

  @Test
  void irreducibleGraphsAreOrderedToo() {
    List<Integer> order =
        order(
            """
            @%p1 bra B;
            A:
            @%p2 bra B;
            ret;
            B:
            @%p3 bra A;
            ret;
            """);
    assertEquals(0, order.getFirst());
    assertEquals(5, order.size());
  }
}
