package dev.phoenix.checkpoint;

/** Hash constants of the three kinds of ids, each for as many hashes as its kind has. */
public record HashConfig(HashParameters user, HashParameters item, HashParameters author) {}
