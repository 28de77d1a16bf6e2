"""Writes every file of this folder: three rows of four numbers that float16 holds exactly, and their ids."""

import json
import pickle

import numpy
from numpy.lib import format as npy

ROWS = numpy.array([[1, -2, 0.5, 4], [0, 0.25, -0.125, 8], [3, 6.103515625e-05, 5.9604644775390625e-08, 65504]])
IDS = ["a", "é 2", "東京😀"]

for name, dtype in {"float16": "<f2", "float32": "<f4", "float64": "<f8", "big-endian": ">f4"}.items():
    numpy.save(f"{name}.npy", ROWS.astype(dtype))
for version in (1, 2, 3):
    with open(f"version-{version}.npy", "wb") as file:
        npy.write_array(file, ROWS.astype("<f4"), version=(version, 0))
numpy.save("fortran.npy", numpy.asfortranarray(ROWS.astype("<f4")))
numpy.save("empty.npy", numpy.zeros((0, 4), "<f4"))
numpy.save("three-axes.npy", numpy.zeros((2, 2, 2), "<f4"))
numpy.save("integers.npy", numpy.arange(12, dtype="<i4").reshape(3, 4))
numpy.save("objects.npy", numpy.array([["a", 1]], dtype=object), allow_pickle=True)
numpy.save("structured.npy", numpy.zeros(3, dtype=[("id", "<i4"), ("x", "<f4", 2)]))
numpy.save("ids.npy", numpy.array(IDS))
numpy.save("ids-big-endian.npy", numpy.array(IDS, dtype=">U5"))
numpy.save("ids-bytes.npy", numpy.array([text.encode() for text in IDS]))
numpy.save("ids-int64.npy", numpy.array([0, -7, 2**62], dtype="<i8"))
numpy.save("ids-uint8.npy", numpy.array([0, 7, 255], dtype="u1"))
numpy.save("ids-big-int16.npy", numpy.array([0, -7, 258], dtype=">i2"))
numpy.savez("archive.npz", rows=ROWS)
with open("pickle.npy", "wb") as file:
    pickle.dump(IDS, file)
with open("ids.json", "w") as file:
    json.dump(IDS, file)
with open("positions.json", "w") as file:
    json.dump(dict(enumerate(IDS)), file)
