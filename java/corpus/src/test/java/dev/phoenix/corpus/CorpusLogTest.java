package dev.phoenix.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.testing.Seeds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests reading of truncated, damaged and foreign logs. */
class CorpusLogTest {
  private static final LogHeader HEADER = new LogHeader(3, "encoder", "none");

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("log-0");
  }

  private static Change put(long id) {
    return new Change.Put(new Post(id, id + 1, "ü" + id, id * 3), new float[] {9, id, 2, 3}, 1);
  }

  /** Writes three records of two changes; returns the end offset of each, the header first. */
  private List<Long> write() {
    List<Long> ends = new ArrayList<>();
    try (CorpusLog log = CorpusLog.create(file(), HEADER, List.of(), Durability.DISK)) {
      ends.add(log.bytes());
      for (int i = 1; i <= 3; i++) {
        log.append(List.of(put(i), new Change.Remove(100 + i)));
        ends.add(log.bytes());
      }
    }
    return ends;
  }

  private List<Long> read(LogReader.Last last) {
    List<Long> ids = new ArrayList<>();
    new LogReader(file(), HEADER)
        .replay(change -> ids.add(((Change.OfPost) change).postId()), last);
    return ids;
  }

  @Test
  void whatWasWrittenIsRead() {
    write();
    List<Change> changes = new ArrayList<>();
    LogReader.End end = new LogReader(file(), HEADER).replay(changes::add, LogReader.Last.NO);
    assertEquals(6, changes.size());
    assertEquals(4, end.frames());
    Change.Put second = (Change.Put) changes.get(2);
    assertEquals(new Post(2, 3, "ü2", 6), second.post());
    assertTrue(Arrays.equals(new float[] {2, 2, 3}, second.vectors()));
    assertEquals(new Change.Remove(102), changes.get(3));
  }

  /** Posts without creation times are encoded as before creation times were introduced. */
  @Test
  void creationTimesAreKeptAndOlderRecordsAreRead() {
    ChangeCodec codec = new ChangeCodec(3);
    Change.Put known =
        new Change.Put(new Post(7, 8, "t", 9, 1_700_000_000), new float[] {1, 2, 3}, 0);
    ByteBuffer old = codec.frame(List.of(put(1)), 1);
    int bytes = 1 + 3 * 8 + 2 + "ü1".getBytes(StandardCharsets.UTF_8).length + 3 * 4;
    assertEquals(bytes, LogFrame.payloadBytes(old));
    assertEquals(1, old.get(LogFrame.HEADER_BYTES));
    ByteBuffer both = codec.frame(List.of(put(1), known, new Change.Remove(3)), 1);
    ByteBuffer payload =
        both.slice(LogFrame.HEADER_BYTES, LogFrame.payloadBytes(both))
            .order(ByteOrder.LITTLE_ENDIAN);
    List<Change> read = codec.read(payload, "here");
    assertEquals(3, read.size());
    assertEquals(0, ((Change.Put) read.get(0)).post().created());
    assertEquals(known.post(), ((Change.Put) read.get(1)).post());
  }

  @Test
  void everyTornEndIsCutOffAndWritingGoesOn() throws IOException {
    List<Long> ends = write();
    byte[] whole = Files.readAllBytes(file());
    for (int length = 0; length < whole.length; length++) {
      Files.write(file(), Arrays.copyOf(whole, length));
      long cut = length;
      int records = (int) ends.stream().filter(end -> end <= cut).count();
      List<Long> ids = new ArrayList<>();
      LogReader.End end =
          new LogReader(file(), HEADER)
              .replay(c -> ids.add(((Change.OfPost) c).postId()), LogReader.Last.YES);
      assertEquals(Math.max(0, 2 * (records - 1)), ids.size(), "cut at " + length);
      assertEquals(records == 0 ? 0 : ends.get(records - 1), Files.size(file()));
      try (CorpusLog log = CorpusLog.resume(file(), HEADER, end, Durability.SYSTEM)) {
        log.append(List.of(new Change.Remove(7)));
      }
      assertEquals(7L, read(LogReader.Last.NO).getLast());
    }
  }

  @Test
  void everyDamagedByteBeforeTheLastRecordIsRefused() throws IOException {
    List<Long> ends = write();
    byte[] whole = Files.readAllBytes(file());
    Random random = Seeds.random("damage");
    for (int at = 0; at < ends.get(2); at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file(), damaged);
      CorpusException refused =
          assertThrows(
              CorpusException.class,
              () -> read(LogReader.Last.YES),
              "byte " + at + "; " + Seeds.replay());
      assertTrue(String.valueOf(refused.getMessage()).contains("log-0"), refused.getMessage());
      assertEquals(whole.length, Files.size(file()), "a refused log is left as it is");
    }
  }

  @Test
  void aDamagedLastRecordIsCutOffOnlyInTheLastLog() throws IOException {
    List<Long> ends = write();
    byte[] damaged = Files.readAllBytes(file());
    damaged[damaged.length - 1] ^= 1;
    Files.write(file(), damaged);
    CorpusException refused = assertThrows(CorpusException.class, () -> read(LogReader.Last.NO));
    assertTrue(
        String.valueOf(refused.getMessage()).contains("another log follows"), refused.getMessage());
    assertEquals(4, read(LogReader.Last.YES).size());
    assertEquals(ends.get(2), Files.size(file()));
  }

  @Test
  void aLogOfAnotherKindIsRefused() {
    write();
    for (LogHeader other :
        List.of(
            new LogHeader(4, "encoder", "none"),
            new LogHeader(3, "other", "none"),
            new LogHeader(3, "encoder", "12-ab"))) {
      CorpusException refused =
          assertThrows(
              CorpusException.class,
              () -> new LogReader(file(), other).replay(change -> {}, LogReader.Last.YES));
      assertTrue(
          String.valueOf(refused.getMessage()).contains("expected a log of"), refused.getMessage());
    }
  }

  @Test
  void aMissingLogIsNamed() throws IOException {
    Path live = folder.resolve("live");
    Files.createDirectories(live);
    Files.write(live.resolve("log-0"), new byte[0]);
    Files.write(live.resolve("log-2"), new byte[0]);
    try (CorpusFolder opened = CorpusFolder.open(live)) {
      CorpusException refused = assertThrows(CorpusException.class, opened::logsToReplay);
      assertTrue(String.valueOf(refused.getMessage()).contains("[0, 2]"), refused.getMessage());
    }
  }
}
