"""numpy, and faiss-cpu where it is installed, as a resident process: one JSON question a line on stdin, one answer each.

The peers get their vectors in memory before the clock starts; ours reads them from files while it runs.
"""

import json
import resource
import sys
import time

import numpy as np

try:
    import faiss

    faiss.cvar.distance_compute_blas_threshold = 1  # else small batches leave BLAS and run at a tenth of the speed
except ImportError:
    faiss = None

loaded = {}


def load(vectors):
    key = json.dumps(vectors)
    if key not in loaded:
        values = np.fromfile(vectors["files"][0], dtype=np.float32, count=vectors["count"] * vectors["dim"])
        loaded[key] = values.reshape(vectors["count"], vectors["dim"])
    return loaded[key]


def best(scores, rows, k):
    """The k best columns of each row of scores, best first."""
    k = min(k, scores.shape[1])
    part = np.argpartition(scores, scores.shape[1] - k, axis=1)[:, scores.shape[1] - k :]
    found = np.take_along_axis(scores, part, axis=1)
    order = np.argsort(-found, axis=1)
    return np.take_along_axis(found, order, axis=1), np.take_along_axis(rows[part], order, axis=1)


def merge(kept, scores, rows, k):
    found, at = best(scores, rows, k)
    if kept is None:
        return found, at
    both = np.concatenate([kept[0], found], axis=1)
    ids = np.concatenate([kept[1], at], axis=1)
    part = np.argpartition(both, both.shape[1] - k, axis=1)[:, both.shape[1] - k :]
    return np.take_along_axis(both, part, axis=1), np.take_along_axis(ids, part, axis=1)


def search(question):
    documents, queries, k = load(question["documents"]), load(question["queries"]), question["k"]
    block, kept = question.get("block", 8192), None
    start = time.perf_counter()
    for first in range(0, len(documents), block):
        part = documents[first : first + block]
        kept = merge(kept, queries @ part.T, np.arange(first, first + len(part)), k)
    return time.perf_counter() - start, kept[1]


def sweep(question):
    documents, scenarios, queries = (load(question[name]) for name in ("documents", "scenarios", "queries"))
    offsets, k = np.array(question["offsets"]), question["k"]
    alphas, block = question["alphas"], question.get("block", 2048)
    kept = [None] * len(alphas)
    start = time.perf_counter()
    for first in range(0, len(documents), block):
        last = min(first + block, len(documents))
        own = queries @ documents[first:last].T
        folded = np.maximum.reduceat(
            queries @ scenarios[offsets[first] : offsets[last]].T, offsets[first:last] - offsets[first], axis=1
        )
        rows = np.arange(first, last)
        for index, alpha in enumerate(alphas):
            fused = np.float32(alpha) * own + np.float32(1 - alpha) * folded
            kept[index] = merge(kept[index], fused, rows, k)
    return time.perf_counter() - start, kept[0][1]


def product(question):
    """One matrix product of both in full: what the machine's BLAS gives at this shape, without any top-k."""
    documents, queries = load(question["documents"]), load(question["queries"])
    start = time.perf_counter()
    queries @ documents.T
    return time.perf_counter() - start, np.zeros((1, 1))


def square(question):
    size = question["size"]
    if "square" not in loaded:
        loaded["square"] = np.random.default_rng(1).random((size, size), dtype=np.float32)
    start = time.perf_counter()
    loaded["square"] @ loaded["square"]
    return time.perf_counter() - start, np.zeros((1, 1))


def flat_index(vectors):
    """A flat index that holds them, made before the clock starts."""
    key = "index " + json.dumps(vectors)
    if key not in loaded:
        loaded[key] = faiss.IndexFlatIP(vectors["dim"])
        loaded[key].add(load(vectors))
    return loaded[key]


def faiss_search(question):
    index, queries = flat_index(question["documents"]), load(question["queries"])
    start = time.perf_counter()
    _, rows = index.search(queries, question["k"])
    return time.perf_counter() - start, rows


def faiss_reference(question):
    """The reference design for one alpha: a search of each channel, cut at its depth, and for every query a merge of the
    two lists by dictionaries; documents that both lists hold are ranked."""
    documents, scenarios = (flat_index(question[name]) for name in ("documents", "scenarios"))
    queries, depths, alpha = load(question["queries"]), question["depths"], question["alpha"]
    counts = np.diff(np.array(question["offsets"]))
    owners = np.repeat(np.arange(len(counts)), counts)
    start = time.perf_counter()
    own_scores, own_rows = documents.search(queries, depths["document"])
    scores, rows = scenarios.search(queries, depths["scenario"])
    ranked = [
        fuse_lists(dict(zip(*own)), zip(*folded), alpha)[: question["k"]]
        for own, folded in zip(
            zip(own_rows.tolist(), own_scores.tolist()), zip(owners[rows].tolist(), scores.tolist())
        )
    ]
    return time.perf_counter() - start, np.array([len(hits) for hits in ranked])


def fuse_lists(own, folded, alpha):
    best = {}
    for document, score in folded:
        if document not in best:  # the list is in order, so the first one is the best
            best[document] = score
    fused = [(alpha * own[document] + (1 - alpha) * score, document) for document, score in best.items() if document in own]
    return sorted(fused, reverse=True)


def versions(_):
    return 0, np.zeros((1, 1))


operations = {f.__name__: f for f in (search, sweep, product, square, faiss_search, faiss_reference, versions)}

for line in sys.stdin:
    question = json.loads(line)
    before = time.process_time()
    seconds, rows = operations[question["operation"]](question)
    answer = {
        "seconds": seconds,
        "cpuSeconds": time.process_time() - before,
        "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "numpy": np.__version__,
        "faiss": None if faiss is None else faiss.__version__,
    }
    if question.get("wantHits"):
        answer["rows"] = rows.tolist()
    print(json.dumps(answer), flush=True)
