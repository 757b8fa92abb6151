package dev.phoenix.dataset;

/**
 * One user and what the user was shown.
 *
 * @param userId 64-bit id, never 0
 * @param events in time order
 */
public record UserEvents(long userId, Events events) {}
