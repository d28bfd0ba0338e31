#!/usr/bin/env python3
"""Scores generated answers with the reference implementations of the metrics.

    metric-oracles.py fixture FOLDER             writes metric-oracles.jsonl and its checksum
    metric-oracles.py check BINARY [CASES SEED]  compares `BINARY eval score` with the references

Needs sacrebleu 2.6, scikit-learn 1.9, nltk 3.10, rouge_score 0.1.2 and scipy 1.17 (PyPI); the tests
need only the fixture. Characters come from blocks that Unicode 13 had, so that the versions of
Unicode behind Python, the regex package and Swift agree on them.
"""
import hashlib
import json
import logging
import math
import os
import random
import re
import string
import subprocess
import sys
import tempfile
import warnings

import nltk.translate.bleu_score as nltk_bleu
from rouge_score import rouge_scorer
from sacrebleu.metrics import BLEU, CHRF
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, f1_score

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

# ---- generated answers ----

ENGLISH = (
    "the a an of to and in is was it that for on with as by at from query table value name date "
    "user order price total count returns running runs ran parse parsing parsed parses national "
    "relational conditional digitizer conformably radically differently vilely analogously "
    "vietnamization predication operator feudalism decisiveness hopefulness callousness formality "
    "sensitivity sensibility triplicate formative formalize electricity electrical hopeful goodness "
    "revival allowance inference airliner gyroscopic adjustable defensible irritant replacement "
    "adjustment dependent adoption communism activate angularity homologous effective bowdlerize "
    "probate rate cease controlling rolling hopping falling hissing fizzed failing filing happy sky "
    "skies dying lying news innings geology theology agreed feed plastered bled motoring sing "
    "conflated troubled sized flies dies tied spied enjoyment played syzygy yyyes owing oily "
    "proceed exceed fully carefully basically fallible ability").split()
WORDS = {
    "english": ENGLISH,
    "few": "a b c d e f".split(),
    "numbers": "1 2 3.5 1,234 1,234.50 -7 2019-03-04 10:30 50% $5 1e5 .5 5. 3-4 x1 1x ½ Ⅷ ٣ 四".split(),
    "marks": (
        ". , ; : ! ? - -- ... ( ) [ ] { } \" ' ` / \\ | @ # $ % ^ & * + = < > ~ _ a.b a,b a-b 1.b "
        "b.1 1-b (a) \"a\" 'a' a. a, .a ,a -a a- it's can't e.g. U.S. &quot;a&quot; &amp; &lt;b&gt; "
        "&amp;lt; <skipped> a&b x=3.5 x=35 «a» „a“ ‘a’ – — … ¿a? ¡a! € £ © ™ ± × → ∑ ´ ¨").split(),
    "unicode": (
        "Straße STRASSE ΟΔΟΣ ΣΑΣ Σ ΑΣ. ΑΣΑ οδός İstanbul ıI naïve naïve ÉCOLE École Привет "
        "МИР мир 日本語 日 本 テスト 中文,测试 한국어 العربية עברית हिन्दी 😀 👍🏽 👨‍👩‍👧 🇩🇪 K Å ﬁn ß "
        "ǅ Ⓐ ª º ² Ａ１ a\u0301 a\u00adb a\u200bb a\u2019b").split(),
}
GAPS = [" "] * 12 + ["  ", "\t", "\n", "\r\n", "\u00a0", "\u3000", "\u2009", "\x1c", "\x85", "-\n", ""]


def words(rng, kind, count):
    if kind == "mixed":
        return [rng.choice(WORDS[rng.choice(list(WORDS))]) for _ in range(count)]
    return [rng.choice(WORDS[kind]) for _ in range(count)]


def text(rng, parts):
    result = ""
    for part in parts:
        result += (rng.choice(GAPS) if rng.random() < 0.3 else " ") if result else ""
        result += part.upper() if rng.random() < 0.04 else part.title() if rng.random() < 0.06 else part
    if rng.random() < 0.08:
        result = rng.choice([" ", "\n", "\t "]) + result
    if rng.random() < 0.15:
        result += rng.choice([".", "!", " .", "\n", "  ", "\u00a0", ","])
    return result


