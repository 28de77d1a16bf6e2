"""Writes golden.json beside this file: what scipy says about the inputs that stand in it."""

import json
import pathlib
import platform

import numpy as np
import scipy
from scipy import optimize, special, stats

EXAMPLE_A = [0.6309, 0, 1, 0.3869, 0.5, 0.2346, 0.9197, 0, 0.4307, 0.6131, 0.2891, 0.3562]
EXAMPLE_B = [0.5, 0, 0.9197, 0.4307, 0.3155, 0.2346, 0.6309, 0, 0.3562, 0.6131, 0.3010, 0.2640]


def made_up(n, seed, places, zeros=0.0):
    """Two systems on n queries; fewer places make ties, `zeros` is the share of queries with equal values."""
    random = np.random.default_rng(seed)
    b = random.beta(1, 2, n)
    a = np.clip(b + random.normal(0.04, 0.15, n), 0, 1)
    a = np.where(random.random(n) < zeros, b, a)
    return np.round(a, places).tolist(), np.round(b, places).tolist()


PAIRS = {
    "example": (EXAMPLE_A, EXAMPLE_B),
    "two": ([0.5, 0.25], [0.25, 0.125]),
    "small": made_up(9, 1, 4),
    "ties": made_up(12, 2, 1),
    "fifty": made_up(50, 3, 6),
    "past-fifty": made_up(60, 4, 6),
    "many-ties": made_up(115, 5, 2, zeros=0.3),
    "large": made_up(1384, 6, 6, zeros=0.2),
    # a few queries gain much, so that the corrections of BCa matter
    "skewed": (np.round(np.random.default_rng(7).beta(0.3, 2, 14), 6).tolist(), [0.0] * 14),
}


def power(shift, df, alpha=0.05):
    critical = stats.t.isf(alpha / 2, df)
    return stats.nct.sf(critical, df, shift) + stats.nct.cdf(-critical, df, shift)


def detectable(differences):
    n = len(differences)
    if n < 3:
        return None  # scipy's nct returns nan for one degree of freedom and a shift of this size
    shift = optimize.brentq(lambda shift: power(shift, n - 1) - 0.8, 0.1, 8, xtol=1e-14, rtol=1e-14)
    return shift * np.std(differences, ddof=1) / np.sqrt(n)


def bca(data, statistic, level):
    """Ends with many resamples, and the standard deviation of each end with 10,000."""

    def interval(resamples, seed):
        found = stats.bootstrap(
            data, statistic, n_resamples=resamples, confidence_level=level, method="BCa", batch=1000, rng=seed
        )
        return found.confidence_interval

    ends = np.array([interval(10_000, seed) for seed in range(30)])
    return {"interval": list(interval(200_000, 99)), "sd": np.std(ends, axis=0, ddof=1).tolist()}


def acceleration(samples, weights):
    """The multi-sample jackknife of scipy's _bca_interval, written for a weighted sum of means."""
    cubes = squares = 0.0
    for sample, weight in zip(samples, weights):
        sample = np.array(sample)
        n = len(sample)
        left_out = weight * (sample.sum() - sample) / (n - 1)
        influence = (n - 1) * (left_out.mean() - left_out)
        cubes += np.sum(influence**3) / n**3
        squares += np.sum(influence**2) / n**2
    return cubes / 6 / squares**1.5


