package dev.phoenix.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.dataset.WorldFile;
import dev.phoenix.world.World;
import dev.phoenix.world.WorldSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The settings of a training: options, the configuration file, and those of a resumed one. */
final class TrainSettingsTest {
  /** The training guide's configuration, narrower. */
  private static final String GUIDE =
      """
      {"emb_size": 32, "widening_factor": 4, "key_size": 8, "num_q_heads": 8, "num_kv_heads": 4,
       "num_layers": 1, "attn_output_multiplier": 0.125, "history_seq_len": 8,
       "candidate_seq_len": 4, "num_user_hashes": 2, "num_item_hashes": 2, "num_author_hashes": 2,
       "batch_size": 1024, "epochs": 1, "use_log": true, "norm_scale": 60,
       "right_anchored_rope": %s,
       "optimizer": {"adamw": {"learning_rate": 0.002, "b1": 0.8, "b2": 0.99, "eps": 1e-7,
                               "weight_decay": 0.01},
                     "rowwise_adagrad": {"learning_rate": 0.1, "eps": 1e-9,
                                         "initial_accumulator": 0.1}}%s}
      """;

  @TempDir private Path folder;

  private Path world() {
    Path file = folder.resolve("world.tsv");
    WorldFile.write(World.generate(new WorldSize(30, 16, 60, 20, 8), 1).dataset(), file);
    return file;
  }

