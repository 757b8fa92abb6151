package dev.phoenix.checkpoint;

import static dev.phoenix.checkpoint.TestFiles.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StringPickleTest {

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5})
  void readsEveryProtocol(int protocol) {
    String[] strings = read("strings_" + protocol + ".npy");
    String[] five = {"repeated topic", "b".repeat(300), "repeated topic", "", "grüße"};
    for (int i = 0; i < 10; i++) {
      assertEquals(five[i % 5], strings[i]);
    }
    String[] many = read("many_" + protocol + ".npy");
    for (int i = 0; i < 2500; i++) {
      assertEquals("topic " + i % 700, many[i]);
    }
  }

  @Test
  void readsEveryShape() {
    assertArrayEquals(new String[] {"only"}, read("one.npy"));
    assertArrayEquals(new String[] {}, read("none.npy"));
    assertArrayEquals(new String[] {"zero"}, read("scalar_string.npy"));
    String[] grid = {"a", "b", "c", "d", "e", "f"};
    assertArrayEquals(grid, read("grid.npy"));
    // numpy pickles the elements in C order although the header says Fortran order.
    assertArrayEquals(grid, read("grid_fortran.npy"));
  }

  @ParameterizedTest
  @CsvSource({
    "holds_none_2, a string as element 1, NONE",
    "holds_none_4, a string as element 1, NONE",
    "holds_int_4, a string as element 1, integer 5",
    "holds_dict_2, opcode EMPTY_DICT, nothing was executed",
    "holds_dict_4, opcode EMPTY_DICT, nothing was executed",
    "holds_list_4, one list, a second",
    "holds_scalar_2, multiarray.scalar, nothing was executed",
    "holds_scalar_4, multiarray.scalar, nothing was executed",
    "os_system_2, global posix.system, nothing was executed",
    "os_system_4, global posix.system, nothing was executed",
    "builtins_eval_2, eval, nothing was executed",
    "builtins_eval_4, global builtins.eval, nothing was executed",
    "in_array_2, global posix.system, nothing was executed",
    "in_array_4, global posix.system, nothing was executed",
    "plain_list_4, strings in the pickle, more",
    "protocol_0, begins with PROTO, another",
  })
  void refusesEveryOtherPickle(String name, String first, String second) {
    Path file = TestFiles.npy("refused_" + name + ".npy");
    assertRefused(() -> NpzFile.open(file).close(), name, first, second);
    assertFalse(Files.exists(Path.of("executed")));
  }

  @ParameterizedTest
  @CsvSource({
    "c__builtin__|exec|, global __builtin__.exec",
    "cnumpy|load|, global numpy.load",
    "c_codecs|encode|K\u0001K\u0002\u0086R, REDUCE of a global with other arguments",
    "cnumpy|dtype|K\u0001K\u0002K\u0003\u0087R, REDUCE",
    "K\u0001K\u0002b, BUILD of the integer 1",
    "Nq\u0000h\u0001N, a memo index below 1",
    "Pid|, opcode PERSID",
    "ios|system|, opcode INST",
    "\u0081, opcode NEWOBJ",
    "\u0082\u0001, opcode EXT1",
    "\u00ff, 0xff",
    "h\u0007N, a memo index below 0",
    "q\u0000N, a value on the pickle's stack",
    "K\u0001q\u0005N, memo index 0",
    "), a pickle",
    "t, a value on the pickle's stack",
    "N., one object array",
    "\u008dzzzzzzzzz, truncated",
    "B\u00ff\u00ff\u00ff\u00ff, opcode BINBYTES",
  })
  void refusesHandMadePickles(String body, String part) {
    byte[] pickle =
        ("\u0080\u0002" + body.replace('|', '\n')).getBytes(StandardCharsets.ISO_8859_1);
    assertRefused(() -> TestFiles.parse(objects(1, pickle)).close(), part);
  }

  private static final String DTYPE = "cnumpy|dtype|X\2\0\0\0O8K\0K\1\u0087R";
  private static final String DTYPE_STATE = "(K\3X\1\0\0\0~NNNK\0K\0K\77tb";
  private static final String ARRAY =
      "cnumpy.core.multiarray|_reconstruct|cnumpy|ndarray|K\0\u0085C\1b\u0087R";

  /** A pickle of {@code strings}, which may be opcodes of the memo, in an array of that shape. */
  private static byte[] pickle(String shape, String dtype, String strings) {
    return bytes(ARRAY + "(K\1" + shape + dtype + "\u0089](" + strings + "etb.");
  }

  private static byte[] bytes(String body) {
    return ("\u0080\2" + body.replace('|', '\n').replace('~', '|'))
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void readsStringsFromALongMemo() {
    String strings = "X\1\0\0\0ar\0\0\0\0X\1\0\0\0bj\0\0\0\0";
    byte[] pickle = pickle("K\3\u0085", DTYPE + DTYPE_STATE, strings);
    try (NpzFile file = TestFiles.parse(objects(3, pickle))) {
      assertArrayEquals(new String[] {"a", "b", "a"}, file.get("bare").toStrings());
    }
  }

  @Test
  void refusesWhatIsLeftOnTheStack() {
    byte[] array = pickle("K\1\u0085", DTYPE + DTYPE_STATE, "X\1\0\0\0a");
    array[1] = 'N'; // instead of the protocol, which goes before
    byte[] pickle = new byte[array.length + 1];
    System.arraycopy(array, 0, pickle, 1, array.length);
    pickle[0] = (byte) 0x80;
    pickle[1] = 2;
    assertRefused(
        () -> TestFiles.parse(objects(1, pickle)).close(), "a pickle of one object array");
  }

  @ParameterizedTest
  @ValueSource(strings = {"K\1", "N\u0085", "K\2\u0085"})
  void refusesOtherShapes(String shape) {
    byte[] pickle = pickle(shape, DTYPE + DTYPE_STATE, "X\1\0\0\0a");
    assertRefused(
        () -> TestFiles.parse(objects(1, pickle)).close(), "BUILD of an array with another state");
  }

  @ParameterizedTest
  @ValueSource(strings = {")b", "(K\3X\1\0\0\0~NNN\u0088K\0K\77tb", "(K\3NNNNK\0K\0K\77tb"})
  void refusesOtherStatesOfADtype(String state) {
    byte[] pickle = pickle("K\1\u0085", DTYPE + state, "X\1\0\0\0a");
    assertRefused(
        () -> TestFiles.parse(objects(1, pickle)).close(), "BUILD of a dtype with another state");
  }

  @Test
  void boundsNamesAndTheMemo() {
    String longest = "n".repeat(200);
    for (String global :
        List.of("cnumpy|" + longest + "|", "X\5\0\0\0numpyX\u00c8\0\0\0" + longest + "\u0093")) {
      assertRefused(
          () -> TestFiles.parse(objects(1, bytes(global))).close(), "global numpy.nnn", "executed");
      String longer = global.replace(longest, longest + "n").replace('\u00c8', '\u00c9');
      assertRefused(
          () -> TestFiles.parse(objects(1, bytes(longer))).close(), "a name of at most 200 bytes");
    }
    StringBuilder memo = new StringBuilder("N");
    for (char i = 0; i < 66; i++) {
      memo.append('q').append(i);
    }
    assertRefused(
        () -> TestFiles.parse(objects(1, bytes(memo.toString()))).close(),
        "memo index 65 in the pickle, found 65");
  }

  @Test
  void boundsWhatAPickleCanFill() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x80, 2});
    for (int i = 0; i < 20_000; i++) {
      out.write('N');
    }
    assertRefused(() -> TestFiles.parse(objects(1, out.toByteArray())), "at most 16384 values");
    assertRefused(
        () -> TestFiles.parse(objects(1 << 23, new byte[] {(byte) 0x80, 2})),
        "at most 4194304 strings",
        "8388608");
  }

  @Test
  void comparesTheCountWithTheHeader() {
    byte[] file = TestFiles.bytes(TestFiles.npy("strings_4.npy"));
    String header = new String(file, 0, 128, StandardCharsets.ISO_8859_1);
    byte[] fewer = header.replace("(10,)", "(9,) ").getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(fewer, 0, file, 0, 128);
    assertRefused(() -> TestFiles.parse(file), "9 strings in the pickle", "more");
    byte[] more = header.replace("(10,)", "(11,)").getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(more, 0, file, 0, 128);
    assertRefused(() -> TestFiles.parse(file), "BUILD of an array");
  }

  private static byte[] objects(int count, byte... pickle) {
    return RawZip.npy(
        "{'descr': '|O', 'fortran_order': False, 'shape': (" + count + ",), }", pickle);
  }

  private static String[] read(String name) {
    try (NpzFile file = NpzFile.open(TestFiles.npy(name))) {
      return file.get(file.names().getFirst()).toStrings();
    }
  }
}