def compared(a, b):
    a, b = np.array(a), np.array(b)
    d = a - b
    # ties that rounding hides are restored before ranks are taken
    ranked = np.round(d, 9)
    kept = ranked[ranked != 0]
    t = stats.ttest_rel(a, b)
    interval = t.confidence_interval(0.95)
    result = {
        "a": a.tolist(),
        "b": b.tolist(),
        "mean": d.mean(),
        "sd": d.std(ddof=1),
        "t": t.statistic,
        "pT": t.pvalue,
        "tInterval": [interval.low, interval.high],
        "mde": detectable(d),
        "acceleration": acceleration([d], [1]),
    }
    # with ties scipy is exact up to 13 differences, by all sign patterns
    wilcoxon = stats.wilcoxon(kept) if len(d) > 2 else None
    tied = len(set(np.abs(kept))) < len(kept)
    result["wilcoxon"] = (
        None
        if wilcoxon is None
        else {
            "w": wilcoxon.statistic,
            "p": wilcoxon.pvalue,
            "n": len(kept),
            "exact": len(kept) <= (13 if tied else 50),
        }
    )
    nonzero = d[d != 0]
    if len(nonzero) <= 16:
        exact = stats.permutation_test(
            (nonzero,), np.mean, permutation_type="samples", n_resamples=np.inf, vectorized=True
        )
        result["pExact"] = exact.pvalue
    if len(d) > 2:
        result["bca95"] = bca((d,), np.mean, 0.95)
        result["bca90"] = bca((d,), np.mean, 0.90)
    return result


def macro_mean(*samples, axis=-1):
    return sum(np.mean(sample, axis=axis) for sample in samples) / len(samples)


def across(names):
    samples = [np.subtract(*PAIRS[name]) for name in names]
    return {
        "datasets": names,
        "mean": macro_mean(*samples),
        "acceleration": acceleration(samples, [1 / len(samples)] * len(samples)),
        "bca95": bca(samples, macro_mean, 0.95),
    }


def correlated(a, b):
    """Ranks over the union; what a list lacks is tied below its end."""
    union = sorted(set(a) | set(b))
    ranks = [[ids.index(one) if one in ids else len(ids) for one in union] for ids in (a, b)]
    return {"a": a, "b": b, "tau": stats.kendalltau(*ranks, variant="b").statistic}


P_VALUES = [[0.001, 0.02, 0.04, 0.03, 0.2], [0.01, 0.01, 0.5, 0.03, 0.9, 0.03]]

golden = {
    "versions": {"python": platform.python_version(), "scipy": scipy.__version__, "numpy": np.__version__},
    "normalCdf": [[z, special.ndtr(z)] for z in [-12.0, -5, -3.01, -3, -2.99, -1, -0.2, 0, 0.5, 1.96, 3, 3.5, 8]],
    "normalQuantile": [[p, special.ndtri(p)] for p in [1e-12, 5e-5, 0.001, 0.025, 0.3, 0.5, 0.7, 0.95, 0.975, 0.9999]],
    "studentTwoSided": [
        [t, df, 2 * stats.t.sf(t, df)]
        for t in [0, 1e-6, 0.5, 1.5, 2.357, 5, 12, 40]
        for df in [1, 2, 5, 11, 114, 1383, 13144]
        # 3e-11 off the arctangent that the distribution is with one degree of freedom
        if (t, df) != (1e-6, 1)
    ],
    "studentCritical": [
        [alpha, df, stats.t.isf(alpha / 2, df)] for alpha in [0.5, 0.1, 0.05, 0.001] for df in [1, 2, 11, 114, 1383, 13144]
    ],
    "studentPower": [
        [shift, df, power(shift, df)] for shift in [0.01, 0.5, 2.8, 4] for df in [1, 2, 11, 114, 1383]
    ],
    "benjaminiHochberg": [{"p": p, "adjusted": stats.false_discovery_control(p).tolist()} for p in P_VALUES],
    "pairs": {name: compared(*pair) for name, pair in PAIRS.items()},
    "across": [across(["small", "example"]), across(["example", "fifty", "many-ties"])],
    "kendall": [
        correlated(list("abcdef"), list("abcdef")),
        correlated(list("abcdef"), list("fedcba")),
        correlated(list("abcdef"), list("bacfde")),
        correlated(list("abcde"), list("fghij")),
        correlated(list("abcdefgh"), list("caxbyhz")),
        correlated(list("abc"), list("cdefghijka")),
    ],
}


def plain(value):
    return value.item() if isinstance(value, np.generic) else str(value)


path = pathlib.Path(__file__).with_name("golden.json")
path.write_text(json.dumps(golden, default=plain, allow_nan=False, separators=(",", ":")) + "\n")
