package dev.phoenix.lifecycle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloserTest {
  private final List<String> closed = new ArrayList<>();

  private AutoCloseable part(String name) {
    return () -> closed.add(name);
  }

  private AutoCloseable failing(String name, Exception failure) {
    return () -> {
      closed.add(name);
      throw failure;
    };
  }

  @Test
  void allAreClosedInReverseAndTheFirstFailureIsThrownWithTheOthersSuppressed() {
    IllegalStateException second = new IllegalStateException("second");
    IOException third = new IOException("third");
    Closer closer = new Closer();
    closer.own(part("a"));
    closer.own(failing("b", third));
    closer.own(failing("c", second));
    closer.own(part("d"));
    assertSame(second, assertThrows(IllegalStateException.class, closer::close));
    assertEquals(List.of("d", "c", "b", "a"), closed);
    assertArrayEquals(new Throwable[] {third}, second.getSuppressed());
    closer.close();
    assertEquals(4, closed.size(), "closed once");
  }

  @Test
  void aCheckedFailureIsTheCauseOfWhatIsThrown() {
    IOException failure = new IOException("disk");
    Closer closer = new Closer();
    closer.own(failing("a", failure));
    assertSame(failure, assertThrows(IllegalStateException.class, closer::close).getCause());
  }

  @Test
  void aFailureToOpenIsThrownAsItIsAfterAllWasClosed() {
    IllegalArgumentException cause = new IllegalArgumentException("no such file");
    IllegalStateException closing = new IllegalStateException("closing");
    IllegalArgumentException thrown =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                Closer.open(
                    parts -> {
                      parts.own(part("a"));
                      parts.own(failing("b", closing));
                      throw cause;
                    }));
    assertSame(cause, thrown);
    assertEquals(List.of("b", "a"), closed);
    assertArrayEquals(new Throwable[] {closing}, thrown.getSuppressed());
  }

  @Test
  void whatIsOpenedStaysOpen() throws Exception {
    AutoCloseable opened = Closer.open(parts -> parts.own(part("a")));
    assertEquals(List.of(), closed);
    opened.close();
    assertEquals(List.of("a"), closed);
  }

  @Test
  void aClosedOwnerClosesWhatItRefuses() {
    Closer closer = new Closer();
    closer.close();
    assertThrows(IllegalStateException.class, () -> closer.own(part("late")));
    assertEquals(List.of("late"), closed);
  }

  @Test
  void anInterruptionIsPassedOn() {
    Closer closer = new Closer();
    closer.own(failing("a", new InterruptedException("stopped")));
    assertThrows(IllegalStateException.class, closer::close);
    assertEquals(true, Thread.interrupted());
  }
}
