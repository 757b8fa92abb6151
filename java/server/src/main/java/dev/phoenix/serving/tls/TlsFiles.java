package dev.phoenix.serving.tls;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The PEM files of TLS.
 *
 * @param certificate the chain, the server's own certificate first
 * @param privateKey its key: PKCS#8, PKCS#1 or SEC1, not encrypted
 * @param clientAuthorities certificates of the authorities that clients' certificates must come
 *     from; null where clients need none
 */
public record TlsFiles(Path certificate, Path privateKey, @Nullable Path clientAuthorities) {}
