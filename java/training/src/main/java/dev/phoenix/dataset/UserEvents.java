package dev.phoenix.dataset;

/**
 * One user and the user's events.
 *
 * @param userId 64-bit id, never 0
 * @param events events in time order
 */
public record UserEvents(long userId, Events events) {}
