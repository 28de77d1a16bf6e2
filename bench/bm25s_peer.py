"""bm25s as a resident process: asked to load texts from files, to index and to search, each timed; a JSON line each.

It is given terms, texts split at spaces: what it does before that (words, stop words, stems) is not counted.
"""

import json
import resource
import sys
import time

import bm25s

state = {}


def read_terms(path):
    with open(path, encoding="utf8") as file:
        return [[sys.intern(term) for term in line.split()] for line in file]


def create():
    return bm25s.BM25(method="lucene", backend=sys.argv[1], **state["parameters"])


def load(question):
    state["parameters"] = question["parameters"]
    state["documents"] = read_terms(question["files"]["documents"])
    state["queries"] = read_terms(question["files"]["queries"])
    warm = create()  # compiles what numba compiles, before the clock starts
    warm.index(state["documents"][:1000], show_progress=False)
    warm.retrieve(state["queries"], k=10, show_progress=False)


def index(_):
    state["bm25"] = create()
    state["bm25"].index(state["documents"], show_progress=False)


def search(question):
    return state["bm25"].retrieve(
        state["queries"], k=question["k"], n_threads=question["threads"], show_progress=False
    )


def versions(_):
    pass


operations = {f.__name__: f for f in (load, index, search, versions)}

for line in sys.stdin:
    question = json.loads(line)
    start, cpu = time.perf_counter(), time.process_time()
    found = operations[question["operation"]](question)
    answer = {
        "seconds": time.perf_counter() - start,
        "cpuSeconds": time.process_time() - cpu,
        "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "version": bm25s.__version__,
    }
    if question.get("wantHits"):
        answer["hits"] = [
            {"rows": rows, "scores": scores}
            for rows, scores in zip(found.documents.tolist(), found.scores.tolist())
        ]
    print(json.dumps(answer), flush=True)