def edited(rng, parts, kind):
    """Another answer of the same words, more or less."""
    parts = list(parts)
    for _ in range(rng.choice([0, 1, 1, 2, 3, 6])):
        where = rng.randrange(len(parts) + 1)
        act = rng.random()
        if act < 0.35 and parts:
            parts.pop(where % len(parts))
        elif act < 0.7:
            parts.insert(where, words(rng, kind, 1)[0])
        elif parts:
            parts[where % len(parts)] = words(rng, kind, 1)[0]
    if rng.random() < 0.05:
        rng.shuffle(parts)
    return parts


def answers(rng):
    """A prediction and its references (one to three)."""
    kind = rng.choice(list(WORDS) + ["mixed", "english", "mixed"])
    count = rng.choice([0, 1, 1, 2, 3, 4, 5, 6, 8, 12, 16])
    parts = words(rng, kind, count)
    references = [text(rng, parts)]
    while rng.random() < 0.15 and len(references) < 3:
        references.append(text(rng, edited(rng, parts, kind)))
    prediction = text(rng, edited(rng, parts, kind))
    if rng.random() < 0.03:
        prediction = rng.choice(["", " ", "\n"])
    if rng.random() < 0.05:
        prediction = references[-1]
    return prediction, references


def document(rng, depth=0):
    kind = rng.random()
    if depth < 3 and kind < 0.3:
        return {rng.choice(ENGLISH + ["é", "ü", "𝒳", ""]): document(rng, depth + 1)
                for _ in range(rng.randrange(4))}
    if depth < 3 and kind < 0.5:
        return [document(rng, depth + 1) for _ in range(rng.randrange(4))]
    return rng.choice([None, True, False, 0, 1, -1, 5, 0.5, 1e21, 1.0, 123456789, rng.random(),
                       "", "the", "é\n\"", "日本", "\u007f", "😀"])


def json_answers(rng):
    value = document(rng)
    reference = json.dumps(value, ensure_ascii=rng.random() < 0.5)
    other = value if rng.random() < 0.6 else document(rng)
    if isinstance(other, dict) and rng.random() < 0.7:
        items = list(other.items())
        rng.shuffle(items)
        other = dict(items)
    prediction = json.dumps(other, ensure_ascii=rng.random() < 0.5,
                            indent=rng.choice([None, None, 2]))
    act = rng.random()
    if act < 0.1:
        prediction = "```json\n" + prediction + "\n```"
    elif act < 0.2 and prediction:
        at = rng.randrange(len(prediction))
        prediction = prediction[:at] + rng.choice(["", ",", "}", "\"", "\\", "x", "0"]) + prediction[at + 1:]
    elif act < 0.25:
        prediction = rng.choice(["{\"a\":1,\"a\":2}", "NaN", "[Infinity]", "1e999", "\"\\ud800\"", "01",
                                 "[1,]", "{'a':1}", "1.0 ", "1", "-0", "0", "\"\\u00e9\"", "\"é\"", "[1e2]", "[100]"])
        reference = rng.choice([reference, "1", "0", "[100]", "\"é\""])
    if rng.random() < 0.2:
        prediction = " " + prediction + "\n"
    return prediction, [reference]


LABELS = ["spam", "ham", "Straße", "日本", "é", "e\u0301", "other", "0", "1"]


def label_answers(rng, names):
    wanted = rng.choice(names)
    found = wanted if rng.random() < 0.5 else rng.choice(names + ["unseen", ""])
    return (found if rng.random() < 0.8 else found + "\n"), [wanted]


NUMBERS = ["5", "5.0", "5.", "-5", "$5", "5 %", "5%", "1,234", "1234", "1234.50", "1,234.5", "12,34", "€ 7",
           "-$3", "−3", "+3", "3", "The answer is 3.5", "the answer is 35", "a 3.5", "3.5", "3,5", "(-5)",
           "x = -5", "x = 5", "x-5", "x 5", "10:30", "1030", "the", "a", "", "An apple.", "apple", "1/2", "12"]


def number_answers(rng):
    return rng.choice(NUMBERS), [rng.choice(NUMBERS)]


# ---- the metrics ----

def squad(answer):
    """The normalisation of SQuAD 1.1's evaluation."""
    kept = "".join(c for c in answer.lower() if c not in set(string.punctuation))
    return re.sub(r"\b(a|an|the)\b", " ", kept).split()


