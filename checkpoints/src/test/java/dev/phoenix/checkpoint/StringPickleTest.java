package dev.phoenix.checkpoint;

import static dev.phoenix.checkpoint.TestFiles.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
