package dev.phoenix.checkpoint;

import static dev.phoenix.checkpoint.TestFiles.assertRefused;
import static dev.phoenix.checkpoint.TestFiles.parse;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyHeaderTest {
  private static final String F4 = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }   \n";

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void readsEveryVersion(int major) {
    try (NpzFile file = parse(RawZip.npy(major, F4, new byte[8]))) {
      assertArrayEquals(new float[2], file.get("bare").toFloats());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'descr':'<f4','fortran_order':False,'shape':(2,)}",
        "{\"shape\": (2, ), \"descr\": \"<f4\", \"fortran_order\": False}\n",
        "{'descr': '<f4', 'fortran_order': True, 'shape': (1, 2), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 1L), }",
        "{u'descr': u'f4', 'fortran_order': False, 'shape': (+2, 1), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': ( 1, 2 , 1 ), }",
        "{'descr': '=f4',\t'fortran_order': False,\t 'shape': ( 2 ,\t1 ) }",
        "{'descr': 'float32', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': 'f', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': 'int32', 'fortran_order': False, 'shape': (1, 2, 1,)}",
      })
  void readsWhatPythonWouldWrite(String header) {
    try (NpzFile file = parse(RawZip.npy(header, new byte[8]))) {
      assertEquals(2, file.get("bare").size());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2), } | a tuple such as (3,)",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), } | a non-negative integer",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (02,), } | a non-negative integer",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (f(),), } | a non-negative integer",
        "{'descr': '<f4', 'fortran_order': False, 'shape': [2], } | '('",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,), } | True or False",
        "{'descr': '<f4', 'shape': (2,), } | the keys descr, fortran_order, shape",
        "{'descr': '<f4', 'descr': '<f4', 'shape': (2,), } | each key once",
        "{'descr': '<f4', 'evil': False, 'shape': (2,), } | 'evil'",
        "{'descr': '<\\x664', 'fortran_order': False, 'shape': (2,), } | no escapes",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), } | a quoted string",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), } + 1 | closing brace",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, | its end",
        "__import__('os') | '{'",
        "{ | a quoted string at column 1 of the npy header, found its end",
        "{u | a quoted string at column 1 of the npy header, found 'u'",
        "{'descr': '<f4', 'shape': (2 | column 28 of the npy header, found its end",
        "{'descr': '<f4', 'shape': (2L | column 29 of the npy header, found its end",
        "{'descr': '<c8', 'fortran_order': False, 'shape': (1,), } | a dtype among <f4",
        "{'descr': '<U', 'fortran_order': False, 'shape': (2,), } | a string dtype",
        "{'descr': '<U9999999999', 'fortran_order': False, 'shape': (2,), } | a string dtype",
        "{'descr': '<U0', 'fortran_order': False, 'shape': (2000000000,), } | at least one",
        "{'descr': '>f4', 'fortran_order': False, 'shape': (2,), } | big-endian dtype '>f4'",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), } | 12 bytes of data",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (8589934592,), } | 34359738368 bytes",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), } | below 2^63",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), } | 2^63",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (2305843009213693952,), } | 2^63 bytes",
      })
  void refusesEverythingElse(String header, String part) {
    assertRefused(() -> parse(RawZip.npy(header, new byte[8])), "test.npz", part);
  }

  @Test
  void noStringsMayHaveNoCharacters() {
    String header = "{'descr': '<U0', 'fortran_order': False, 'shape': (0,), }";
    try (NpzFile file = parse(RawZip.npy(header))) {
      assertArrayEquals(new String[0], file.get("bare").toStrings());
    }
  }

  @Test
  void refusesTooManyDimensions() {
    String header =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (" + "1, ".repeat(65) + "), }";
    assertRefused(() -> parse(RawZip.npy(header, new byte[4])), "at most 64 integers");
  }

  @Test
  void checksTheHeaderLengthBeforeReadingIt() {
    byte[] file = RawZip.npy(2, F4, new byte[8]);
    file[8] = 0;
    file[9] = 0;
    file[10] = 0;
    file[11] = (byte) 0xFF;
    assertRefused(() -> parse(file), "at most 10000 bytes", "4278190080 bytes");
    assertRefused(() -> parse(RawZip.npy(" ".repeat(10_001), new byte[0])), "at most 10000");
    String longest = " ".repeat(10_000 - F4.length()) + F4;
    try (NpzFile npy = parse(RawZip.npy(longest, new byte[8]))) {
      assertEquals(2, npy.get("bare").size());
    }
  }

  @Test
  void refusesOtherVersions() {
    byte[] file = RawZip.npy(F4, new byte[8]);
    file[6] = 4;
    assertRefused(() -> parse(file), "version 1.0, 2.0 or 3.0", "4.0");
  }

  @Test
  void refusesATruncatedHeaderAndData() {
    byte[] file = RawZip.npy(F4, new byte[8]);
    for (int length = 6; length < file.length; length++) {
      byte[] part = Arrays.copyOf(file, length);
      assertRefused(
          () -> parse(part),
          "test.npz",
          length < file.length - 8 ? "an npy header of at least" : "8 bytes");
    }
  }
}
