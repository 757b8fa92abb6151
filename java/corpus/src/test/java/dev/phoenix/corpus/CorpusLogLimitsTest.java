package dev.phoenix.corpus;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Records, changes and headers of the least and the largest size, and logs that fail. */
class CorpusLogLimitsTest {
  private static final LogHeader HEADER = new LogHeader(3, "encoder", "none");

  @TempDir Path folder;

  private static String refusal(Executable executable) {
    return String.valueOf(assertThrows(CorpusException.class, executable).getMessage());
  }

  private static String unavailable(Executable executable) {
    return String.valueOf(assertThrows(CorpusUnavailableException.class, executable).getMessage());
  }

  private static ByteBuffer payload(ByteBuffer frame) {
    int bytes = LogFrame.payloadBytes(frame);
    return frame.slice(LogFrame.HEADER_BYTES, bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static Change put(int dimension, String topic) {
    return new Change.Put(new Post(1, 2, topic, 3, 4), new float[dimension], 0);
  }

  @Test
  void aRecordMayBeEmptyAndHasAtMost64MiB() {
    ByteBuffer empty = LogFrame.seal(LogFrame.allocate(0), 5);
    assertEquals(20, empty.remaining());
    assertEquals(0, LogFrame.payloadBytes(empty));
    assertEquals(5, LogFrame.number(empty));
    int most = 64 << 20;
    ByteBuffer large = LogFrame.allocate(most);
    large.position(large.capacity());
    assertEquals(most, LogFrame.payloadBytes(LogFrame.seal(large, 6)));
    ByteBuffer larger = LogFrame.allocate(most + 1);
    larger.position(larger.capacity());
    assertEquals(
        "expected a record of at most 67108864 bytes, found 67108865",
        refusal(() -> LogFrame.seal(larger, 6)));
    larger.clear().putInt(0, LogFrame.MAGIC).putInt(4, most + 1);
    CRC32C checksum = new CRC32C();
    checksum.update(larger.slice(4, 12));
    checksum.update(larger.slice(20, most + 1));
    larger.putInt(16, (int) checksum.getValue());
    assertEquals(-1, LogFrame.payloadBytes(larger), "a length that is never written");
  }

  @Test
  void whatIsNoRecordHasNoPayload() {
    ByteBuffer frame = new ChangeCodec(3).frame(List.of(new Change.Remove(7)), 1);
    assertEquals(9, LogFrame.payloadBytes(frame));
    assertEquals(-1, LogFrame.payloadBytes(frame.slice(0, 19).order(ByteOrder.LITTLE_ENDIAN)));
    assertEquals(-1, LogFrame.payloadBytes(frame.slice(0, 28).order(ByteOrder.LITTLE_ENDIAN)));
    for (int at : new int[] {0, 4, 8, 16, 20, 28}) {
      frame.put(at, (byte) (frame.get(at) ^ 1));
      assertEquals(-1, LogFrame.payloadBytes(frame), "byte " + at);
      frame.put(at, (byte) (frame.get(at) ^ 1));
    }
    frame.putInt(4, -1);
    assertEquals(-1, LogFrame.payloadBytes(frame));
  }

  @Test
  void changesFillARecordToItsLimit() {
    // kind, post, author, attributes, creation time, length of the topic, topic, floats
    int dimension = ((64 << 20) - 1 - 4 * 8 - 2 - 9) / 4;
    ChangeCodec codec = new ChangeCodec(dimension);
    ByteBuffer frame = codec.frame(List.of(put(dimension, "ninechars")), 1);
    assertEquals(64 << 20, LogFrame.payloadBytes(frame));
    assertEquals(
        "expected changes of at most 67108864 bytes, found 67108865",
        refusal(() -> codec.frame(List.of(put(dimension, "ten chars!")), 1)));
  }

  @Test
  void boundsOfChangesAreThoseOfTheLongestTopics() {
    ChangeCodec codec = new ChangeCodec(3);
    long most = 1 + 3 * 8 + 2 + 3 * 255 + 3 * 4 + 8;
    ChangeRequest request =
        ChangeRequest.of(List.of(Post.of(1, 2), Post.of(2, 2)), List.of(3L, 4L, 5L));
    assertEquals(2 * most + 3 * 9, codec.mostBytes(request));
    assertEquals((64 << 20) / most, codec.mostChanges());
    assertEquals(1, new ChangeCodec(1 << 25).mostChanges(), "one change at least");
  }

  @Test
  void bytesThatAreNoChangesAreRefusedWithTheirPlace() {
    ChangeCodec codec = new ChangeCodec(3);
    Change.Put known = new Change.Put(new Post(1, 2, "t", 3, 4), new float[] {5, 6, 7}, 0);
    ByteBuffer payload = payload(codec.frame(List.of(known), 1));
    Change.Put read =
        (Change.Put)
            codec.read(payload.duplicate().order(ByteOrder.LITTLE_ENDIAN), "here").getFirst();
    assertEquals(known.post(), read.post());
    assertArrayEquals(known.vectors(), read.vectors());
    for (int bytes = 1; bytes < payload.limit(); bytes++) {
      ByteBuffer part = payload.slice(0, bytes).order(ByteOrder.LITTLE_ENDIAN);
      String message = refusal(() -> codec.read(part, "here"));
      assertTrue(message.startsWith("here: expected changes of posts, found other by"), message);
    }
    for (byte kind : new byte[] {0, 5}) {
      payload.put(0, kind);
      ByteBuffer other = payload.duplicate().order(ByteOrder.LITTLE_ENDIAN);
      String message = refusal(() -> codec.read(other, "here"));
      assertTrue(message.endsWith("kind " + kind), message);
    }
    assertEquals(List.of(), codec.read(ByteBuffer.allocate(0), "here"));
  }

  @Test
  void aHeaderIsReadAsItIsWritten() {
    for (LogHeader header : List.of(HEADER, new LogHeader(1, "", ""), new LogHeader(2, "ü", ""))) {
      assertEquals(header, LogHeader.read(payload(header.frame()), folder));
    }
    ByteBuffer payload = payload(HEADER.frame());
    for (int bytes = 0; bytes < payload.limit(); bytes++) {
      ByteBuffer part = payload.slice(0, bytes).order(ByteOrder.LITTLE_ENDIAN);
      assertEquals(
          folder + ": the log's header is cut short", refusal(() -> LogHeader.read(part, folder)));
    }
    payload.putInt(8, -1);
    assertEquals(
        folder + ": the log's header is cut short",
        refusal(() -> LogHeader.read(payload.rewind(), folder)));
    payload.putInt(0, 2);
    assertEquals(
        folder + ": expected a log of version 1, found 2",
        refusal(() -> LogHeader.read(payload.rewind(), folder)));
  }

  @Test
  void logsThatDifferSayHow() {
    HEADER.requireSame(new LogHeader(3, "encoder", "none"), folder);
    assertEquals(
        folder
            + ": expected a log of vectors of 3 by the encoder encoder, over the corpus none, found"
            + " one of vectors of 4 by the encoder encoder, over the corpus a; serve the model and"
            + " corpus that it was written with, or move its folder away to begin anew",
        refusal(() -> HEADER.requireSame(new LogHeader(4, "encoder", "a"), folder)));
  }

  @Test
  void aLogWhoseHeaderCannotBeWrittenIsNotLeftBehind() {
    Path file = folder.resolve("log-0");
    LogHeader large = new LogHeader(3, "e".repeat(64 << 20), "none");
    assertTrue(
        refusal(() -> CorpusLog.create(file, large, List.of(), Durability.DISK).close())
            .startsWith("expected a record of at most"));
    assertFalse(Files.exists(file));
    assertTrue(
        unavailable(
                () ->
                    CorpusLog.create(folder.resolve("no/log"), HEADER, List.of(), Durability.DISK)
                        .close())
            .startsWith(folder.resolve("no/log") + " cannot be written: "));
  }

  @Test
  void aLogWhoseChannelWasClosedRefusesOneFrameAndGoesOn() {
    // An interrupt of a thread that writes closes its channel.
    Path file = folder.resolve("log-0");
    CorpusLog log = CorpusLog.create(file, HEADER, List.of(), Durability.SYSTEM);
    assertEquals(file, log.file());
    log.append(List.of(new Change.Remove(7)));
    long bytes = log.bytes();
    log.force();
    log.close();
    log.close();
    String failed = unavailable(() -> log.append(List.of(new Change.Remove(8))));
    assertTrue(failed.startsWith(file + " cannot be written: "), failed);
    assertEquals(bytes, log.bytes());
    log.append(List.of(new Change.Remove(9)));
    assertTrue(log.bytes() > bytes);
    log.close();
    List<Long> ids = new ArrayList<>();
    var _ =
        new LogReader(file, HEADER)
            .replay(change -> ids.add(((Change.OfPost) change).postId()), LogReader.Last.YES);
    assertEquals(List.of(7L, 9L), ids);
  }

  @Test
  void theCutOfATornEndIsWarnedOf() throws IOException {
    Path file = folder.resolve("log-0");
    long end;
    try (CorpusLog log = CorpusLog.create(file, HEADER, List.of(), Durability.SYSTEM)) {
      end = log.bytes();
      log.append(List.of(new Change.Remove(7)));
    }
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length - 2));
    Logger logger = (Logger) LoggerFactory.getLogger(LogReader.class.getName());
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    logger.addAppender(said);
    try {
      LogReader reader = new LogReader(file, HEADER);
      assertEquals(new LogReader.End(1, end), reader.replay(change -> {}, LogReader.Last.YES));
      assertEquals(new LogReader.End(1, end), reader.replay(change -> {}, LogReader.Last.YES));
    } finally {
      logger.detachAppender(said);
    }
    assertEquals(
        List.of(
            file
                + ": the last 27 bytes, from byte "
                + end
                + " on, are a record that was not finished, and are cut off"),
        said.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
    assertTrue(
        refusal(() -> new LogReader(folder.resolve("x"), HEADER).replay(c -> {}, LogReader.Last.NO))
            .startsWith(folder.resolve("x") + " cannot be read: "));
  }

  @Test
  void aRecordAfterADamagedOneIsFoundAtTheVeryEnd() throws IOException {
    Path file = folder.resolve("log-0");
    long first;
    long second;
    try (CorpusLog log = CorpusLog.create(file, HEADER, List.of(), Durability.SYSTEM)) {
      first = log.bytes();
      log.append(List.of(new Change.Remove(7)));
      second = log.bytes();
      log.append(List.of());
      assertEquals(second + 20, log.bytes());
    }
    byte[] damaged = Files.readAllBytes(file);
    damaged[(int) first] ^= 1;
    Files.write(file, damaged);
    List<Long> ids = new ArrayList<>();
    String message =
        refusal(
            () ->
                new LogReader(file, HEADER)
                    .replay(
                        change -> ids.add(((Change.OfPost) change).postId()), LogReader.Last.YES));
    assertEquals(
        file
            + ": expected record 1 at byte "
            + first
            + ", found bytes that are none, and a whole record follows at byte "
            + second
            + ": acknowledged changes are damaged. Restore the file from a copy, or give up what"
            + " follows by cutting it at byte "
            + first,
        message);
    assertEquals(List.of(), ids);
  }

  @Test
  void aRecordWithoutChangesIsReadPast() throws IOException {
    Path file = folder.resolve("log-0");
    ChangeCodec codec = new ChangeCodec(3);
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(HEADER.frame().array());
      out.write(codec.frame(List.of(), 1).array());
      out.write(codec.frame(List.of(new Change.Remove(8)), 2).array());
    }
    List<Change> changes = new ArrayList<>();
    LogReader.End end = new LogReader(file, HEADER).replay(changes::add, LogReader.Last.NO);
    assertEquals(3, end.frames());
    assertEquals(List.of(new Change.Remove(8)), changes);
  }
}
