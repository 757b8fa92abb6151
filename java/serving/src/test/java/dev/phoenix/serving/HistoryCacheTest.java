package dev.phoenix.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.phoenix.checkpoint.ModelConfig;
import dev.phoenix.lifecycle.Closer;
import dev.phoenix.model.EncodedHistories;
import dev.phoenix.model.Ranker;
import dev.phoenix.model.Ranker.EncodedHistory;
import dev.phoenix.ops.Ops;
import dev.phoenix.ops.Precision;
import dev.phoenix.ops.cpu.CpuOps;
import dev.phoenix.testing.ConfigText;
import dev.phoenix.testing.RandomHistory;
import dev.phoenix.testing.RandomModel;
import dev.phoenix.testing.Seeds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which histories are kept, evicted, or pinned because they are in use. */
class HistoryCacheTest {
  private final Random random = Seeds.random("history cache");
  private final ModelConfig config = ConfigText.small().parse();
  private final LongAdder told = new LongAdder();
  private final List<UserHistory.Key> keys = new ArrayList<>();
  private final Ops ops = CpuOps.create(Precision.FLOAT32, 1);
  private final Closer parts = new Closer();

  @TempDir Path folder = Path.of("");

  private Ranker open() {
    Ranker ranker =
        parts.own(Ranker.create(ops, config, RandomModel.ranker(config, folder, random)));
    for (int i = 0; i < 4; i++) {
      keys.add(UserHistory.of(Demo.user(random, 5)).key());
    }
    return ranker;
  }

  private EncodedHistory encoded(Ranker ranker) {
    EncodedHistories histories = parts.own(ranker.histories());
    ranker.encode(histories, List.of(new RandomHistory(config, random, 20)));
    return new EncodedHistory(histories, 0);
  }

  @BeforeEach
  void ownOperations() {
    parts.own(ops);
  }

  @AfterEach
  void closeAll() {
    parts.close();
    assertEquals(0, told.sum(), "bytes that a closed cache was told of");
  }

  @Test
  void whatAPassUsesOutlivesWhatIsUsedLater() {
    Ranker ranker = open();
    EncodedHistory history = encoded(ranker);
    long one = history.histories().bytes();
    HistoryCache cache = parts.own(new HistoryCache(3 * one, told::add, Optional.of(ranker)));
    cache.keepHistory(keys.get(0), history);
    cache.keepHistory(keys.get(1), history);
    EncodedHistories used = cache.acquire(keys.get(0));
    assertNotNull(used);
    cache.keepHistory(keys.get(2), history);
    cache.keepHistory(keys.get(3), history);
    assertNull(cache.acquire(keys.get(1)), "the one used longest ago");
    assertEquals(used, cache.acquire(keys.get(0)));
    assertNotNull(cache.acquire(keys.get(3)));
    assertEquals(told.sum(), cache.bytes());
    cache.release(keys.get(0));
    cache.release(keys.get(0));
    assertThrows(IllegalStateException.class, () -> cache.release(keys.get(0)));
  }

  @Test
  void whatTwoLanesKeepAtOnceIsKeptOnce() {
    Ranker ranker = open();
    HistoryCache cache = parts.own(new HistoryCache(1 << 20, told::add, Optional.of(ranker)));
    cache.keepHistory(keys.get(0), encoded(ranker));
    EncodedHistories first = cache.acquire(keys.get(0));
    long bytes = cache.bytes();
    cache.keepHistory(keys.get(0), encoded(ranker));
    assertEquals(first, cache.acquire(keys.get(0)));
    assertEquals(bytes, cache.bytes());
    cache.keepUser(keys.get(0), new float[config.embSize()]);
    assertEquals(bytes + (long) config.embSize() * Float.BYTES, cache.bytes());
  }
}
