package dev.phoenix.checkpoint;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests that files of two models are not taken for one. */
class ModelManifestTest {
  private static final List<String> NAMES = List.of("ranker/config.json", "corpus.npz");

  @TempDir Path folder;

  @BeforeEach
  void write() throws IOException {
    Files.createDirectories(folder.resolve("ranker"));
    for (String name : NAMES) {
      Files.writeString(folder.resolve(name), "first " + name);
    }
  }

  private ModelManifest.Check begin() {
    return ModelManifest.begin(folder, NAMES.stream().map(folder::resolve).toList());
  }

  private static String refusal(ModelManifest.Check check) {
    return String.valueOf(assertThrows(CheckpointException.class, check::end).getMessage());
  }

  private void replace(String name, String contents) throws IOException {
    Path written = Files.writeString(folder.resolve("new"), contents);
    Files.move(written, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void aFolderWithoutAManifestIsAcceptedIfNothingChanges() {
    assertDoesNotThrow(() -> begin().end());
  }

  @Test
  void aFileThatIsReplacedMeanwhileIsFoundWithoutAManifest() throws IOException {
    ModelManifest.Check check = begin();
    replace("corpus.npz", "other corpus.npz");
    assertTrue(refusal(check).contains("corpus.npz: the file was replaced"));
  }

  @Test
  void aFileThatIsReplacedAndPutBackIsFound() throws IOException {
    ModelManifest.Check check = begin();
    String before = Files.readString(folder.resolve("corpus.npz"));
    replace("corpus.npz", "other corpus.npz");
    replace("corpus.npz", before);
    assertTrue(refusal(check).contains("replaced"));
  }

  @Test
  void aMixtureThatWasThereFromTheBeginningIsFound() throws IOException {
    ModelManifest.enter(folder, NAMES);
    assertDoesNotThrow(() -> begin().end());
    replace("ranker/config.json", "other ranker/config.json");
    String message = refusal(begin());
    assertTrue(message.contains("ranker/config.json: expected the file"), message);
    assertTrue(message.contains(ModelManifest.FILE), message);
  }

  @Test
  void entriesOfOtherFilesStay() throws IOException {
    ModelManifest.enter(folder, NAMES);
    replace("ranker/config.json", "second ranker/config.json");
    ModelManifest.enter(folder, List.of("ranker/config.json"));
    assertDoesNotThrow(() -> begin().end());
    replace("corpus.npz", "second corpus.npz");
    assertTrue(refusal(begin()).contains("corpus.npz"));
    ModelManifest.refresh(folder.resolve("corpus.npz"));
    assertDoesNotThrow(() -> begin().end());
  }

  @Test
  void aManifestThatIsReplacedMeanwhileIsFound() throws IOException {
    ModelManifest.enter(folder, NAMES);
    ModelManifest.Check check = begin();
    ModelManifest.enter(folder, NAMES);
    assertTrue(refusal(check).contains("replaced"));
  }
}
