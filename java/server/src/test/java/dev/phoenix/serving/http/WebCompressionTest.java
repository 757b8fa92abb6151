package dev.phoenix.serving.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.phoenix.serving.Demo;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Bodies in gzip and zstd, over a real connection. */
class WebCompressionTest {
  private static DemoWeb demo;

  @BeforeAll
  static void start() {
    demo = DemoWeb.start();
  }

  @AfterAll
  static void stop() {
    demo.close();
  }

  private static HttpResponse<byte[]> postCoded(String coding, byte[] body, String accepted)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        demo.to(demo.users(), "/v1/recommend")
            .header("Content-Encoding", coding)
            .header("Accept-Encoding", accepted)
            .POST(BodyPublishers.ofByteArray(body));
    return demo.client().send(request.build(), BodyHandlers.ofByteArray());
  }

  @Test
  void bodiesAreCompressedBothWaysAndNoBombGetsThrough() throws Exception {
    byte[] body = Files.readAllBytes(Demo.ARTIFACTS.sequence());
    for (ContentCoding coding : new ContentCoding[] {ContentCoding.GZIP, ContentCoding.ZSTD}) {
      var response = postCoded(coding.label(), coding.encode(body), coding.label() + ";q=0.9, br");
      assertEquals(200, response.statusCode());
      assertEquals(coding.label(), response.headers().firstValue("Content-Encoding").orElse(""));
      byte[] plain = coding.decode(new ByteArrayInputStream(response.body())).readAllBytes();
      assertTrue(plain.length > 2 * response.body().length, plain.length + " bytes");
      assertEquals(30, DemoWeb.MAPPER.readTree(plain).get("posts").size());

      byte[] bomb = new byte[Bodies.MAX_BODY_BYTES + 1];
      Arrays.fill(bomb, (byte) ' ');
      var refused = postCoded(coding.label(), coding.encode(bomb), "identity");
      assertEquals(400, refused.statusCode());
      String error = new String(refused.body(), StandardCharsets.UTF_8);
      assertTrue(error.contains("expected at most 16777216 bytes"), error);
      byte[] torn = Arrays.copyOf(coding.encode(body), 200);
      assertEquals(400, postCoded(coding.label(), torn, "").statusCode());
    }
    assertEquals(400, postCoded("br", body, "").statusCode());
    var plain = postCoded("identity", body, "zstd;q=0, deflate");
    assertEquals("", plain.headers().firstValue("Content-Encoding").orElse(""));
  }
}
