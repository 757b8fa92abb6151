package dev.phoenix.world;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.dataset.DataFormat;
import dev.phoenix.dataset.Dataset;
import dev.phoenix.dataset.Events;
import dev.phoenix.dataset.UserEvents;
import dev.phoenix.dataset.WorldFile;
import dev.phoenix.evaluation.ActionMetrics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WorldTest {
  private static final WorldSize SMALL = new WorldSize(300, 64, 1200, 60, 14);

  @Test
  void isTheSameForTheSameSeed(@TempDir Path folder) throws Exception {
    Path first = folder.resolve("first");
    Path second = folder.resolve("second");
    Path other = folder.resolve("other");
    WorldFile.write(World.generate(SMALL, 5).dataset(), first);
    WorldFile.write(World.generate(SMALL, 5).dataset(), second);
    WorldFile.write(World.generate(SMALL, 6).dataset(), other);
    assertEquals(-1, Files.mismatch(first, second));
    assertTrue(Files.mismatch(first, other) >= 0);
  }

  @Test
  void isReadAsItWasWritten(@TempDir Path folder) {
    Dataset made = World.generate(SMALL, 5).dataset();
    Path file = folder.resolve("world.tsv");
    WorldFile.write(made, file);
    Dataset read = DataFormat.WORLD.read(file);
    assertArrayEquals(made.catalog().postIds(), read.catalog().postIds());
    assertArrayEquals(made.catalog().authorIds(), read.catalog().authorIds());
    assertArrayEquals(made.catalog().createdSeconds(), read.catalog().createdSeconds());
    assertEquals(made.catalog().topics(), read.catalog().topics());
    assertEquals(made.catalog().titles(), read.catalog().titles());
    assertEquals(made.users().size(), read.users().size());
    for (int u = 0; u < made.users().size(); u++) {
      Events expected = made.users().get(u).events();
      Events found = read.users().get(u).events();
      assertEquals(made.users().get(u).userId(), read.users().get(u).userId());
      assertArrayEquals(expected.posts(), found.posts());
      assertArrayEquals(expected.actions(), found.actions());
      assertArrayEquals(expected.dwellSeconds(), found.dwellSeconds());
      assertArrayEquals(expected.surfaces(), found.surfaces());
      assertArrayEquals(expected.seconds(), found.seconds());
    }
  }

  @Test
  void actionsFollowTheirProbabilitiesSoThatARankerHasSomethingToLearn() {
    World world = World.generate(SMALL, 5);
    double[] said =
        world.favoriteProbabilities().stream().flatMapToDouble(java.util.Arrays::stream).toArray();
    float[] probabilities = new float[said.length];
    boolean[] happened = new boolean[said.length];
    int at = 0;
    for (UserEvents user : world.dataset().users()) {
      for (int i = 0; i < user.events().count(); i++) {
        probabilities[at] = (float) said[at];
        happened[at++] = user.events().did(i, Events.FAVORITE);
      }
    }
    ActionMetrics oracle = ActionMetrics.of(probabilities, happened);
    assertTrue(oracle.auc() > 0.85, "AUC of the true probabilities: " + oracle.auc());
    assertTrue(oracle.calibrationError() < 0.02, "calibration error " + oracle.calibrationError());
    assertTrue(oracle.rate() > 0.1 && oracle.rate() < 0.5, "favorites " + oracle.rate());
  }

  @Test
  void nobodySeesAPostTwiceOrBeforeItIsMade() {
    Dataset world = World.generate(SMALL, 7).dataset();
    for (UserEvents user : world.users()) {
      Events events = user.events();
      assertEquals(events.count(), IntStream.of(events.posts()).distinct().count());
      for (int i = 0; i < events.count(); i++) {
        assertTrue(events.time(i) >= world.catalog().created(events.posts()[i]));
        if (events.did(i, Events.NOT_INTERESTED)) {
          assertEquals(1 << Events.NOT_INTERESTED, events.actions()[i]);
        }
      }
    }
  }

  @Test
  void refusesSizesThatMakeNoWorld() {
    assertThrows(IllegalArgumentException.class, () -> new WorldSize(0, 64, 1200, 60, 14));
    assertThrows(IllegalArgumentException.class, () -> new WorldSize(10, 2, 1200, 60, 14));
    assertThrows(IllegalArgumentException.class, () -> new WorldSize(10, 64, 100, 60, 14));
  }
}
