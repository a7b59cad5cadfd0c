#!/usr/bin/env python3
"""Makes testdata/eval: what the statistics of an evaluation must come to.

    python3 testdata/generate_eval.py

Needs numpy, scipy, scikit-learn and statsmodels; made with those of 2026 (2.4, 1.17, 1.9, 0.15).
Reads testdata/idx, see generate_idx.py.

intervals.tsv: Wilson's intervals, by statsmodels. comparisons.tsv: pairs of models; McNemar's test
by statsmodels, held against scipy.stats.binomtest; Newcombe's interval is written out below, for
no library has it, and held against an example of the literature. scores.tsv: ranks, macro scores
by scikit-learn, and bins, of probabilities.f32 on three datasets.
"""
import pathlib

import numpy as np
from scipy import stats
from sklearn import metrics
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

import generate_idx

FOLDER = pathlib.Path(__file__).parent
BYCLASS = generate_idx.BYCLASS
SHARES = ((0, 0), (0, 1), (1, 1), (0, 40), (1, 40), (16, 40), (40, 40), (776, 1000), (999, 1000),
          (100724, 116323), (0, 116323), (116322, 116323), (5000000, 67108864))
TABLES = ((0, 0, 0, 0), (10, 0, 0, 5), (0, 1, 0, 0), (0, 0, 1, 0), (1, 1, 7, 12), (59, 6, 16, 80),
          (101, 121, 59, 33), (20, 5, 5, 10), (0, 3, 12, 0), (700, 24, 1, 275), (1, 0, 0, 999),
          (95000, 5724, 2606, 12993), (80000, 10000, 9800, 16523), (50000, 60000, 100, 6223))


def wilson(part, whole):
    if not whole:
        return 0.0, 1.0
    return tuple(map(float, proportion_confint(part, whole, alpha=0.05, method="wilson")))


def newcombe(both, first, second, neither):
    """R. G. Newcombe, Statistics in Medicine 17 (1998), 2635-2650: method 10."""
    n = both + first + second + neither
    if not n:
        return -1.0, 1.0
    p, q = (both + first) / n, (both + second) / n
    (l1, u1), (l2, u2) = wilson(both + first, n), wilson(both + second, n)
    margins = (both + first) * (second + neither) * (both + second) * (first + neither)
    product = both * neither - first * second
    if product > 0:
        product = max(product - n / 2, 0)
    phi = product / margins ** 0.5 if margins else 0
    low = ((p - l1) ** 2 - 2 * phi * (p - l1) * (u2 - q) + (u2 - q) ** 2) ** 0.5
    high = ((u1 - p) ** 2 - 2 * phi * (u1 - p) * (q - l2) + (q - l2) ** 2) ** 0.5
    return p - q - low, p - q + high


def comparison(both, first, second, neither):
    n, table = both + first + second + neither, [[both, first], [second, neither]]
    if first + second == 0:
        p_value, chi_squared = 1.0, 0.0
    else:
        p_value = mcnemar(table, exact=True).pvalue
        other = stats.binomtest(first, first + second).pvalue
        assert p_value == other or abs(p_value / other - 1) < 1e-9
        # statsmodels squares -1 where both are equal, which Edwards' correction does not mean.
        chi_squared = 0.0 if first == second else mcnemar(table, exact=False,
                                                          correction=True).statistic
    difference = (first - second) / n if n else 0
    return difference, *newcombe(both, first, second, neither), p_value, chi_squared


def scores_of(probabilities, truth):
    """Ranks, macro recall, precision and F1, and bins. truth: the characters of each image's class,
    of which no two classes share one."""
    p = probabilities.astype(np.float64)
    sets = sorted(set(truth))
    match = np.array([[c in t for c in BYCLASS] for t in truth])
    order = np.argsort(-p, axis=1, kind="stable")
    hits = np.take_along_axis(match, order, axis=1)
    within = [int(hits[:, :k].any(axis=1).sum()) for k in range(1, 11)]
    top = order[:, 0]
    # What was taken for a character of a class was taken for the class.
    said = [next((s for s in sets if BYCLASS[i] in s), BYCLASS[i]) for i in top]
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        truth, said, labels=sets, average="macro", zero_division=0)
    if all(len(s) == 1 for s in sets):
        codes = [BYCLASS.index(t) for t in truth]
        for k in range(1, 11):
            untied = p - np.arange(62) * 1e-12
            assert metrics.top_k_accuracy_score(codes, untied, k=k, labels=range(62),
                                                normalize=False) == within[k - 1]
    confidence = p.max(axis=1)
    which = np.clip(np.ceil(confidence * 15).astype(int) - 1, 0, 14)
    bins = []
    for b in range(15):
        inside = which == b
        bins += [int(inside.sum()), int(hits[inside, 0].sum()),
                 "%.9f" % (confidence[inside].mean() if inside.any() else 0)]
    return (*within, len(sets), *("%.9f" % v for v in (recall, precision, f1)), *bins)


def main():
    low, high = newcombe(1, 1, 7, 12)
    # Fagerland, Lydersen, Laake, Statistics in Medicine 33 (2014), 2850-2875: airway
    # hyper-responsiveness before and after stem cell transplantation.
    assert (round(low, 3), round(high, 3)) == (-0.507, -0.026)
    folder = FOLDER / "eval"
    folder.mkdir(exist_ok=True)
    with open(folder / "intervals.tsv", "w", encoding="ascii") as out:
        out.write("# part\twhole\tlow\thigh\n")
        for part, whole in SHARES:
            out.write("%d\t%d\t%.12f\t%.12f\n" % (part, whole, *wilson(part, whole)))
    with open(folder / "comparisons.tsv", "w", encoding="ascii") as out:
        out.write("# both\tfirst\tsecond\tneither\tdifference\tlow\thigh\tp\tchi-squared\n")
        for table in TABLES:
            out.write("%d\t%d\t%d\t%d\t%.12f\t%.12f\t%.12f\t%.9e\t%.9f\n" %
                      (*table, *comparison(*table)))
    given = np.fromfile(FOLDER / "idx/probabilities.f32", "<f4").reshape(-1, 62)
    characters = list(generate_idx.GLYPHS)
    letters = [i for i, c in enumerate(characters) if not c.isdigit()]
    both = {c: c.upper() + c.lower() for c in BYCLASS[10:]}
    merged = {c: both[c] if c in both and c.upper() in "CIJKLMOPSUVWXYZ" else c for c in BYCLASS}
    with open(folder / "scores.tsv", "w", encoding="ascii") as out:
        out.write("# dataset\twithin 1..10\tclasses\trecall\tprecision\tF1\timages, right, "
                  "confidence of 15 bins\n")
        for stem, which, truth in (
                ("strokes-byclass-test", slice(None), characters),
                ("strokes-balanced-train", slice(None), [merged[c] for c in characters]),
                ("strokes-letters", letters, [both[characters[i]] for i in letters])):
            row = scores_of(given[which], truth)
            out.write("\t".join([stem, *map(str, row)]) + "\n")


if __name__ == "__main__":
    main()