  private Path sequences(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private CommandRun train(String model, Path data, String... more) {
    String format = data.toString().endsWith(".tsv") ? "world" : "sequences";
    List<String> arguments =
        new ArrayList<>(
            List.of("train", model, "--data=" + data, "--format=" + format, "--backend=cpu"));
    arguments.add("--out=" + folder.resolve("out"));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  /** Bad settings are refused in one line before the data file, which is missing, is read. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --learning-rate=NaN      | --learning-rate: expected a number above 0, at most 1, found NaN
          --learning-rate=-0.1     | --learning-rate: expected a number above 0, at most 1, found -0.1
          --learning-rate=0        | --learning-rate: expected a number above 0, at most 1, found 0
          --learning-rate=1e30     | --learning-rate: expected a number above 0, at most 1, found 1.0E30
          --learning-rate=Infinity | --learning-rate: expected a number above 0, at most 1, found Infinity
          --embedding-rate=NaN     | --embedding-rate: expected a number above 0, at most 10, found NaN
          --embedding-rate=1e30    | --embedding-rate: expected a number above 0, at most 10, found 1.0E30
          --weight-decay=-1        | --weight-decay: expected a number from 0 to 10, found -1
          --weight-decay=NaN       | --weight-decay: expected a number from 0 to 10, found NaN
          --dropout=1              | --dropout: expected a number from 0, below 1, found 1
          --dropout=-0.1           | --dropout: expected a number from 0, below 1, found -0.1
          --dropout=NaN            | --dropout: expected a number from 0, below 1, found NaN
          --batch=2000000000       | --batch: expected an integer from 1 to 1048576, found 2000000000
          --batch=0                | --batch: expected an integer from 1 to 1048576, found 0
          --epochs=0               | --epochs: expected an integer from 1 to 1048576, found 0
          --epochs=9000000000      | --epochs: expected an integer from 1 to 1048576, found 9000000000
          --validate-every=0           | --validate-every: expected an integer from 1 to 1048576, found 0
          --patience=-1            | --patience: expected an integer from 1 to 1048576, found -1
          --minutes=0              | --minutes: expected a number above 0, at most 1048576, found 0
          --minutes=NaN            | --minutes: expected a number above 0, at most 1048576, found NaN
          --dimension=0            | --dimension: expected an integer from 8 to 16384, found 0
          --layers=0               | --layers: expected an integer from 1 to 1024, found 0
          --heads=0                | --heads: expected an integer from 1 to 1024, found 0
          --heads=3                | --heads: expected a number that divides the dimension 64 into even parts, found 3
          --history=0              | --history: expected an integer from 1 to 65536, found 0
          --history=70000          | --history: expected an integer from 1 to 65536, found 70000
          --warmup-steps=-1        | --warmup-steps: expected an integer from 0 to 1073741824, found -1
          --schedule=cosine --final-rate=2 | --final-rate: expected a number from 0 to 1, found 2
          --threads=0              | --threads must be at least 1, found 0
          """)
  void aNumberWithoutSenseIsRefusedAtTheStart(String options, String message) {
    for (String model : List.of("retrieval", "ranker")) {
      assertRefused(model, options, message);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          retrieval | --temperature=0          | --temperature: expected a number from 0.001 to 100, found 0
          retrieval | --temperature=NaN        | --temperature: expected a number from 0.001 to 100, found NaN
          retrieval | --negatives=2000000000   | --negatives: expected all or an integer from 0 to 1048576, found 2000000000
          retrieval | --popularity-exponent=2  | --popularity-exponent: expected a number from 0 to 1, found 2
          ranker    | --candidates=0           | --candidates: expected an integer from 1 to 65536, found 0
          ranker    | --negatives=2000000000   | --negatives: expected an integer from 0 to 1048576, found 2000000000
          """)
  void soAreThoseOfOneModel(String model, String options, String message) {
    assertRefused(model, options, message);
  }

  private void assertRefused(String model, String options, String message) {
    CommandRun run = train(model, folder.resolve("nowhere.txt"), options.split(" "));
    assertEquals(1, run.exitCode(), run.err());
    assertEquals("phoenix: " + message, run.err().strip());
    assertFalse(Files.exists(folder.resolve("out")), "nothing is written");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"emb_sise": 64}              | expected keys among
          {"emb_sise": 64}              | found emb_sise
          {"continuous_loss": "mse"}    | found continuous_loss
          {"optimizer": {"sgd": {"learning_rate": 1}}} | found optimizer.sgd.learning_rate
          {"emb_size": "64"}            | CONFIG: emb_size: expected an integer from 8 to 16384, found "64"
          {"emb_size": 64.5}            | CONFIG: emb_size: expected an integer from 8 to 16384, found 64.5
          {"emb_size": null}            | CONFIG: emb_size: expected an integer from 8 to 16384, found null
          {"key_size": 7}               | CONFIG: key_size: expected an even number
          {"num_heads": 8, "num_kv_heads": 3} | CONFIG: num_kv_heads: expected a divisor of the 8 query heads, found 3
          {"num_heads": 8, "num_q_heads": 8} | expected num_heads or num_q_heads, found both
          {"num_heads": 3}              | CONFIG: num_heads: expected a number that divides the dimension 64
          {"num_item_hashes": 0}        | CONFIG: num_item_hashes: expected an integer from 1 to 64, found 0
          {"widening_factor": 0}        | CONFIG: widening_factor: expected a number above 0, at most 64, found 0
          {"norm_scale": -3}            | CONFIG: norm_scale: expected a number above 0, at most 1000000000, found -3
          {"use_log": "yes"}            | CONFIG: use_log: expected true or false, found "yes"
          {"tower": "sum"}              | CONFIG: tower: expected one of [mean, mlp], found "sum"
          {"negatives": -1}             | CONFIG: negatives: expected all or an integer from 0 to 1048576, found -1
          {"dropout": 1}                | CONFIG: dropout: expected a number from 0, below 1, found 1
          {"batch_size": 2000000000}    | CONFIG: batch_size: expected an integer from 1 to 1048576
          {"optimizer": {"adamw": {"b1": 1}}} | CONFIG: optimizer.adamw.b1: expected a number from 0, below 1, found 1
          {"seed": 1, "seed": 2}        | expected JSON, found an error at line 1
          {"seed": 1                    | expected JSON, found an error at line 1
          [1, 2]                        | CONFIG: expected a JSON object, found [1,2]
          """)
  void aConfigurationFileIsRefusedInOneLine(String text, String message) throws IOException {
    Path config = Files.writeString(folder.resolve("config.json"), text);
    CommandRun run = train("retrieval", folder.resolve("nowhere.txt"), "--config=" + config);
    assertEquals(1, run.exitCode(), run.err());
    assertEquals(1, run.err().strip().lines().count(), run.err());
    assertTrue(run.err().contains(message.replace("CONFIG", config.toString())), run.err());
    assertFalse(Files.exists(folder.resolve("out")), "nothing is written");
  }

  @Test
  void aMissingConfigurationFileIsNamed() {
    CommandRun run = train("ranker", folder.resolve("nowhere.txt"), "--config=absent.json");
    assertEquals(1, run.exitCode(), run.err());
    assertTrue(run.err().contains("absent.json: expected a JSON file"), run.err());
  }

  /** The exported model has the training guide's configuration, and it recommends. */
  @Test
  void theGuidesConfigurationTrainsBothModels() throws IOException {
    Path retrieval = Files.writeString(folder.resolve("r.json"), GUIDE.formatted("true", ""));
    CommandRun towers = train("retrieval", world(), "--config=" + retrieval, "--heads=4");
    assertEquals(0, towers.exitCode(), towers.err());
    JsonNode written = config("retrieval");
    assertEquals(4, written.get("num_heads").intValue(), "the option goes before the file");
    assertModel(written);
    for (String loss : List.of("mae", "mse", "huber", "tweedie")) {
      Path ranker =
          Files.writeString(
              folder.resolve("k.json"),
              GUIDE.formatted(
                  "false",
                  ", \"continuous_loss\": \"%s\", \"continuous_loss_weight\": 0.5"
                      .formatted(loss)));
      CommandRun run = train("ranker", world(), "--config=" + ranker);
      assertEquals(0, run.exitCode(), run.err());
      assertModel(config("ranker"));
      assertFalse(config("ranker").get("right_anchored_rope").booleanValue());
    }
    CommandRun feed =
        CommandRun.of(
            "pipeline", "--backend=cpu", "--artifacts=" + folder.resolve("out"), "--display=5");
    assertEquals(0, feed.exitCode(), feed.err());
  }

  private JsonNode config(String model) throws IOException {
    return JsonMapper.shared()
        .readTree(Files.readString(folder.resolve("out/" + model + "/config.json")));
  }

  private static void assertModel(JsonNode written) {
    assertEquals(4, written.get("num_kv_heads").intValue());
    assertEquals(8, written.get("key_size").intValue());
    assertEquals(4, written.get("widening_factor").doubleValue());
    assertEquals(60, written.get("norm_scale").doubleValue());
    assertTrue(written.get("use_log").booleanValue());
    for (String kind : List.of("user", "item", "author")) {
      assertEquals(2, written.get("num_" + kind + "_hashes").intValue(), kind);
    }
  }

  @Test
  void aResumedTrainingSaysWhatItChanges() throws IOException {
    Path data = sequences("a.txt", "1 1 2 3 4 5\n2 2 3 4 5 1\n3 3 4 5 1 2\n");
    String[] small = {"--dimension=8", "--layers=1", "--history=4", "--heads=1"};
    CommandRun first = train("retrieval", data, with(small, "--epochs=1"));
    assertEquals(0, first.exitCode(), first.err());
    CommandRun same = train("retrieval", data, with(small, "--epochs=1", "--resume"));
    assertEquals(0, same.exitCode(), same.err());
    assertFalse(same.out().contains("continues"), same.out());
    CommandRun changed =
        train(
            "retrieval",
            data,
            with(small, "--epochs=2", "--resume", "--learning-rate=0.01", "--seed=7", "--batch=2"));
    assertEquals(0, changed.exitCode(), changed.err());
    assertTrue(
        changed
            .out()
            .contains(
                "continues with batch 2, was 256; epochs 2, was 1; learning rate 0.01, was 0.001;"
                    + " seed 7, was 1\n"),
        changed.out());
    Path other = sequences("b.txt", "1 1 2 3 4 5\n2 2 3 4 5 1\n3 3 4 5 1 2\n4 1 3 5 2 4\n");
    CommandRun more = train("retrieval", other, with(small, "--epochs=3", "--resume"));
    assertEquals(0, more.exitCode(), more.err());
    assertTrue(more.out().contains("data of 4 users and 20 events"), more.out());
    assertTrue(more.out().contains(", was of 3 users and 15 events"), more.out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a.txt | --dimension=16        | emb_size 16, was 8
          a.txt | --layers=2            | num_layers 2, was 1
          a.txt | --history=5           | history_seq_len 5, was 4
          a.txt | --pooling=last        | user_pooling "last", was none
          a.txt | --temperature=0.5     | temperature 0.5, learned, was 0.07, learned
          b.txt |                       | catalogue of 6 posts
          """)
  void aResumedTrainingIsRefusedAnotherModelInOneLine(String data, String option, String message)
      throws IOException {
    sequences("a.txt", "1 1 2 3 4 5\n2 2 3 4 5 1\n3 3 4 5 1 2\n");
    sequences("b.txt", "1 1 2 3 4 6\n2 2 3 4 5 1\n3 3 4 5 1 2\n");
    String[] small = {"--dimension=8", "--layers=1", "--history=4", "--heads=1", "--epochs=1"};
    CommandRun first = train("retrieval", folder.resolve("a.txt"), small);
    assertEquals(0, first.exitCode(), first.err());
    byte[] before = Files.readAllBytes(folder.resolve("out/training/retrieval-checkpoint.npz"));
    List<String> options = new ArrayList<>(List.of("--resume"));
    for (String one : small) {
      if (option == null || !one.startsWith(option.replaceAll("=.*", "="))) {
        options.add(one);
      }
    }
    if (option != null) {
      options.add(option);
    }
    CommandRun run = train("retrieval", folder.resolve(data), options.toArray(String[]::new));
    assertEquals(1, run.exitCode(), run.err());
    String error = run.err().lines().filter(l -> l.startsWith("phoenix:")).findFirst().orElse("");
    assertTrue(error.contains("expected the model and the catalogue that the checkpoint"), error);
    assertTrue(error.contains(message), error);
    assertTrue(
        Arrays.equals(
            before, Files.readAllBytes(folder.resolve("out/training/retrieval-checkpoint.npz"))),
        "the checkpoint stays");
  }

  private static String[] with(String[] options, String... more) {
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }
}
