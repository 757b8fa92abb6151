package dev.phoenix;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.ArchCondition;
import dev.phoenix.testing.RepositoryFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Checks imports against the table of layers in docs/architecture.md. A package may use itself, the
 * JDK, third-party libraries, and the packages of this project that its row lists.
 */
class ImportRulesTest {
  private static final String PREFIX = "dev.phoenix.";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(ImportRulesTest::isProduct)
          .importPackages("dev.phoenix");

  /** Packages with records that a module-info exports to everyone. */
  private static final String[] EXPORTED = {
    "dev.phoenix.checkpoint",
    "dev.phoenix.corpus",
    "dev.phoenix.dataset",
    "dev.phoenix.device..",
    "dev.phoenix.evaluation",
    "dev.phoenix.feature",
    "dev.phoenix.kernels",
    "dev.phoenix.model",
    "dev.phoenix.ops",
    "dev.phoenix.pipeline",
    "dev.phoenix.ptx.emulator",
    "dev.phoenix.scoring",
    "dev.phoenix.serving",
    "dev.phoenix.training..",
    "dev.phoenix.world"
  };

  private static final Pattern ROW =
      Pattern.compile("\\| `([a-z.]+)` \\| `([a-z/]+)` \\| ?([`a-z., ]*) ?\\|");

  /**
   * A row of the table of layers in docs/architecture.md.
   *
   * @param name the name of a package; with ".." at the end it includes those below
   * @param folder the folder of its module
   * @param imports the packages that it may import
   */
  record Layer(String name, String folder, List<String> imports) {
    @Override
    public String toString() {
      return name;
    }
  }

  static final List<Layer> LAYERS = layers();

  private static List<Layer> layers() {
    String page;
    try {
      page = Files.readString(RepositoryFiles.path("docs/architecture.md"));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    return ROW.matcher(page.substring(page.indexOf("## Layers")))
        .results()
        .map(
            row ->
                new Layer(
                    row.group(1),
                    row.group(2),
                    Stream.of(row.group(3).replace("`", "").split(","))
                        .map(String::strip)
                        .filter(each -> !each.isEmpty())
                        .toList()))
        .toList();
  }

  private static String full(String name) {
    return name.equals("..") ? "dev.phoenix.." : PREFIX + name;
  }

  /** Excludes test classes and benchmarks on the class path, which may import all packages. */
  private static boolean isProduct(Location location) {
    return !location.contains("/test-classes/")
        && !location.contains("-tests.jar")
        && !location.contains("/bench/target/");
  }

  @ParameterizedTest
  @FieldSource("LAYERS")
  void aPackageImportsOnlyWhatIsListed(Layer layer) {
    String[] allowed =
        Stream.concat(Stream.of(layer.name()), layer.imports().stream())
            .map(ImportRulesTest::full)
            .toArray(String[]::new);
    classes()
        .that()
        .resideInAPackage(full(layer.name()))
        .should()
        .onlyDependOnClassesThat(
            not(resideInAPackage("dev.phoenix..")).or(resideInAnyPackage(allowed)))
        .check(CLASSES);
  }

  @ParameterizedTest
  @FieldSource("LAYERS")
  void aPackageLiesInTheModuleThatIsListed(Layer layer) {
    String target = "/" + layer.folder() + "/target/";
    List<String> elsewhere =
        CLASSES.that(resideInAPackage(full(layer.name()))).stream()
            .filter(each -> !each.getSource().orElseThrow().getUri().toString().contains(target))
            .map(JavaClass::getName)
            .toList();
    assertEquals(List.of(), elsewhere, "not in " + layer.folder());
  }

  @Test
  void everyPackageHasARule() {
    String[] ruled = LAYERS.stream().map(layer -> full(layer.name())).toArray(String[]::new);
    classes().should().resideInAnyPackage(ruled).check(CLASSES);
  }

  @Test
  void theClassesOfThisModuleAndOfThoseItUsesAreChecked() {
    assertTrue(CLASSES.contain("dev.phoenix.model.Ranker"));
    assertTrue(CLASSES.contain("dev.phoenix.checkpoint.ModelConfig"));
    assertTrue(CLASSES.contain("dev.phoenix.kernels.reference.RopeReference"));
  }

  @Test
  void onlyTheCommandLineHasAMain() {
    methods()
        .that()
        .haveName("main")
        .should()
        .beDeclaredInClassesThat()
        .resideInAPackage("dev.phoenix.cli..")
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void onlyTheGpuDeviceKnowsTheDriverAndTheGeneratedBindings() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.phoenix.device.cuda..", "dev.phoenix.bindings..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("jcuda..", "dev.phoenix.bindings..")
        .check(CLASSES);
  }

  @Test
  void onlyTracingKnowsHowTracesAreSent() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.phoenix.serving.tracing..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.opentelemetry.sdk..", "io.opentelemetry.exporter..")
        .check(CLASSES);
  }

  private static boolean isPublic(JavaClass type) {
    return type.getModifiers().contains(JavaModifier.PUBLIC);
  }

  /** A record compares its arrays by identity, unless it says otherwise. */
  @Test
  void publicRecordsOfModulesCompareTheirArraysByContent() {
    DescribedPredicate<JavaClass> hasArray =
        describe(
            "has an array",
            type ->
                type.isRecord()
                    && type.getEnclosingClass().map(ImportRulesTest::isPublic).orElse(true)
                    && type.getFields().stream().anyMatch(field -> field.getRawType().isArray()));
    classes()
        .that(hasArray)
        .and()
        .arePublic()
        .and()
        .resideInAnyPackage(EXPORTED)
        .should(
            ArchCondition.from(
                describe(
                    "compare by content",
                    type ->
                        type.getMethodCallsFromSelf().stream()
                            .anyMatch(ImportRulesTest::comparesArrays))))
        .check(CLASSES);
  }

  private static boolean comparesArrays(JavaMethodCall call) {
    String name = call.getTarget().getName();
    return name.equals("deepEquals")
        || (name.equals("equals") && call.getTargetOwner().isEquivalentTo(Arrays.class));
  }

  @Test
  void nothingImportsTheCommandLine() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.phoenix.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.phoenix.cli..")
        .check(CLASSES);
  }
}