def squad_f1(found, wanted):
    found, wanted = squad(found), squad(wanted)
    if not found or not wanted:
        return float(found == wanted)
    left, shared = list(wanted), 0
    for word in found:
        if word in left:
            left.remove(word)
            shared += 1
    if not shared:
        return 0.0
    precision, recall = shared / len(found), shared / len(wanted)
    return 2 * precision * recall / (precision + recall)


class NoJSON(Exception):
    pass


def strict(document_text):
    """The value of a JSON document that means one thing only."""
    def pairs(items):
        if len({k for k, _ in items}) != len(items):
            raise NoJSON
        return dict(items)

    def number(digits):
        if not math.isfinite(float(digits)):
            raise NoJSON
        return float(digits)

    def constant(_):
        raise NoJSON

    try:
        value = json.loads(document_text.strip(), object_pairs_hook=pairs, parse_float=number,
                           parse_int=number, parse_constant=constant)
        json.dumps(value, ensure_ascii=False).encode()
        return [value]
    except (ValueError, NoJSON):
        return None


def same(a, b):
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b


def equal_json(found, wanted):
    a, b = strict(found), strict(wanted)
    return bool(a and b and same(a, b))


def number(answer):
    match = re.fullmatch(
        r"([-−+]?)([$€£¥]?)\s*((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*(%?)\.?", answer.strip(), re.ASCII)
    if not match or (match[2] and match[4]):
        return None
    value = float(match[3].replace(",", ""))
    return (-value if match[1] in ("-", "−") else value), match[2] or match[4]


def keeping_numbers(answer):
    line, kept = answer.lower(), []
    for i, c in enumerate(line):
        before, after = line[i - 1:i] or " ", line[i + 1:i + 2]
        digit = after != "" and after in string.digits
        if c not in string.punctuation:
            kept.append(c)
        elif digit and c in ".,:/-" and before in string.digits:
            kept.append(c)
        elif digit and c == "-" and (before.isspace() or before in "(="):
            kept.append(c)
    return re.sub(r"\b(a|an|the)\b", " ", "".join(kept)).split()


def normalised(found, wanted):
    a, b = strict(found), strict(wanted)
    if a and b:
        return same(a, b)
    a, b = number(found), number(wanted)
    if a and b:
        return a == b
    return keeping_numbers(found) == keeping_numbers(wanted)


def best(score):
    return lambda found, wanted: max(float(score(found, reference)) for reference in wanted)


def mean(score):
    return score, lambda pairs: sum(score(*pair) for pair in pairs) / len(pairs)


def columns(references):
    most = max(map(len, references))
    return [[r[i] if i < len(r) else None for r in references] for i in range(most)]


def sacre(corpus, sentence):
    return (lambda found, wanted: sentence.sentence_score(found, wanted).score,
            lambda pairs: corpus.corpus_score([p for p, _ in pairs], columns([r for _, r in pairs])).score)


def bleu(**options):
    return sacre(BLEU(**options), BLEU(**{**options, "effective_order": True}))


def sentence(**options):
    scorer = BLEU(**options)
    return mean(lambda found, wanted: scorer.sentence_score(found, wanted).score)


def chrf(**options):
    scorer = CHRF(**options)
    return sacre(scorer, scorer)


def nltk_(method):
    smoothing = getattr(nltk_bleu.SmoothingFunction(), f"method{method}")
    return mean(lambda found, wanted: float(nltk_bleu.sentence_bleu(
        [r.split() for r in wanted], found.split(), smoothing_function=smoothing)))


def rouge(kind, stem=False):
    scorer = rouge_scorer.RougeScorer([kind], use_stemmer=stem)
    return mean(lambda found, wanted: scorer.score_multi(wanted, found)[kind].fmeasure)


def labels(score):
    right = lambda found, wanted: float(found.strip() == wanted[0].strip())
    return right, lambda pairs: float(score([r[0].strip() for _, r in pairs], [p.strip() for p, _ in pairs]))


