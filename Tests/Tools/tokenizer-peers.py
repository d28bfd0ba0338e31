"""Speed of other tokenizers on one core with Qwen's ranks, on the files given.

    python3 -m venv /tmp/v && /tmp/v/bin/pip install tokenizers tiktoken
    /tmp/v/bin/python Tests/Tools/tokenizer-peers.py .build-models/qwen.tiktoken FILE...

Prints the rate of the fastest pass and by processor time, in MB/s. Hugging Face's and tiktoken are
given the text in lines joined to pieces of about 64 KiB, the way they are fastest.
"""
import base64, os, sys, time
os.environ["TOKENIZERS_PARALLELISM"] = "false"
QWEN = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
ranks = {base64.b64decode(l.split()[0]): int(l.split()[1]) for l in open(sys.argv[1], "rb") if l.strip()}


def huggingface():
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers
    letters = {b: chr(b) for b in [*range(33, 127), *range(161, 173), *range(174, 256)]}
    for b in range(256):
        letters.setdefault(b, chr(256 + len([x for x in range(b) if x not in [*range(33, 127), *range(161, 173), *range(174, 256)]])))
    name = lambda b: "".join(letters[x] for x in b)
    merges = []
    for token, rank in ranks.items():  # one cut for each token: the merge that makes it
        if len(token) > 1:
            parts = [bytes([x]) for x in token]
            while len(parts) > 2:
                best = min(range(len(parts) - 1), key=lambda i: ranks.get(parts[i] + parts[i + 1], 1 << 30))
                if ranks.get(parts[best] + parts[best + 1], 1 << 30) >= rank:
                    break
                parts[best:best + 2] = [parts[best] + parts[best + 1]]
            if len(parts) == 2:
                merges.append((rank, name(parts[0]), name(parts[1])))
    merges.sort()
    t = Tokenizer(models.BPE({name(k): v for k, v in ranks.items()}, [(a, b) for _, a, b in merges]))
    t.normalizer = normalizers.NFC()
    t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(QWEN), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    return lambda s: len(t.encode(s).ids)


def tik():
    import tiktoken
    e = tiktoken.Encoding("qwen", pat_str=QWEN, mergeable_ranks=ranks, special_tokens={})
    return lambda s: len(e.encode_ordinary(s))


def pieces(text, size=1 << 16):
    out, part, n = [], [], 0
    for line in text.splitlines(keepends=True):
        part.append(line); n += len(line)
        if n > size:
            out.append("".join(part)); part, n = [], 0
    return out + ["".join(part)]


for make in (huggingface, tik):
    try:
        encode = make()
    except Exception as e:
        print(f"{make.__name__}: not measured ({type(e).__name__}: {e})"); continue
    for path in sys.argv[2:]:
        text = open(path, encoding="utf-8", newline="").read()
        size, parts = len(text.encode()), pieces(text)
        best, spent, passes = 1e9, 0, 2
        for _ in range(passes):
            a, c = time.perf_counter(), time.process_time()
            n = sum(map(encode, parts))
            best, spent = min(best, time.perf_counter() - a), spent + time.process_time() - c
        print(f"{make.__name__} {os.path.basename(path)}: {size} bytes, {n} tokens, {size / best / 1e6:.1f} MB/s, by processor time {size / (spent / passes) / 1e6:.1f}")
