package dev.phoenix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.testing.RepositoryFiles;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Links and references in documents and sources resolve, and quoted code equals the sources. */
class DocumentsTest {
  private static final Path ROOT = RepositoryFiles.path(".").normalize();

  /** A reference in a source file, such as docs/model.md#3-features and #9-training. */
  private static final Pattern REFERENCE =
      Pattern.compile("docs/([a-z/0-9-]+\\.md)((?:(?:,| and)? ?#[a-z0-9-]+)+)?");

  private static final Pattern ANCHOR = Pattern.compile("#([a-z0-9-]+)");

  /** A link in a Markdown file to another file of the repository. */
  private static final Pattern LINK =
      Pattern.compile("\\]\\((?!https?:)([^)#\\s]*)(#[^)\\s]+)?\\)");

  /** A block of code below a line that names the file that it stands in. */
  private static final Pattern QUOTE =
      Pattern.compile(
          "`([a-zA-Z0-9_/.-]+/[a-zA-Z0-9_.-]+)`:\\n\\n```[a-z]+\\n(.*?)```", Pattern.DOTALL);

  @Test
  void sourcesReferToSectionsThatExist() throws IOException {
    List<String> broken = new ArrayList<>();
    int found = 0;
    for (Path file : files(".java", ".cu", ".cuh", ".sh", ".py", ".proto", ".xml")) {
      // A comment may break a reference over two lines.
      String text = Files.readString(file).replaceAll("\\n\\s*(?:\\*|//|#)\\s", " ");
      Matcher reference = REFERENCE.matcher(text);
      while (reference.find()) {
        Path page = ROOT.resolve("docs").resolve(reference.group(1));
        if (reference.group(2) == null) {
          check(file, page, "", broken);
          continue;
        }
        Matcher anchor = ANCHOR.matcher(reference.group(2));
        while (anchor.find()) {
          check(file, page, anchor.group(1), broken);
          found++;
        }
      }
    }
    assertEquals(List.of(), broken);
    assertTrue(found > 200, "only " + found + " references to sections were found");
  }

  @Test
  void pagesLinkToPagesThatExist() throws IOException {
    List<String> broken = new ArrayList<>();
    int found = 0;
    for (Path file : files(".md")) {
      Matcher link = LINK.matcher(Files.readString(file));
      while (link.find()) {
        Path target = link.group(1).isEmpty() ? file : file.resolveSibling(link.group(1));
        String anchor = link.group(2) == null ? "" : link.group(2).substring(1);
        check(file, target.normalize(), anchor, broken);
        found++;
      }
    }
    assertEquals(List.of(), broken);
    assertTrue(found > 40, "only " + found + " links were found");
  }

  @Test
  void quotedCodeStandsInTheFileThatIsNamed() throws IOException {
    Path page = ROOT.resolve("docs/add-an-operation.md");
    Matcher quote = QUOTE.matcher(Files.readString(page));
    int found = 0;
    while (quote.find()) {
      Path file = ROOT.resolve(quote.group(1));
      assertTrue(Files.isRegularFile(file), page + " quotes " + file + ", which does not exist");
      String code = words(Files.readString(file));
      // An ellipsis stands for what is left out.
      for (String part : quote.group(2).split("(?m)^ *\\.\\.\\.$")) {
        assertTrue(code.contains(words(part)), file + " does not contain\n" + part);
      }
      found++;
    }
    assertTrue(found > 6, "only " + found + " quotations were found");
  }

  private static void check(Path from, Path page, String anchor, List<String> broken)
      throws IOException {
    if (!Files.exists(page)) {
      broken.add(ROOT.relativize(from) + " refers to " + page + ", which does not exist");
    } else if (!anchor.isEmpty() && !anchors(page).contains(anchor)) {
      broken.add(
          "%s refers to #%s, but %s has the sections %s"
              .formatted(ROOT.relativize(from), anchor, ROOT.relativize(page), anchors(page)));
    }
  }

  /** The anchors that GitHub gives to the headings of a page. */
  private static Set<String> anchors(Path page) throws IOException {
    Set<String> anchors = new HashSet<>();
    for (String line : Files.readAllLines(page)) {
      if (line.startsWith("#")) {
        anchors.add(
            line.replaceFirst("^#+ ", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-'));
      }
    }
    return anchors;
  }

  private static String words(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }

  private static List<Path> files(String... endings) throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes ignored) {
            String name = folder.getFileName().toString();
            boolean skipped =
                name.equals("target") || name.equals(".git") || name.equals("results");
            return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes ignored) {
            for (String ending : endings) {
              if (file.toString().endsWith(ending)) {
                files.add(file);
              }
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }
}
