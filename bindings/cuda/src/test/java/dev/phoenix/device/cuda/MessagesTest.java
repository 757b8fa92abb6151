package dev.phoenix.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.device.DeviceException;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jcuda.driver.CUresult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages for missing libraries and refused calls. */
class MessagesTest {
  @Test
  void passesSuccess() {
    DriverStatus.check(CUresult.CUDA_SUCCESS, "cuInit");
  }

  @Test
  void namesEveryErrorOfTheDriverInOneLine() throws IllegalAccessException {
    int errors = 0;
    for (Field field : CUresult.class.getFields()) {
      boolean error = Modifier.isStatic(field.getModifiers()) && field.getType() == int.class;
      if (error && field.getInt(null) != CUresult.CUDA_SUCCESS) {
        DeviceException found = DriverStatus.failure(field.getInt(null), "call");
        assertTrue(found.error().startsWith("CUDA_ERROR_"), found.error());
        assertFalse(found.hint().isBlank());
        assertEquals(1, String.valueOf(found.getMessage()).lines().count());
        errors++;
      }
    }
    assertTrue(errors > 60, "found only " + errors);
  }

  @Test
  void namesErrorsThatAreNewerThanJcuda() {
    assertEquals("CUDA_ERROR_721", DriverStatus.name(721));
    assertEquals("JCUDA_INTERNAL_ERROR", DriverStatus.name(0x80000001));
  }

  @Test
  void tellsACaptureFromTheRest() {
    var found = DriverStatus.failure(CUresult.CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, "cuMemAlloc");
    assertTrue(found.hint().startsWith("Between beginCapture and endCapture"), found.hint());
  }

  @Test
  void saysHowMuchMemoryIsMissing() {
    var found = CudaBuffer.outOfMemory(100, new MemoryInfo(30, 80), 50);
    assertEquals(
        "cuMemAlloc(100) failed: CUDA_ERROR_OUT_OF_MEMORY. Needs 100 bytes, but 30 of 80 are free"
            + " and 50 are in use by this program: use a smaller batch or model, or another GPU.",
        found.getMessage());
  }

  @Test
  void saysThatThereIsNoDriver() {
    var found =
        assertThrows(DeviceException.class, () -> DriverLibrary.open("libno-such-driver.so.1"));
    assertEquals("NO_DRIVER", found.error());
    assertTrue(found.hint().contains("Install the NVIDIA driver"), found.hint());
  }

  @Test
  void saysThatThePlatformIsNotServed() {
    DriverLibrary.checkPlatform("Linux", "amd64");
    var found =
        assertThrows(
            DeviceException.class, () -> DriverLibrary.checkPlatform("Mac OS X", "aarch64"));
    assertTrue(found.hint().endsWith("not Mac OS X on aarch64."), found.hint());
  }

  @Test
  void readsTheVersionOfPtx() {
    assertEquals("9.0", version("//\n// Generated\n\n.version 9.0\n.target sm_80\n"));
    assertEquals("of unknown version", version("\177ELF\0\0"));
  }

  private static String version(String image) {
    return ModuleImage.ptxVersion(image.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void knowsTheRuntimesThatMovePinnedArrays() {
    for (String version : List.of("25", "25.0.1", "25.0.2+10")) {
      assertTrue(RuntimeCheck.isAffected(Runtime.Version.parse(version)), version);
    }
    for (String version : List.of("24.0.2", "25.0.3", "25.0.3+9-LTS", "26")) {
      assertFalse(RuntimeCheck.isAffected(Runtime.Version.parse(version)), version);
    }
  }

  @Test
  void looksForCublasInOrder() {
    assertEquals(
        List.of(
            "libcublasLt.so.13",
            "/opt/a/lib64/libcublasLt.so.13",
            "/usr/local/cuda/lib64/libcublasLt.so.13",
            "libcublasLt.so.12",
            "/opt/a/lib64/libcublasLt.so.12",
            "/usr/local/cuda/lib64/libcublasLt.so.12"),
        LibraryPlaces.of(null, Map.of("CUDA_HOME", "/opt/a", "CUDA_PATH", "/opt/a"), 13010));
    assertEquals(
        List.of("libcublasLt.so.12", "/usr/local/cuda/lib64/libcublasLt.so.12"),
        LibraryPlaces.of("", Map.of(), 12080));
    assertEquals(List.of("/x/lib.so"), LibraryPlaces.of("/x/lib.so", Map.of(), 12080));
    assertEquals(List.of("./lib.so"), LibraryPlaces.of("lib.so", Map.of(), 12080));
  }

  @Test
  void saysWhereCublasWasLookedFor() {
    var found =
        assertThrows(
            DeviceException.class,
            () -> CublasLtLibrary.load(List.of("libno-such-cublas.so", "/no/such/file.so")));
    assertEquals("NO_CUBLASLT", found.error());
    assertTrue(
        found.hint().startsWith("Looked for libno-such-cublas.so, /no/such/file.so: install"),
        found.hint());
    assertTrue(found.hint().contains("-Dphoenix.cublaslt=PATH"), found.hint());
  }

  @Test
  void saysWhyALibraryWasRefused(@TempDir Path folder) throws IOException {
    String empty = Files.createFile(folder.resolve("libcublasLt.so.13")).toString();
    var found = assertThrows(DeviceException.class, () -> CublasLtLibrary.load(List.of(empty)));
    assertTrue(found.hint().contains("(refused: "), found.hint());
    assertEquals(1, found.hint().lines().count(), found.hint());
  }

  @Test
  void refusesALibraryThatIsAnother() {
    Path other = Path.of(System.getProperty("java.home"), "lib", "libprefs.so");
    List<String> places = List.of(other.toString());
    var found = assertThrows(DeviceException.class, () -> CublasLtLibrary.load(places));
    assertTrue(found.hint().contains(other + ": not cuBLASLt"), found.hint());
  }

  @Test
  void readsTheMemoryMap() {
    String line = "7f00a000-7f00c000 r-xp 00001000 fd:00 1234    /opt/my libs/libx.so.1";
    assertTrue(MemoryMap.covers(line, 0x7f00a000L));
    assertTrue(MemoryMap.covers(line, 0x7f00bfffL));
    assertFalse(MemoryMap.covers(line, 0x7f00c000L));
    assertEquals("/opt/my libs/libx.so.1", MemoryMap.file(line));
    assertEquals("", MemoryMap.file("7f00a000-7f00c000 rw-p 00000000 00:00 0 "));
    assertTrue(MemoryMap.covers("ffffffffff600000-ffffffffff601000 --xp 0 0 0", -0xa00000L));
  }
}
