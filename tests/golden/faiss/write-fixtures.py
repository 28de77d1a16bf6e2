"""Writes the index files of this folder: python3 write-fixtures.py FOLDER"""

import sys
from pathlib import Path

import faiss
import numpy

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
# value of row r, dimension c: r + c / 8, which float32 holds exactly; ids 7r + 2^40 need more than 32 bits
rows, dim = 5, 3
vectors = numpy.array([[r + c / 8 for c in range(dim)] for r in range(rows)], dtype="float32")
ids = numpy.array([7 * r + 2**40 for r in range(rows)], dtype="int64")


def save(name, index, with_ids=False):
    if not index.is_trained:
        index.train(vectors)
    if with_ids:
        index.add_with_ids(vectors, ids)
    elif name != "empty":
        index.add(vectors)
    faiss.write_index(index, str(folder / f"{name}.faiss"))


def hnsw():
    """As SPIKE's embed_and_indexing.py sets it up: 32 links, inner product, efConstruction 200, efSearch 64."""
    index = faiss.IndexHNSWFlat(dim, 32, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = 200
    index.hnsw.efSearch = 64
    return index


save("empty", faiss.IndexFlatIP(dim))
save("flat-ip", faiss.IndexFlatIP(dim))
save("flat-l2", faiss.IndexFlatL2(dim))
save("flat-l1", faiss.IndexFlat(dim, faiss.METRIC_L1))
save("flat-lp", faiss.IndexFlat(dim, faiss.METRIC_Lp))
save("idmap-flat-ip", faiss.IndexIDMap(faiss.IndexFlatIP(dim)), with_ids=True)
save("idmap2-flat-ip", faiss.IndexIDMap2(faiss.IndexFlatIP(dim)), with_ids=True)
save("hnsw", hnsw())
save("idmap-hnsw", faiss.IndexIDMap(hnsw()), with_ids=True)
save("ivf", faiss.index_factory(dim, "IVF2,Flat", faiss.METRIC_INNER_PRODUCT))
save("sq8", faiss.index_factory(dim, "SQ8", faiss.METRIC_INNER_PRODUCT))
save("hnsw-sq8", faiss.index_factory(dim, "HNSW32_SQ8", faiss.METRIC_INNER_PRODUCT))