TEXT = {
    "exact-match": mean(best(lambda a, b: a.strip() == b.strip())),
    "normalised-match": mean(best(normalised)),
    "squad-match": mean(best(lambda a, b: squad(a) == squad(b))),
    "squad-f1": mean(best(squad_f1)),
    "bleu": bleu(),
    "bleu:tok=char:smooth=none": bleu(tokenize="char", smooth_method="none"),
    "bleu:tok=intl:smooth=floor:value=0.1": bleu(tokenize="intl", smooth_method="floor", smooth_value=0.1),
    "bleu:tok=none:smooth=add-k:value=1.0:case=lc":
        bleu(tokenize="none", smooth_method="add-k", smooth_value=1, lowercase=True),
    "bleu:case=lc:eff=yes": bleu(lowercase=True, effective_order=True),
    "bleu:order=2": bleu(max_ngram_order=2),
    "sentence-bleu": sentence(effective_order=True),
    "sentence-bleu:eff=no": sentence(),
    "sentence-bleu:smooth=floor:value=0.25:eff=no": sentence(smooth_method="floor", smooth_value=0.25),
    "sentence-bleu:tok=intl:smooth=add-k:value=2.0": sentence(
        tokenize="intl", smooth_method="add-k", smooth_value=2, effective_order=True),
    "sentence-bleu:tok=char:smooth=none:case=lc": sentence(
        tokenize="char", smooth_method="none", lowercase=True, effective_order=True),
    "nltk-bleu": nltk_(0),
    "nltk-bleu:smooth=method1": nltk_(1),
    "nltk-bleu:smooth=method2": nltk_(2),
    "nltk-bleu:smooth=method3": nltk_(3),
    "nltk-bleu:smooth=method4": nltk_(4),
    "chrf": chrf(),
    "chrf++": chrf(word_order=2),
    "chrf:nc=4:nw=1:beta=1.0:case=lc:space=yes": chrf(
        char_order=4, word_order=1, beta=1, lowercase=True, whitespace=True),
    "chrf++:eps=yes": chrf(word_order=2, eps_smoothing=True),
    "rouge-1": rouge("rouge1"),
    "rouge-2": rouge("rouge2"),
    "rouge-l": rouge("rougeL"),
    "rouge-l:stem=yes": rouge("rougeL", True),
    "rouge-lsum": rouge("rougeLsum"),
    "rouge-lsum:stem=yes": rouge("rougeLsum", True),
}
JSON = {
    "json-validity": mean(lambda found, _: float(strict(found) is not None)),
    "json-equality": mean(best(equal_json)),
    "normalised-match": TEXT["normalised-match"],
}
LABEL = {
    "accuracy": labels(accuracy_score),
    "f1-macro": labels(lambda y, p: f1_score(y, p, average="macro")),
    "f1-weighted": labels(lambda y, p: f1_score(y, p, average="weighted")),
}
NUMBER = {name: TEXT[name] for name in ("normalised-match", "squad-match", "squad-f1")}


def sets(seed, examples):
    """Sets of examples that are scored together, each with the metrics that fit it."""
    rng = random.Random(seed)
    made = 0
    while made < examples:
        names = rng.sample(LABELS, rng.randrange(1, 6))
        make, metrics, share = rng.choice(
            [(answers, TEXT, 1)] * 7 + [(json_answers, JSON, 2), (number_answers, NUMBER, 2),
                                        (lambda r: label_answers(r, names), LABEL, 2)])
        pairs = [make(rng) for _ in range(share * rng.choice([1, 2, 8, 12]))]
        made += len(pairs)
        yield pairs, metrics


def scored(pairs, metrics):
    return {name: ([example(*pair) for pair in pairs], corpus(pairs))
            for name, (example, corpus) in metrics.items()}


# ---- fixture ----

def short(value):
    return float(f"{value:.13g}")


def classification(rng):
    """F1 of given labels, some of which occur nowhere, with each treatment of zero division."""
    names = rng.sample(LABELS, 4)
    pairs = [(rng.choice(names), rng.choice(names)) for _ in range(rng.choice([1, 3, 9]))]
    chosen = rng.choice([None, rng.sample(LABELS, 3)])
    found, wanted = [p for p, _ in pairs], [r for _, r in pairs]
    result = {}
    for name, value in (("zero", 0.0), ("one", 1.0), ("none", math.nan)):
        scores = [f1_score(wanted, found, labels=chosen, average=a, zero_division=value)
                  for a in ("macro", "weighted")]
        result[name] = [None if math.isnan(s) else short(float(s)) for s in scores]
    return {"classification": {"predictions": found, "references": wanted, "labels": chosen,
                               "f1": result}}


