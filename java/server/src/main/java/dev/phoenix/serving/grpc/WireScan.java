package dev.phoenix.serving.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import dev.phoenix.serving.Rejection;
import dev.phoenix.serving.Rejection.Reason;
import java.io.IOException;

/**
 * Scans a message's bytes without allocating: before parsing, it checks repeated fields against
 * their limits and counts everything that the parser would allocate an object for. Source: the
 * encoding of protocol buffers (tags, lengths, packed fields).
 */
final class WireScan {
  /**
   * The maximum number of sub-messages, strings and unknown fields of a message: an eighth of what
   * 16 MiB can hold, and far more than 256 users with long histories need.
   */
  static final int MAX_PARTS = 1 << 20;

  private static final int MAX_DEPTH = 100;

  private final WireLimits limits;
  private final byte[] bytes;
  private final CodedInputStream in;
  private int parts;

  private WireScan(WireLimits limits, byte[] bytes) {
    this.limits = limits;
    this.bytes = bytes;
    this.in = CodedInputStream.newInstance(bytes);
  }

  /**
   * Refuses a message that is not a valid {@code type} or exceeds a limit.
   *
   * @return the number of its sub-messages, strings and unknown fields
   * @throws Rejection naming the count, the limit and what was found
   */
  static int check(WireLimits limits, byte[] message, Descriptor type) {
    WireScan scan = new WireScan(limits, message);
    try {
      scan.message(type, 0);
      return scan.parts;
    } catch (InvalidProtocolBufferException torn) {
      throw new Rejection(Reason.INVALID, "the message is no " + type.getName());
    } catch (IOException impossible) {
      throw new AssertionError("reading an array", impossible);
    }
  }

  private void message(Descriptor type, int depth) throws IOException {
    int[] counts = new int[type.getFields().size()];
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      FieldDescriptor field = type.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
      int wire = WireFormat.getTagWireType(tag);
      boolean packed = isPacked(field, wire);
      if (field == null || !(packed || wire == expected(field))) {
        part();
        skip(tag, depth);
        continue;
      }
      int length = wire == WireFormat.WIRETYPE_LENGTH_DELIMITED ? length() : 0;
      if (field.isRepeated()) {
        int index = field.getIndex();
        counts[index] += packed ? packedElements(field, length) : 1;
        if (counts[index] > limits.of(field)) {
          throw limits.refusal(field, counts[index] + rest(field, tag, length, depth));
        }
      }
      if (wire != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
        skipValue(tag);
      } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        part();
        sub(field.getMessageType(), length, depth + 1);
      } else {
        part();
        in.skipRawBytes(length);
      }
    }
  }

  private void sub(Descriptor type, int length, int depth) throws IOException {
    requireDepth(depth);
    int outer = in.pushLimit(length);
    message(type, depth);
    in.checkLastTagWas(0);
    in.popLimit(outer);
  }

  /** Reads a length and checks that as many bytes follow. */
  private int length() throws IOException {
    int length = in.readRawVarint32();
    if (length < 0 || length > bytes.length - in.getTotalBytesRead()) {
      throw new InvalidProtocolBufferException("a length beyond the end");
    }
    return length;
  }

  /** Skips an unknown field; the parser keeps these as objects, also those in groups. */
  private void skip(int tag, int depth) throws IOException {
    if (WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_START_GROUP) {
      skipValue(tag);
      return;
    }
    requireDepth(depth + 1);
    int inner = in.readTag();
    while (inner != 0 && WireFormat.getTagWireType(inner) != WireFormat.WIRETYPE_END_GROUP) {
      part();
      skip(inner, depth + 1);
      inner = in.readTag();
    }
    if (WireFormat.getTagFieldNumber(inner) != WireFormat.getTagFieldNumber(tag)) {
      throw new InvalidProtocolBufferException("a group that does not end");
    }
  }

  /** Skips a value as the parser does, which accepts overlong varints. */
  private void skipValue(int tag) throws IOException {
    if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_VARINT) {
      in.readInt64();
    } else if (!in.skipField(tag)) {
      throw new InvalidProtocolBufferException("a group ends that never began");
    }
  }

  private static void requireDepth(int depth) throws InvalidProtocolBufferException {
    if (depth > MAX_DEPTH) {
      throw new InvalidProtocolBufferException("messages too deep in messages");
    }
  }

  private void part() {
    if (++parts > MAX_PARTS) {
      throw new Rejection(
          Reason.INVALID,
          "parts of the message: expected at most %d, found more".formatted(MAX_PARTS));
    }
  }

  private static boolean isPacked(FieldDescriptor field, int wire) {
    return field != null && field.isPackable() && wire == WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }

  /** The wire type of {@code field} when it is not packed. */
  private static int expected(FieldDescriptor field) {
    return field.getLiteType().getWireType();
  }

  /** The number of elements in the next {@code length} bytes. */
  private int packedElements(FieldDescriptor field, int length) {
    return switch (expected(field)) {
      case WireFormat.WIRETYPE_FIXED32 -> length / Integer.BYTES;
      case WireFormat.WIRETYPE_FIXED64 -> length / Long.BYTES;
      default -> {
        int at = in.getTotalBytesRead();
        int ends = 0;
        for (int i = at; i < at + length; i++) {
          ends += bytes[i] >= 0 ? 1 : 0;
        }
        yield ends;
      }
    };
  }

  /** The number of further elements of {@code field} in this message after the current one. */
  private int rest(FieldDescriptor field, int tag, int length, int depth) throws IOException {
    if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
      in.skipRawBytes(length);
    } else {
      skipValue(tag);
    }
    int more = 0;
    for (int next = in.readTag(); next != 0; next = in.readTag()) {
      more += WireFormat.getTagFieldNumber(next) == field.getNumber() ? 1 : 0;
      skip(next, depth);
    }
    return more;
  }
}
