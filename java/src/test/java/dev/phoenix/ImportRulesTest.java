package dev.phoenix;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Who may import whom: the layers of the design. A package may use itself, the JDK, other people's
 * libraries and what is listed beside it; of ours, nothing else. Packages that do not exist yet
 * have their rules already.
 */
class ImportRulesTest {
  private static final String PREFIX = "dev.phoenix.";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(ImportRulesTest::isNotATest)
          .importPackages("dev.phoenix");

  /** Package (with those below it where it ends in "..") to the packages it may import. */
  private static final Map<String, String[]> MAY_IMPORT = layers();

  static final List<String> PACKAGES = List.copyOf(MAY_IMPORT.keySet());

  private static Map<String, String[]> layers() {
    Map<String, String[]> layers = new LinkedHashMap<>();
    layers.put("bindings..", of());
    layers.put("device", of());
    layers.put("device.cuda..", of("device", "bindings.."));
    layers.put("kernels", of("device"));
    layers.put("kernels.reference", of());
    layers.put("kernels.check", of("kernels", "kernels.reference", "device"));
    layers.put("ptx..", of("device", "kernels.reference"));
    layers.put("checkpoint", of());
    layers.put("tensor", of());
    // A shape of the definitions is the shape of the operations.
    layers.put("ops", of("tensor", "kernels.reference"));
    layers.put("ops.cpu", of("ops", "tensor", "kernels.reference"));
    layers.put("ops.gpu", of("ops", "tensor", "kernels", "kernels.reference", "device"));
    layers.put("ops.reference", of("ops", "tensor", "kernels.reference"));
    layers.put("feature", of("checkpoint"));
    layers.put("model", of("feature", "ops", "tensor", "checkpoint", "kernels.reference"));
    layers.put("retrieval", of("model", "feature", "ops", "tensor", "checkpoint"));
    layers.put("compression", of());
    layers.put("client", of("compression"));
    layers.put("load", of("compression"));
    layers.put("corpus", of("model", "feature", "ops", "tensor", "checkpoint"));
    layers.put("corpus.kafka", of("corpus"));
    layers.put("ranking", of("model", "feature", "ops", "tensor", "checkpoint"));
    layers.put(
        "training", of("model", "feature", "ops", "tensor", "checkpoint", "kernels.reference"));
    layers.put("dataset", of());
    layers.put("world", of("dataset"));
    layers.put(
        "evaluation", of("dataset", "training", "model", "feature", "ops", "tensor", "checkpoint"));
    layers.put(
        "fit",
        of(
            "dataset",
            "evaluation",
            "training",
            "retrieval",
            "model",
            "feature",
            "ops",
            "ops.cpu",
            "tensor",
            "checkpoint"));
    layers.put(
        "pipeline",
        of(
            "retrieval",
            "ranking",
            "model",
            "feature",
            "ops",
            "ops.cpu",
            "ops.gpu",
            "tensor",
            "checkpoint",
            "device"));
    layers.put(
        "parity", of("pipeline", "ranking", "model", "feature", "ops", "tensor", "checkpoint"));
    layers.put(
        "serving",
        of(
            "pipeline",
            "corpus",
            "retrieval",
            "ranking",
            "model",
            "feature",
            "ops",
            "ops.cpu",
            "ops.gpu",
            "tensor",
            "checkpoint"));
    // Servers speak to the engine and never past it.
    layers.put("serving.tracing", of("serving"));
    layers.put("serving.oip", of("serving", "checkpoint", "feature"));
    layers.put(
        "serving.grpc",
        of(
            "serving",
            "serving.oip",
            "serving.tracing",
            "compression",
            "corpus",
            "checkpoint",
            "feature"));
    layers.put(
        "serving.http",
        of(
            "serving",
            "serving.oip",
            "serving.tracing",
            "compression",
            "corpus",
            "ranking",
            "checkpoint",
            "feature"));
    layers.put(
        "serving.server",
        of(
            "serving",
            "corpus",
            "corpus.kafka",
            "serving.grpc",
            "serving.http",
            "serving.tracing",
            "pipeline",
            "ranking",
            "ops",
            "feature",
            "checkpoint"));
    return layers;
  }

  private static String[] of(String... packages) {
    return packages;
  }

  /** Surefire puts the modules' own test classes beside the main ones. */
  private static boolean isNotATest(Location location) {
    return !location.contains("/test-classes/");
  }

  @ParameterizedTest
  @FieldSource("PACKAGES")
  void aPackageImportsOnlyWhatIsListed(String name) {
    String[] allowed =
        Stream.concat(Stream.of(name), Stream.of(MAY_IMPORT.getOrDefault(name, of())))
            .map(PREFIX::concat)
            .toArray(String[]::new);
    classes()
        .that()
        .resideInAPackage(PREFIX + name)
        .should()
        .onlyDependOnClassesThat(
            not(resideInAPackage("dev.phoenix..")).or(resideInAnyPackage(allowed)))
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void everyPackageHasARule() {
    String[] ruled =
        Stream.concat(MAY_IMPORT.keySet().stream(), Stream.of("cli.."))
            .map(PREFIX::concat)
            .toArray(String[]::new);
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
