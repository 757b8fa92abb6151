package dev.phoenix.serving.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads certificates and private keys. Source: RFC 7468, RFC 5958, RFC 8017, RFC 5915. */
final class Pem {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);
  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");
  private static final String EXPECTED_KEY =
      "expected a PEM block PRIVATE KEY (PKCS#8), RSA PRIVATE KEY (PKCS#1) or EC PRIVATE KEY"
          + " (SEC1), not encrypted";

  private Pem() {}

  /** A block of a file. */
  private record Block(String label, String content, Path file) {
    byte[] der() {
      try {
        return Base64.getMimeDecoder().decode(content);
      } catch (IllegalArgumentException wrong) {
        throw new IllegalArgumentException(
            "%s: the block %s is not base64".formatted(file, label), wrong);
      }
    }
  }

  private static List<Block> blocks(Path file) {
    String text;
    try {
      text = Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException missing) {
      throw new IllegalArgumentException(file + ": there is no such file", missing);
    } catch (IOException e) {
      throw new IllegalArgumentException(file + ": cannot be read: " + e, e);
    }
    List<Block> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(text);
    while (matcher.find()) {
      blocks.add(new Block(matcher.group(1), matcher.group(2), file));
    }
    return blocks;
  }

  /**
   * The certificates of a file, in its order.
   *
   * @throws IllegalArgumentException if there is none, or one cannot be read
   */
  static List<X509Certificate> certificates(Path file) {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Block block : blocks(file)) {
      if (block.label().equals("CERTIFICATE")) {
        try {
          certificates.add(
              (X509Certificate)
                  CertificateFactory.getInstance("X.509")
                      .generateCertificate(new ByteArrayInputStream(block.der())));
        } catch (CertificateException wrong) {
          throw new IllegalArgumentException(
              "%s: certificate %d cannot be read: %s"
                  .formatted(file, certificates.size() + 1, wrong.getMessage()),
              wrong);
        }
      }
    }
    if (certificates.isEmpty()) {
      throw new IllegalArgumentException(file + ": expected a PEM block CERTIFICATE, found none");
    }
    return certificates;
  }

  /**
   * The private key of a file.
   *
   * @param publicKey the certificate's key; the older formats leave out what it says
   * @throws IllegalArgumentException naming what was found and what is expected
   */
  static PrivateKey privateKey(Path file, PublicKey publicKey) {
    List<String> found = new ArrayList<>();
    for (Block block : blocks(file)) {
      found.add(block.label());
      if (block.content().contains("ENCRYPTED") || block.label().startsWith("ENCRYPTED")) {
        throw new IllegalArgumentException(
            "%s: %s, found an encrypted %s".formatted(file, EXPECTED_KEY, block.label()));
      }
      switch (block.label()) {
        case "PRIVATE KEY" -> {
          return decode(file, block.der());
        }
        case "RSA PRIVATE KEY" -> {
          requireKind(file, block.label(), "RSA", publicKey);
          return decode(file, pkcs8(block.der(), publicKey));
        }
        case "EC PRIVATE KEY" -> {
          requireKind(file, block.label(), "EC", publicKey);
          return decode(file, pkcs8(block.der(), publicKey));
        }
        default -> {
          // A certificate or parameters beside the key.
        }
      }
    }
    throw new IllegalArgumentException(
        "%s: %s, found %s".formatted(file, EXPECTED_KEY, found.isEmpty() ? "no PEM block" : found));
  }

  private static void requireKind(Path file, String label, String kind, PublicKey publicKey) {
    if (!publicKey.getAlgorithm().equals(kind)) {
      throw new IllegalArgumentException(
          "%s: %s does not belong to the certificate, whose key is %s"
              .formatted(file, label, publicKey.getAlgorithm()));
    }
  }

  private static PrivateKey decode(Path file, byte[] pkcs8) {
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (GeneralSecurityException other) {
        // Of another algorithm.
      }
    }
    throw new IllegalArgumentException(
        "%s: the private key cannot be read; expected RSA, EC or Ed25519".formatted(file));
  }

  /** Wraps an older format: the algorithm, which the public key names, and the key as a string. */
  private static byte[] pkcs8(byte[] key, PublicKey publicKey) {
    byte[] info = publicKey.getEncoded();
    int outer = Der.headerLength(info, 0);
    int inner = outer + Der.headerLength(info, outer) + Der.length(info, outer);
    byte[] algorithm = Arrays.copyOfRange(info, outer, inner);
    byte[] version = {2, 1, 0};
    return Der.encode(0x30, Der.join(version, algorithm, Der.encode(0x04, key)));
  }
}
