package dev.phoenix.ptx;

/**
 * A token of PTX text.
 *
 * @param kind what it is
 * @param text as written
 * @param line from 1
 */
record Token(Kind kind, String text, int line) {
  enum Kind {
    /** A name, a directive, an opcode with its modifiers. */
    WORD,
    /** A number as written. */
    NUMBER,
    /** A quoted string, without the quotes. */
    STRING,
    /** One character. */
    PUNCTUATION,
    /** End of the text. */
    END
  }

  boolean is(String wanted) {
    return kind != Kind.STRING && text.equals(wanted);
  }
}
