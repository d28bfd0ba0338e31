"""Writes Sources/CKernels/unicode_tables.c: the character classes that pre-tokenisers split by, and
what canonical composition (NFC) needs.

The tables follow the reference, Hugging Face's tokenizers 0.23.3, which mixes versions of Unicode:
its regular expressions know 16.0, its digit splitter 17.0, and its normaliser an older version,
which is found by asking it about every combining mark and composition of 16.0 (what an old version
knows never changes later: Unicode's stability policy). The script checks the classes against the
reference, code point by code point, and writes nothing if one differs.

    python3 -m venv /tmp/v && /tmp/v/bin/pip install tokenizers==0.23.3 regex
    /tmp/v/bin/pip install --target /tmp/v/ud16 unicodedata2==16.0.0
    /tmp/v/bin/pip install --target /tmp/v/ud17 unicodedata2==17.0.0
    /tmp/v/bin/python Tests/Tools/unicode-tables.py /tmp/v/ud16 /tmp/v/ud17 > Sources/CKernels/unicode_tables.c
"""
import importlib, sys
import regex
from tokenizers import Regex, normalizers, pre_tokenizers

LETTER, NUMBER, SPACE, DIGIT, UNSTABLE, WORD = 1, 2, 4, 8, 16, 32
POINTS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]


def load(folder):
    sys.path.insert(0, folder)
    sys.modules.pop("unicodedata2", None)
    module = importlib.import_module("unicodedata2")
    sys.path.pop(0)
    return module


u16, u17 = load(sys.argv[1]), None
table16 = {c: (u16.category(chr(c)), u16.combining(chr(c)), u16.decomposition(chr(c)), u16.normalize("NFD", chr(c)), u16.normalize("NFC", chr(c))) for c in POINTS}
assert u16.unidata_version == "16.0.0"
if len(sys.argv) > 3:  # a C extension is loaded once a process: the second version in a child
    raise SystemExit("two folders, please")
import subprocess
digits = set(map(int, subprocess.check_output([sys.executable, "-c", f"""
import sys; sys.path.insert(0, {sys.argv[2]!r}); import unicodedata2 as u; assert u.unidata_version == "17.0.0"
print(*[c for c in range(0x110000) if u.category(chr(c))[0] == "N"])"""]).split()))


def matched(pattern):
    split, found = pre_tokenizers.Split(Regex(pattern), "removed"), set()
    for i in range(0, len(POINTS), 4096):
        part = POINTS[i:i + 4096]
        left = set("".join(t for t, _ in split.pre_tokenize_str("".join(map(chr, part)))))
        found |= {c for c in part if chr(c) not in left}
    return found


letters = {c for c in POINTS if table16[c][0][0] == "L"}
numbers = {c for c in POINTS if table16[c][0][0] == "N"}
spaces = matched(r"\s")
assert letters == matched(r"\p{L}") and numbers == matched(r"\p{N}") and len(spaces) == 25
splitter = pre_tokenizers.Digits(individual_digits=True)
assert digits == {c for c in POINTS if len(splitter.pre_tokenize_str("a" + chr(c) + "a")) == 3}
word = regex.compile(r"[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]")
words = {c for c in POINTS if table16[c][0] != "Cn" and word.match(chr(c))}

# Which marks and compositions the reference's normaliser knows.
nfc = normalizers.NFC().normalize_str
classes = {}
for c in POINTS:
    k = table16[c][1]
    if not k:
        continue
    # With a mark of a higher class before it, a known mark moves to the front; with a lower one
    # behind it, it moves back. 0334 is of class 1, 035D of 234 and 0345 of 240, the highest.
    probe = "a" + chr(0x345) + chr(c) if k < 240 else "a" + chr(c) + chr(0x334)
    if nfc(probe) != probe:
        classes[c] = k
HANGUL = range(0xAC00, 0xD7A4)
decompositions, pairs = {}, []
for c in POINTS:
    if c in HANGUL or not table16[c][2] or table16[c][2].startswith("<"):
        continue
    nfd = table16[c][3]
    if nfc(chr(c)) != table16[c][4] or nfc(nfd) != table16[c][4]:
        continue
    decompositions[c] = [ord(x) for x in nfd]
    direct = [int(x, 16) for x in table16[c][2].split()]
    if len(direct) == 2 and table16[c][4] == chr(c):
        pairs.append((direct[0], direct[1], c))
pairs.sort()
second = {b for _, b, _ in pairs} | set(range(0x1161, 0x1176)) | set(range(0x11A8, 0x11C3))
unstable = {c for c in POINTS if c in classes or c in second or (c in decompositions and table16[c][4] != chr(c))}
assert min(unstable) == 0x300

flags = [0] * 0x110000
for bit, members in ((LETTER, letters), (NUMBER, numbers), (SPACE, spaces), (DIGIT, digits), (UNSTABLE, unstable), (WORD, words)):
    for c in members:
        flags[c] |= bit
blocks, index = {}, []
for i in range(0, 0x110000, 256):
    index.append(blocks.setdefault(bytes(flags[i:i + 256]), len(blocks)))
assert len(blocks) <= 256

out = print
def array(kind, name, values, per=16):
    out(f"\nconst {kind} {name}[{len(values)}] = {{")
    for i in range(0, len(values), per):
        out("    " + ", ".join(map(str, values[i:i + per])) + ",")
    out("};")


out("// Written by Tests/Tools/unicode-tables.py; Unicode 16.0 classes, see there.")
out('#include "unicode_tables.h"')
array("uint8_t", "expert_unicode_index", index, 24)
array("uint8_t", "expert_unicode_flags", [x for b in blocks for x in b], 32)
ranges = []
for c in sorted(classes):
    if ranges and ranges[-1][1] == c - 1 and ranges[-1][2] == classes[c]:
        ranges[-1][1] = c
    else:
        ranges.append([c, c, classes[c]])
out(f"\nconst size_t expert_combining_count = {len(ranges)};")
array("uint32_t", "expert_combining_ranges", [x for r in ranges for x in r], 12)
texts, starts = [], []
for c in sorted(decompositions):
    starts += [c, len(texts), len(decompositions[c])]
    texts += decompositions[c]
out(f"\nconst size_t expert_decomposition_count = {len(decompositions)};")
array("uint32_t", "expert_decompositions", starts, 12)
array("uint32_t", "expert_decomposition_texts", texts, 12)
out(f"\nconst size_t expert_composition_count = {len(pairs)};")
array("uint32_t", "expert_compositions", [x for p in pairs for x in p], 12)
print(f"{len(blocks)} blocks, {len(classes)} marks, {len(decompositions)} decompositions, {len(pairs)} pairs, {len(unstable)} unstable, longest {max(map(len, decompositions.values()))}", file=sys.stderr)