def surprises(rng):
    rows = [(rng.random() * 40, rng.randrange(1, 30)) for _ in range(rng.randrange(1, 9))]
    pairs = [(round(rng.gauss(0, 1), 1), round(rng.gauss(0, 1), 1)) for _ in range(rng.randrange(1, 9))]
    return {"surprise": {
        "rows": rows, "perplexity": math.exp(sum(n for n, _ in rows) / sum(t for _, t in rows)),
        "pairs": pairs, "accuracy": sum(c > r for c, r in pairs) / len(pairs),
        "margin": sum(c - r for c, r in pairs) / len(pairs)}}


def sign_tests(rng):
    wins, losses = rng.choice([(0, 0), (0, 1), (rng.randrange(40), rng.randrange(40)),
                               (rng.randrange(3000), rng.randrange(3000))])
    p = binomtest(wins, wins + losses).pvalue if wins + losses else 1.0
    return {"sign_test": {"wins": wins, "losses": losses, "p": float(p)}}


def fixture(folder):
    lines = []
    for pairs, metrics in sets(seed=5, examples=620):
        scores = {name: [[short(v) for v in examples], short(corpus)]
                  for name, (examples, corpus) in scored(pairs, metrics).items()}
        lines.append({"predictions": [p for p, _ in pairs], "references": [r for _, r in pairs],
                      "scores": scores})
    rng = random.Random(7)
    for make in (classification, surprises, sign_tests):
        lines += [make(rng) for _ in range(40)]
    body = "".join(json.dumps(line, ensure_ascii=True, separators=(",", ":")) + "\n" for line in lines)
    path = os.path.join(folder, "metric-oracles.jsonl")
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(body)
    with open(path + ".sha256", "w", encoding="utf-8") as file:
        file.write(hashlib.sha256(body.encode()).hexdigest() + "  metric-oracles.jsonl\n")
    print(f"{path}: {len(lines)} lines, {len(body)} bytes")


# ---- check of a binary ----

def differs(a, b):
    if a is None or b is None:
        return a is not b
    return abs(a - b) > 1e-9 * max(1.0, abs(a), abs(b))


def compare(binary, pairs, metrics, folder):
    """The differences between the binary's scores and the references'."""
    rows, out = os.path.join(folder, "rows.jsonl"), os.path.join(folder, "out.jsonl")
    with open(rows, "w", encoding="utf-8", newline="\n") as file:
        for prediction, references in pairs:
            file.write(json.dumps({"prediction": prediction, "references": references}) + "\n")
    answer = subprocess.run(
        [binary, "eval", "score", "--predictions", rows, "--metrics", ",".join(metrics),
         "--resamples", "0", "--examples", out, "--json"], capture_output=True, text=True, check=True)
    totals = {m["name"]: m["score"] for m in json.loads(answer.stdout)["metrics"]}
    with open(out, encoding="utf-8") as file:
        examples = [json.loads(line)["scores"] for line in file.read().split("\n") if line]
    for name, (wanted, corpus) in scored(pairs, metrics).items():
        if differs(totals[name], corpus):
            yield name, "corpus", totals[name], corpus
        for pair, found, score in zip(pairs, examples, wanted):
            if differs(found[name], score):
                yield name, pair, found[name], score


def check(binary, cases=5000, seed=11):
    count = comparisons = problems = 0
    with tempfile.TemporaryDirectory() as folder:
        for pairs, metrics in sets(seed, cases):
            count += len(pairs)
            comparisons += (len(pairs) + 1) * len(metrics)
            for problem in compare(binary, pairs, metrics, folder):
                problems += 1
                if problems <= 20:
                    print(*problem, sep="\n  ")
    print(f"{count} answers, {comparisons} scores compared, {problems} differ by more than 1e-9")
    return 1 if problems else 0


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "fixture":
        fixture(sys.argv[2])
    elif len(sys.argv) >= 3 and sys.argv[1] == "check":
        sys.exit(check(sys.argv[2], *map(int, sys.argv[3:5])))
    else:
        sys.exit(__doc__)
