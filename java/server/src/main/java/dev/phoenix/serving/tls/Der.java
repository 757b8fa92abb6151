package dev.phoenix.serving.tls;

import java.io.ByteArrayOutputStream;

/** Lengths of DER values. Source: ITU-T X.690, section 8.1.3. */
final class Der {
  private static final int LONG_FORM = 0x80;

  private Der() {}

  /** The bytes of tag and length of the value at {@code at}. */
  static int headerLength(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    return 2 + (first < LONG_FORM ? 0 : first - LONG_FORM);
  }

  /** The length of the contents of the value at {@code at}. */
  static int length(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    if (first < LONG_FORM) {
      return first;
    }
    int length = 0;
    for (int i = 0; i < first - LONG_FORM; i++) {
      length = length << 8 | (der[at + 2 + i] & 0xff);
    }
    return length;
  }

  /** A value of these contents. */
  static byte[] encode(int tag, byte[] contents) {
    int length = contents.length;
    byte[] header =
        length < LONG_FORM
            ? new byte[] {(byte) tag, (byte) length}
            : new byte[] {
              (byte) tag,
              (byte) (LONG_FORM + 3),
              (byte) (length >> 16),
              (byte) (length >> 8),
              (byte) length
            };
    return join(header, contents);
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
