"""Shared parts of the peers' scripts: case, hashed values, timers, and output file.

A script reads `case.json` and the arrays beside it, makes the same weights and rows as the benchmark
did, compares its outputs with ours, and only then measures. It rewrites its JSON after every figure.
"""
import argparse
import json
import os
import statistics
import time

import numpy as np


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--case", required=True, help="folder with case.json")
    parser.add_argument("--out", required=True, help="JSON file to write")
    parser.add_argument("--device", default="cuda", choices=["cuda", "cpu"])
    parser.add_argument("--budget", type=float, default=120, help="seconds")
    return parser.parse_args()


class Case:
    """The case, the remaining budget, and the figures so far."""

    def __init__(self, options, library):
        self.end = time.monotonic() + options.budget
        self.folder = options.case
        self.out = options.out
        self.device = options.device
        with open(os.path.join(self.folder, "case.json")) as file:
            self.config = json.load(file)
        self.answer = {"library": library, "figures": [], "leftOut": []}
        self.write()

    def arrays(self, name):
        return np.load(os.path.join(self.folder, name))

    def left(self):
        return self.end - time.monotonic()

    def add(self, name, peer, seconds, error, tolerance):
        """Adds a figure whose outputs differ by `error`."""
        check = "outputs within %.1e (relative L2) of ours, allowed %.1e" % (error, tolerance)
        self.answer["figures"].append(
            {"name": name, "peer": peer, "seconds": seconds, "ok": bool(error <= tolerance), "check": check}
        )
        self.write()

    def leave_out(self, what, reason):
        text = " ".join(str(reason).split())
        self.answer["leftOut"].append("%s: %s" % (what, text[:200]))
        self.write()

    def write(self):
        temporary = self.out + ".tmp"
        with open(temporary, "w") as file:
            json.dump(self.answer, file)
        os.replace(temporary, self.out)


def hashed(seed, unit, first, count):
    """The values of HashedValues.java, as float32."""
    index = np.arange(first, first + count, dtype=np.uint64)
    low = (index & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    high = (index >> np.uint64(32)).astype(np.uint32)
    with np.errstate(over="ignore"):
        x = low * np.uint32(0x9E3779B9) + high * np.uint32(0x85EBCA6B) + np.uint32(seed)
        x ^= x >> np.uint32(16)
        x *= np.uint32(0x7FEB352D)
        x ^= x >> np.uint32(15)
        x *= np.uint32(0x846CA68B)
        x ^= x >> np.uint32(16)
    odd = (x >> np.uint32(24)).astype(np.int32) * 2 - 255
    return odd.astype(np.float32) * np.float32(unit)


def parameters(config):
    """The weights by their published names, float32."""
    values = {}
    for parameter in config["parameters"]:
        shape = parameter["shape"]
        count = int(np.prod(shape)) if shape else 1
        value = hashed(parameter["seed"], parameter["unit"], 0, count).reshape(shape)
        values[parameter["name"]] = value + np.float32(parameter["base"])
    return values


def pool(config):
    """The table of all embedding rows [rows, D]."""
    count = config["pool_rows"] * config["emb_size"]
    values = hashed(config["pool_seed"], config["pool_unit"], 0, count)
    return values.reshape(config["pool_rows"], config["emb_size"])


def relative_error(found, expected):
    """|found - expected| / |expected|; infinite if a value is not a number."""
    found = np.asarray(found, np.float64)
    expected = np.asarray(expected, np.float64)
    if found.shape != expected.shape or not np.isfinite(found).all():
        return float("inf")
    return float(np.linalg.norm(found - expected) / np.linalg.norm(expected))


def host_seconds(run, seconds=0.5, most=50):
    """The median host time of `run`, which waits for its result."""
    run()
    samples = []
    end = time.monotonic() + seconds
    while len(samples) < 3 or (time.monotonic() < end and len(samples) < most):
        start = time.perf_counter()
        run()
        samples.append(time.perf_counter() - start)
    return statistics.median(samples)
