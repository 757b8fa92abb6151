"""Writes the fixtures of this folder as numpy (2.4 was used) and its pickler write them."""
import io
import os
import pickle

import numpy as np


def npy_of_pickle(path, pickled, shape, fortran=False):
    with open(path, "wb") as f:
        np.lib.format.write_array_header_1_0(
            f, {"descr": "|O", "fortran_order": fortran, "shape": shape})
        f.write(pickled)


class Call:
    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


floats = np.array([[0.0, -1.5, 3.25], [65504.0, 1e-4, np.inf]])
arrays = {
    "f2": floats.astype("<f2"),
    "f4": floats.astype("<f4"),
    "f8": floats.astype("<f8"),
    "f4_fortran": np.asfortranarray(floats.astype("<f4")),
    "f8_fortran_3d": np.asfortranarray(np.arange(24, dtype="<f8").reshape(2, 3, 4)),
    "bf16": np.array([0x3F80, 0xC040, 0x7F80], dtype="<u2").view("V2"),
    "i1": np.array([-128, 127], dtype="i1"),
    "i2": np.array([-32768, 32767], dtype="<i2"),
    "i4": np.array([-(2**31), 2**31 - 1], dtype="<i4"),
    "i8": np.array([-(2**63), 2**63 - 1], dtype="<i8"),
    "u1": np.array([0, 255], dtype="u1"),
    "u2": np.array([0, 65535], dtype="<u2"),
    "u4": np.array([0, 2**32 - 1], dtype="<u4"),
    "u8": np.array([0, 2**63, 2**64 - 1], dtype="<u8"),
    "b1": np.array([[True, False], [False, True]]),
    "i4_fortran": np.asfortranarray(np.arange(6, dtype="<i4").reshape(2, 3)),
    "U": np.array(["a", "", "grüße", "\U0001f600x"]),
    "U_fortran": np.asfortranarray(np.array([["a", "b"], ["cc", "d"]])),
    "S": np.array([b"a", b"", "grüße".encode()]),
    "scalar": np.array(7.5, dtype="<f4"),
    "empty": np.zeros((0, 5), dtype="<f4"),
    "O": np.array(["x", "yy", "x", "é"], dtype=object),
}
np.savez("types_stored.npz", **arrays)
np.savez_compressed("types_deflated.npz", **arrays)
np.save("bare.npy", arrays["f4"])
np.save("big_endian.npy", floats.astype(">f4"))
np.save("structured.npy", np.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))
np.save("complex.npy", np.zeros(2, dtype="<c8"))

repeated = "repeated topic"
strings = np.array([repeated, "b" * 300, repeated, "", "grüße"] * 2, dtype=object)
grid = np.array([["a", "b", "c"], ["d", "e", "f"]], dtype=object)
many = np.array([f"topic {i % 700}" for i in range(2500)], dtype=object)
for protocol in range(2, 6):
    npy_of_pickle(f"strings_{protocol}.npy", pickle.dumps(strings, protocol), (10,))
    npy_of_pickle(f"many_{protocol}.npy", pickle.dumps(many, protocol), (2500,))
npy_of_pickle("one.npy", pickle.dumps(np.array(["only"], dtype=object), 4), (1,))
npy_of_pickle("none.npy", pickle.dumps(np.array([], dtype=object), 4), (0,))
np.save("grid.npy", grid)
np.save("grid_fortran.npy", np.asfortranarray(grid))
zero = np.array(None, dtype=object)
zero[()] = "zero"
np.save("scalar_string.npy", zero)

refused = {
    "holds_none": np.array(["a", None], dtype=object),
    "holds_int": np.array(["a", 5], dtype=object),
    "holds_dict": np.array([{"a": 1}], dtype=object),
    "holds_list": np.array([["a"], ["b", "c"]], dtype=object),
    "holds_scalar": np.array([np.str_("a")], dtype=object),
    "os_system": Call(os.system, "touch executed"),
    "builtins_eval": Call(eval, "open('executed', 'w')"),
    "plain_list": ["a", "b"],
    "in_array": np.array([Call(os.system, "touch executed")], dtype=object),
}
for name, value in refused.items():
    for protocol in (2, 4):
        shape = value.shape if isinstance(value, np.ndarray) else (1,)
        npy_of_pickle(f"refused_{name}_{protocol}.npy", pickle.dumps(value, protocol), shape)
npy_of_pickle("refused_protocol_0.npy", pickle.dumps(strings, 0), (10,))
