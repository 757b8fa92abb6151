package dev.phoenix.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RealDataTableTest {
  @TempDir private Path folder;

  @Test
  void aDataSetHasTheMeansOfItsNewestReport() throws IOException {
    String run =
        """
        {"command": "train %s", "test": {"retrieval": {
          "item-KNN": {"HR@10": 0.25, "NDCG@10": 0.125},
          "two towers": {"HR@10": %s, "NDCG@10": 0.25}}}}\
        """;
    Files.writeString(folder.resolve("real-data-a-2026-01-01.json"), "{\"runs\": []}");
    Files.writeString(
        folder.resolve("real-data-a-2026-02-01.json"),
        "{\"runs\": [%s, %s, %s]}"
            .formatted(
                run.formatted("", "0.5"),
                run.formatted("", "0.25"),
                run.formatted("--before test", "0.75")));
    assertEquals(
        """
        | Report | Method | Runs | HR@10 | NDCG@10 |
        |---|---|---|---|---|
        | [a](../bench/results/real-data-a-2026-02-01.json) | item-KNN | 3 | 0.2500 | 0.1250 |
        | [a](../bench/results/real-data-a-2026-02-01.json) | two towers | 2 | 0.3750 | 0.2500 |
        | [a](../bench/results/real-data-a-2026-02-01.json) | two towers, refitted on validation events | 1 | 0.7500 | 0.2500 |
        """,
        RealDataTable.of(folder));
  }
}
