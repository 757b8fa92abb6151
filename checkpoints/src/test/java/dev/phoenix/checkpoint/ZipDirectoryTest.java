package dev.phoenix.checkpoint;

import static dev.phoenix.checkpoint.TestFiles.assertRefused;
import static dev.phoenix.checkpoint.TestFiles.parse;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZipDirectoryTest {
  private final RawZip zip = new RawZip();

  @Test
  void readsStoredDeflatedAndZip64() {
    zip.store("a.npy", RawZip.zeros(3));
    zip.deflate("b/c.npy", RawZip.zeros(5));
    zip.store("d.npy", RawZip.zeros(7)).zip64 = true;
    try (NpzFile file = parse(zip.build())) {
      assertEquals("[a, b/c, d]", file.names().toString());
      assertEquals(7, file.get("d").size());
      assertEquals(5, file.get("b/c").toFloats().length);
    }
    try (NpzFile file = parse(new RawZip().build())) {
      assertEquals(0, file.names().size());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a.npy",
        "../a.npy",
        "a/../b.npy",
        "./a.npy",
        "a//b.npy",
        "C:a.npy",
        "a\\b.npy",
        "a\0.npy",
        ".npy",
        "folder/"
      })
  void refusesNames(String name) {
    zip.store(name, RawZip.zeros(1));
    assertRefused(() -> parse(zip.build()), "test.npz", "a");
  }

  @Test
  void refusesNamesThatAreNotText() {
    RawZip.Entry entry = zip.store("a.npy", RawZip.zeros(1));
    entry.name = entry.localName = new byte[] {(byte) 0xFF, '.', 'n', 'p', 'y'};
    assertRefused(() -> parse(zip.build()), "an entry name in US-ASCII");
    entry.flags = ZipMember.UTF8;
    assertRefused(() -> parse(zip.build()), "an entry name in UTF-8");
    entry.name = entry.localName = new byte[2000];
    assertRefused(() -> parse(zip.build()), "1 to 1024 bytes", "2000");
  }

  @Test
  void refusesDuplicates() {
    zip.store("a.npy", RawZip.zeros(1));
    zip.store("a.npy", RawZip.zeros(2));
    assertRefused(() -> parse(zip.build()), "'a.npy'", "each name once");
  }

  @Test
  void refusesOverlaps() {
    zip.store("a.npy", RawZip.zeros(1));
    RawZip.Entry copy = zip.store("a.npy", RawZip.zeros(1));
    copy.offset = 0;
    copy.name = "b.npy".getBytes(StandardCharsets.UTF_8);
    assertRefused(
        () -> parse(zip.build()), "'b.npy'", "a local header as in the central", "'a.npy'");

    // One entry inside the data of another, as in overlapping zip bombs.
    RawZip inner = new RawZip();
    RawZip.Entry nested = inner.store("n.npy", RawZip.zeros(4));
    byte[] hidden = RawZip.local(nested);
    byte[] data = Arrays.copyOf(hidden, hidden.length + nested.data.length);
    System.arraycopy(nested.data, 0, data, hidden.length, nested.data.length);
    byte[] outer =
        RawZip.npy(
            "{'descr': '|i1', 'fortran_order': False, 'shape': (" + data.length + ",), }", data);
    RawZip overlapping = new RawZip();
    RawZip.Entry first = overlapping.store("o.npy", outer);
    RawZip.Entry second = overlapping.store("n.npy", nested.data);
    second.offset = (long) RawZip.local(first).length + outer.length - data.length;
    assertRefused(() -> parse(overlapping.build()), "'n.npy'", "entries overlap");
  }

  @Test
  void refusesALocalHeaderThatDiffers() {
    RawZip.Entry entry = zip.store("a.npy", RawZip.zeros(1));
    entry.localSize = 5;
    assertRefused(() -> parse(zip.build()), "'a.npy'", "as in the central directory", "size 5");
    entry.localSize = entry.size;
    entry.localName = "b.npy".getBytes(StandardCharsets.UTF_8);
    assertRefused(() -> parse(zip.build()), "'a.npy'", "name 'b.npy'");
    entry.localName = entry.name;
    entry.offset = 4;
    assertRefused(() -> parse(zip.build()), "'a.npy'");
    entry.offset = 1 << 20;
    assertRefused(() -> parse(zip.build()), "'a.npy'", "offset 1048576");
  }

  @Test
  void refusesBombs() {
    RawZip.Entry zeros = zip.deflate("zeros.npy", RawZip.zeros(1 << 20));
    try (NpzFile file = parse(zip.build())) {
      assertEquals(4 << 20, file.get("zeros").data().byteSize(), "deflate packs zeros this well");
    }
    zeros.size = zeros.localSize = 2 * zeros.size;
    assertRefused(() -> parse(zip.build()), "'zeros.npy'", "ratio of at most 1032:1", "8388");

    RawZip lying = new RawZip();
    RawZip.Entry more = lying.deflate("more.npy", RawZip.zeros(100));
    more.size = more.localSize = 300;
    assertRefused(() -> parse(lying.build()), "300 bytes inflated", "more than 300");
    more.size = more.localSize = 3000;
    assertRefused(() -> parse(lying.build()), "3000 bytes inflated", "found 4");

    RawZip declared = new RawZip();
    for (int i = 0; i < 40; i++) {
      RawZip.Entry entry = declared.store("e" + i + ".npy", RawZip.zeros(1));
      entry.size = entry.localSize = entry.packedSize = 1L << 21;
    }
    assertRefused(() -> parse(declared.build()), "at most 67108864 bytes in all entries");
  }

  @Test
  void refusesCorruptDeflateData() {
    RawZip.Entry entry = zip.deflate("a.npy", RawZip.zeros(100));
    byte[] good = zip.build();
    Arrays.fill(entry.data, 2, 10, (byte) 0x5A);
    assertRefused(() -> parse(zip.build()), "entry 'a'");
    entry.crc = 1;
    assertEquals(good.length, zip.build().length);
    RawZip crc = new RawZip();
    crc.deflate("a.npy", RawZip.zeros(100)).crc = 1;
    assertRefused(() -> parse(crc.build()), "CRC-32 1", "corrupt");
  }

  @Test
  void refusesMethodsAndFlags() {
    RawZip.Entry entry = zip.store("a.npy", RawZip.zeros(1));
    entry.method = 12;
    assertRefused(() -> parse(zip.build()), "'a.npy'", "0 (stored) or 8 (deflated)", "12");
    entry.method = 0;
    entry.flags = 1;
    assertRefused(() -> parse(zip.build()), "'a.npy'", "no encryption", "0x1");
    entry.flags = 0;
    entry.size = entry.localSize = 10;
    assertRefused(() -> parse(zip.build()), "'a.npy'", "a stored size of 10");
  }

  @Test
  void refusesAnAbsurdDirectory() {
    zip.store("a.npy", RawZip.zeros(1));
    zip.entryCount = 5000;
    assertRefused(() -> parse(zip.build()), "at most 4096 entries", "5000");
    zip.entryCount = 2;
    assertRefused(() -> parse(zip.build()), "a zip directory", "truncated");
    zip.entryCount = 0;
    assertRefused(() -> parse(zip.build()), "a zip directory of", "bytes fewer");
    zip.entryCount = 1;
    zip.directoryShift = 1;
    assertRefused(() -> parse(zip.build()), "a zip directory that ends at");
  }

  @Test
  void refusesEveryTruncation() {
    zip.store("a.npy", RawZip.zeros(3));
    zip.deflate("b.npy", RawZip.zeros(5));
    byte[] whole = zip.build();
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertRefused(() -> parse(part), "test.npz");
    }
  }

  @Test
  void theDirectoryMayListEntriesInAnyOrder() {
    zip.store("a.npy", RawZip.zeros(3));
    zip.store("b.npy", RawZip.zeros(5));
    zip.reversed = true;
    try (NpzFile file = parse(zip.build())) {
      assertEquals("[b, a]", file.names().toString());
      assertEquals(3, file.get("a").size());
      assertEquals(5, file.get("b").size());
    }
  }

  @Test
  void limitsAreInclusive() {
    String name = "n".repeat(1020) + ".npy";
    RawZip.Entry entry = zip.store(name, RawZip.zeros(3));
    try (NpzFile file = parse(zip.build())) {
      assertEquals(3, file.get("n".repeat(1020)).size());
    }
    MemorySegment bytes = MemorySegment.ofArray(zip.build());
    Place place = new Place("test.npz", null);
    assertEquals(1, ZipDirectory.read(bytes, place, entry.size).size());
    assertRefused(
        () -> ZipDirectory.read(bytes, place, entry.size - 1),
        "at most " + (entry.size - 1) + " bytes in all entries",
        entry.size + " bytes declared");
    zip.entryCount = 4096;
    assertRefused(() -> parse(zip.build()), "a zip directory of at least", "truncated");
    zip.entryCount = 4097;
    assertRefused(() -> parse(zip.build()), "at most 4096 entries, found 4097");
  }

  @Test
  void readsPastExtraFieldsOfOtherPrograms() {
    RawZip.Entry entry = zip.store("a.npy", RawZip.zeros(3));
    entry.extra = new byte[] {'U', 'T', 2, 0, 5, 6, 1, 2, 3};
    try (NpzFile file = parse(zip.build())) {
      assertEquals(3, file.get("a").size());
    }
    entry.extra = new byte[] {'U', 'T', 9, 0, 5};
    assertRefused(() -> parse(zip.build()), "'a.npy'", "zip extra fields", "truncated");
    entry.extra = new byte[] {1, 0, 0, 0, 1, 0, 0, 0};
    assertRefused(() -> parse(zip.build()), "'a.npy'", "one zip64 field, found two");
  }

  @Test
  void aSaturatedSizeNeedsAZip64Field() {
    RawZip.Entry entry = zip.store("a.npy", RawZip.zeros(3));
    entry.localSize = 0xFFFFFFFFL;
    String expected = "a zip64 field for a size or offset of 0xffffffff, found none";
    assertRefused(() -> parse(zip.build()), "'a.npy'", expected);
    entry.size = 0xFFFFFFFFL;
    assertRefused(() -> parse(zip.build()), "'a.npy'", expected);
  }

  @Test
  void aStreamedEntryMayLeaveItsSizeOpen() {
    RawZip.Entry entry = zip.store("a.npy", RawZip.zeros(3));
    entry.flags = ZipMember.STREAMED;
    for (long open : new long[] {0, 0xFFFFFFFFL}) {
      entry.localSize = open;
      try (NpzFile file = parse(zip.build())) {
        assertEquals(3, file.get("a").size());
      }
    }
    entry.zip64 = true;
    entry.localSize = entry.size + 1;
    assertRefused(() -> parse(zip.build()), "'a.npy'", "as in the central directory");
    entry.localSize = entry.size;
    try (NpzFile file = parse(zip.build())) {
      assertEquals(3, file.get("a").size());
    }
  }

  @Test
  void namesTheSignatureThatWasFound() {
    RawZip.Entry entry = zip.store("a.npy", RawZip.zeros(3));
    byte[] file = zip.build();
    byte[] local = file.clone();
    local[0] = 'Q';
    assertRefused(() -> parse(local), "'a.npy'", "a local zip header at 0, found 0x4034b51");
    int directory = RawZip.local(entry).length + entry.data.length;
    byte[] central = file.clone();
    central[directory] = 'Q';
    assertRefused(() -> parse(central), "a zip directory entry at " + directory, "found 0x2014b51");
  }
}
