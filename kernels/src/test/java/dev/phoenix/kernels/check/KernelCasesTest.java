package dev.phoenix.kernels.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.phoenix.ptx.emulator.EmulatedDevice;
import dev.phoenix.ptx.emulator.InstructionClass;
import dev.phoenix.ptx.emulator.InstructionCounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** Runs every case of every kernel on every requested device. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KernelCasesTest {
  private static final Path SOURCES = Path.of("src/main/cuda");
  private static final Pattern ENTRY = Pattern.compile("\\.entry\\s+(\\w+)");

  private final List<DeviceBench> benches = new ArrayList<>();
  private final List<InstructionCounts> launches = new ArrayList<>();
  private final Set<String> launched = new HashSet<>();
  private final DeviceDifferences differences = new DeviceDifferences("emulated", "cuda");

  @BeforeAll
  void open() {
    System.out.printf("kernel cases: -Dphoenix.seed=%d%n", Numbers.seed());
    DeviceBench.devices().map(DeviceBench::open).forEach(benches::add);
    for (DeviceBench on : benches) {
      if (on.device() instanceof EmulatedDevice emulated) {
        emulated.onLaunch(launches::add);
      }
    }
  }

  @TestFactory
  Stream<DynamicContainer> everyKernelKeepsItsBounds() {
    return KernelCases.kernels().stream()
        .map(
            kernel ->
                dynamicContainer(
                    kernel,
                    KernelCases.of(kernel).stream()
                        .filter(one -> one.kernel().equals(kernel))
                        .map(one -> dynamicTest(one.name(), () -> check(one)))));
  }

  private void check(KernelCase one) {
    List<CaseResult> results = new ArrayList<>();
    for (DeviceBench on : benches) {
      launches.clear();
      results.add(CaseResult.of(on.bench(), one));
      if (on.device() instanceof EmulatedDevice) {
        launches.forEach(launch -> launched.add(launch.kernel()));
        assertIsAFloor(one.prepare(on.bench()).work());
        on.bench().clear();
      }
    }
    if (results.size() == 2) {
      differences.add(results.getFirst(), results.getLast());
    }
    for (int i = 0; i < results.size(); i++) {
      assertNull(results.get(i).failure(), benches.get(i).name());
    }
  }

  /** Checks that a case's minimal work is at most the executed work. */
  private void assertIsAFloor(Work work) {
    long bytes = 0;
    long tensorFlops = 0;
    long floats = 0;
    long specials = 0;
    for (InstructionCounts launch : launches) {
      bytes += launch.bytes().globalRead() + launch.bytes().globalWritten();
      tensorFlops += launch.tensorFlops();
      floats += launch.of(InstructionClass.FLOAT) + 2 * launch.of(InstructionClass.FMA);
      specials += launch.of(InstructionClass.SPECIAL);
    }
    assertTrue(work.bytes() <= bytes, work + ": " + bytes + " bytes");
    assertTrue(work.tensorFlops() <= tensorFlops, work + ": " + tensorFlops + " of tensor cores");
    assertTrue(work.flops() <= floats, work + ": " + floats + " float operations");
    assertTrue(work.specials() <= specials, work + ": " + specials + " special functions");
  }

  @Test
  void everySourceHasCases() throws IOException {
    assertEquals(sources(), new TreeSet<>(KernelCases.kernels()));
  }

  @Test
  void casesOfAKernelDifferInName() {
    for (String kernel : KernelCases.kernels()) {
      List<String> names = KernelCases.of(kernel).stream().map(KernelCase::name).toList();
      assertEquals(names.size(), new HashSet<>(names).size(), kernel + ": " + names);
    }
  }

  @Test
  void namesTheKernelsThereAre() {
    var found = assertThrows(IllegalArgumentException.class, () -> KernelCases.of("rms_nrom"));
    assertTrue(String.valueOf(found.getMessage()).contains("rms_norm, rope"));
  }

  /** Checks that every entry of every kernel source is launched by some case. */
  @AfterAll
  void everyEntryWasLaunchedAndEverythingIsFreed() throws IOException {
    if (benches.size() == 2) {
      System.out.println(differences.table());
    }
    boolean emulated = benches.stream().anyMatch(on -> on.device() instanceof EmulatedDevice);
    benches.forEach(DeviceBench::close);
    if (emulated && !launched.isEmpty()) {
      Set<String> entries = new TreeSet<>();
      for (String source : sources()) {
        entries.addAll(entries(source));
      }
      assertEquals(entries, new TreeSet<>(launched));
    }
  }

  private static Set<String> sources() throws IOException {
    try (Stream<Path> files = Files.list(SOURCES)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".cu"))
          .map(name -> name.substring(0, name.length() - ".cu".length()))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static List<String> entries(String source) throws IOException {
    String file = "/dev/phoenix/kernels/ptx/" + source + ".ptx";
    try (var in = KernelCasesTest.class.getResourceAsStream(file)) {
      String text =
          in == null ? "" : new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      return ENTRY.matcher(text).results().map((MatchResult m) -> m.group(1)).toList();
    }
  }
}
