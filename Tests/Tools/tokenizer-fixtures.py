"""Oracle of the tokenizer tests: Hugging Face's tokenizers and transformers, and tiktoken.

    python3 -m venv /tmp/v && /tmp/v/bin/pip install tokenizers==0.23.3 transformers jinja2 tiktoken
    /tmp/v/bin/python Tests/Tools/tokenizer-fixtures.py write            # the committed fixtures
    /tmp/v/bin/python Tests/Tools/tokenizer-fixtures.py stream NAME COUNT SEED > texts.jsonl
    /tmp/v/bin/python Tests/Tools/tokenizer-fixtures.py stream qwen-ranks COUNT SEED RANKS > texts.jsonl

`write` trains a vocabulary of 1,200 tokens on the repository's own texts and writes it with the
ids of random texts under every pre-tokeniser, and conversations as the models' templates render
them. `stream` prints {"text", "ids"} lines without end of variety, for EXPERT_TOKENIZER_STREAM of
the test suite: hundreds of thousands take seconds.
"""
import base64, copy, glob, hashlib, json, os, random, sys
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GOLDEN = os.path.join(ROOT, "Tests/ExpertTokenizerTests/Golden")
QWEN = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
LLAMA = QWEN.replace(r"|\p{N}|", r"|\p{N}{1,3}|")
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"


def level(use_regex):
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": use_regex}


def split(pattern, behavior="Isolated", invert=False):
    return {"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": pattern}, "behavior": behavior, "invert": invert}, level(False)]}


def token(id, content, **flags):
    return {"id": id, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True, **flags}


SIZE = 1200
CHAT = [token(SIZE, "<|endoftext|>"), token(SIZE + 1, "<|im_start|>"), token(SIZE + 2, "<|im_end|>")]
ODD = CHAT + [
    token(SIZE + 3, "<mask>", lstrip=True), token(SIZE + 4, "<gap>", rstrip=True), token(SIZE + 5, "word", single_word=True, special=False),
    token(SIZE + 6, "<|im_end|>x"), token(SIZE + 7, "caf\u00e9", normalized=True, special=False), token(SIZE + 8, "    ", special=False)]
VARIANTS = {  # what replaces the parts of the small tokenizer
    "gpt2": dict(pre_tokenizer=level(True)),
    "gpt2-split": dict(pre_tokenizer=split(GPT2)),
    "smollm": dict(pre_tokenizer={"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": True}, level(True)]}),
    "qwen2": dict(pre_tokenizer=split(QWEN), normalizer={"type": "NFC"}, added_tokens=CHAT),
    "llama3": dict(pre_tokenizer=split(LLAMA), ignore_merges=True),
    "llama3-removed": dict(pre_tokenizer=split(LLAMA, "Removed", True)),
    "odd": dict(pre_tokenizer=split(QWEN), normalizer={"type": "NFC"}, added_tokens=ODD),
    "holes": dict(pre_tokenizer=level(True), drop="QZ@"),
}


def train():
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    t.decoder = decoders.ByteLevel()
    files = sorted(glob.glob(ROOT + "/*.md") + glob.glob(ROOT + "/Documentation/**/*.md", recursive=True) + glob.glob(ROOT + "/Sources/ExpertRecord/**/*.swift", recursive=True))
    extra = ["caf\u00e9 na\u00efve \u00fcber \u4f60\u597d\u4e16\u754c \u041f\u0440\u0438\u0432\u0435\u0442 \u0645\u0631\u062d\u0628\u0627 \U0001f642\U0001f44d\U0001f3fd don't I'LL we've 1234 2024 aaaa    \n\n\t\t"] * 50
    t.train_from_iterator([open(f, encoding="utf-8").read() for f in files] + extra, trainers.BpeTrainer(vocab_size=SIZE, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    return json.loads(t.to_str())


def variant(small, name):
    change, j = VARIANTS[name], copy.deepcopy(small)
    for key in ("pre_tokenizer", "normalizer", "added_tokens"):
        if key in change:
            j[key] = change[key]
    if change.get("ignore_merges"):
        j["model"]["ignore_merges"] = True
    if "drop" in change:  # bytes without a token, and what was merged of them
        gone = [t for t in j["model"]["vocab"] if any(c in t for c in change["drop"])]
        for t in gone:
            del j["model"]["vocab"][t]
        known = j["model"]["vocab"]
        j["model"]["merges"] = [m for m in j["model"]["merges"] if m[0] in known and m[1] in known and m[0] + m[1] in known]
    return j


ALPHABETS = [
    "abcdefghijklmnopqrstuvwxyz ", "ABC abc'stremvld'", "0123456789 .,", " \t\n\r", " \n", "'\u017fSsTtRrEeVvLlMmDd\u212a", "(){}[];:=+-*/<>!?\"'_ \n",
    "\u00e9\u00e8\u00fc\u00f1 a", "e\u0301\u0327\u0323\u0308\u0345a\u0300", "\u4f60\u597d\u4e16\u754c\u3002\uff0c", "\u1100\u1161\u11a8\uac00\uac01\u11a7", "\u0645\u0631\u062d \u0628\u0627\u064e\u0651",
    "\U0001f642\U0001f44d\U0001f3fd\u200d\ufe0f\U0001f468", "\u00a0\u2003\u3000\u0085\u2028\u200b\ufeff a", "\u00b2\u00bd\u2167\u0663\u0967\U0001d7d9 1", "\x00\x01\x7f\x1b\x0b\x0c", "\u0b47\u0b3e\u09c7\u09be\u0dd9\u0dcf\u0ddd",
    "\U00011dd9\U00011de1\U00016ff4\u0378\u0558", "\u212b\u2126\uf900\ufb1d\U0002f800\u0958\u0344", "QZ@ qz"]
PIECES = ["'s", "'S", "'\u017f", "'ll", "'LL", "'Re", "don't", "I'M", "  ", "\r\n", "\n\n  ", " \n", "\t\t", "<|im_start|>", "<|im_end|>", "<|im_end|>x", "<|im_", "<|endoftext|>", "<mask>", "<gap>", "word", " word ", "words", "caf\u00e9", "cafe\u0301",
          "    ", "12345", "3.14", "http://a.b/c?d=e", "def f(x):\n    return x\n", "e\u0301", "\u1100\u1161\u11a8", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\u200b", "\ufb01", "\u01c5", "\u02bc", "\u2160", "!!!", "...", "?\r\n", "\u3000", "\u0301", "\u0e01\u0e33", "\u0f71\u0f72\u0f74"]


def scalar(r):
    while True:
        k = r.random()
        c = r.randrange(0x80) if k < .25 else r.randrange(0x800) if k < .45 else r.randrange(0x3000) if k < .7 else r.randrange(0x10000) if k < .85 else r.randrange(0x20000) if k < .96 else r.randrange(0x110000)
        if not 0xD800 <= c <= 0xDFFF:
            return chr(c)


def text(r):
    out = []
    for _ in range(r.randrange(1, 7)):
        k = r.random()
        if k < .45:
            a = r.choice(ALPHABETS)
            out.append("".join(r.choice(a) for _ in range(r.randrange(1, 12))))
        elif k < .75:
            out.append(r.choice(PIECES))
        elif k < .95:
            out.append("".join(scalar(r) for _ in range(r.randrange(1, 8))))
        else:
            out.append(r.choice(" an\n\u00e9") * r.randrange(1, 90))
    return "".join(out)


def ranks(path):
    return {base64.b64decode(l.split()[0]): int(l.split()[1]) for l in open(path, "rb") if l.strip()}


def stream(name, count, seed, path=None):
    r = random.Random(seed)
    if name == "qwen-ranks":
        import tiktoken
        nfc = normalizers.NFC()
        e = tiktoken.Encoding("qwen", pat_str=QWEN, mergeable_ranks=ranks(path), special_tokens={})
        encode = lambda t: e.encode_ordinary(nfc.normalize_str(t))
        clean = lambda t: t.replace("<|", "<").replace("<think", "<").replace("<tool", "<")
    else:
        small = json.load(open(GOLDEN + "/small.json"))
        t = Tokenizer.from_str(json.dumps(variant(small, name)))
        encode, clean = (lambda s: t.encode(s, add_special_tokens=False).ids), (lambda s: s)
    for _ in range(count):
        s = clean(text(r))
        print(json.dumps({"text": s, "ids": encode(s)}))


def identity(small):
    rows = {}
    for name in VARIANTS:
        t = Tokenizer.from_str(json.dumps(variant(small, name)))
        r = random.Random("fixture " + name)
        rows[name] = []
        for _ in range(120):
            s = text(r)
            ids = t.encode(s, add_special_tokens=False).ids
            rows[name].append([s, ids, t.decode(ids, skip_special_tokens=False), t.decode(ids, skip_special_tokens=True)])
    return {"variants": {n: {k: v for k, v in VARIANTS[n].items()} for n in VARIANTS}, "texts": rows}


# The models' own templates for messages without tool definitions, as they stand in their
# tokenizer_config.json, cut down to that.
JINJA = {
    "chatml": "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
    "smollm2": "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
    "qwen2.5": """{%- if messages[0]['role'] == 'system' %}
    {{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}
{%- else %}
    {{- '<|im_start|>system\\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\\n' }}
{%- endif %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) or (message.role == "assistant") %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
    {%- elif message.role == "tool" %}
        {%- if (loop.index0 == 0) or (messages[loop.index0 - 1].role != "tool") %}
            {{- '<|im_start|>user' }}
        {%- endif %}
        {{- '\\n<tool_response>\\n' }}
        {{- message.content }}
        {{- '\\n</tool_response>' }}
        {%- if loop.last or (messages[loop.index0 + 1].role != "tool") %}
            {{- '<|im_end|>\\n' }}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}""",
    "qwen3": """{%- if messages[0].role == 'system' %}
    {{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}
{%- endif %}
{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.multi_step_tool and message.role == "user" and message.content is string and not(message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}
        {%- set ns.multi_step_tool = false %}
        {%- set ns.last_query_index = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- set content = message.content %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>' + '\\n' }}
    {%- elif message.role == "assistant" %}
        {%- set reasoning_content = '' %}
        {%- if message.reasoning_content is string %}
            {%- set reasoning_content = message.reasoning_content %}
        {%- else %}
            {%- if '</think>' in content %}
                {%- set reasoning_content = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
                {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
            {%- endif %}
        {%- endif %}
        {%- if loop.index0 > ns.last_query_index %}
            {%- if loop.last or (not loop.last and reasoning_content) %}
                {{- '<|im_start|>' + message.role + '\\n<think>\\n' + reasoning_content.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') }}
            {%- else %}
                {{- '<|im_start|>' + message.role + '\\n' + content }}
            {%- endif %}
        {%- else %}
            {{- '<|im_start|>' + message.role + '\\n' + content }}
        {%- endif %}
        {{- '<|im_end|>\\n' }}
    {%- elif message.role == "tool" %}
        {%- if loop.first or (messages[loop.index0 - 1].role != "tool") %}
            {{- '<|im_start|>user' }}
        {%- endif %}
        {{- '\\n<tool_response>\\n' }}
        {{- content }}
        {{- '\\n</tool_response>' }}
        {%- if loop.last or (messages[loop.index0 + 1].role != "tool") %}
            {{- '<|im_end|>\\n' }}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}""",
    "llama3": "{% set loop_messages = messages %}{% for message in loop_messages %}{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}",
}


def conversations():
    u, a, s, t = ((lambda c, role=role, **k: dict(role=role, content=c, **k)) for role in ("user", "assistant", "system", "tool"))
    yield [u("Hi"), a("Hello!")]
    yield [s("Be brief."), u("2+2?"), a("4")]
    yield [u(" spaced \n"), a("  \n answer with edges \n\n")]
    yield [u("a"), a("b"), u("c"), a("d")]
    yield [u("a"), a("b", reasoning_content="first thoughts"), u("c"), a("d", reasoning_content="\nsecond\nthoughts\n")]
    yield [u("a"), a("<think>\nold\n</think>\n\nb"), u("c"), a("<think>\nnew\n</think>\n\nd")]
    yield [u("caf\u00e9 cafe\u0301 \u4f60\u597d"), a("\u0301mark first, 12345 \U0001f642")]
    yield [s("one"), u("x"), s("two"), a("y"), a("again")]
    yield [u("weather?"), a("calling"), t("sunny"), t("22"), a("It is sunny.")]
    yield [u("weather?"), a("<think>\nneed a tool\n</think>\n\ncalling"), t("sunny"), a("Sunny.", reasoning_content="done")]
    yield [u("empty"), a("")]
    yield [u("code"), a("```\ndef f():\n    return 1\n```")]


def chats():
    """Texts of transformers, and the labels of the answer by prefixes of the text."""
    from transformers import PreTrainedTokenizerFast
    plain = Tokenizer(models.BPE({"a": 0}, []))
    fast = PreTrainedTokenizerFast(tokenizer_object=plain, bos_token="<|begin_of_text|>")
    rows = []
    for name, jinja in JINJA.items():
        for messages in conversations():
            if name in ("chatml", "smollm2", "llama3") and any("tool" == m["role"] for m in messages):
                pass
            row = dict(template=name, messages=messages)
            render = lambda ms, **k: fast.apply_chat_template(ms, chat_template=jinja, tokenize=False, **k)
            row["text"] = render(messages)
            row["prompt"] = render(messages[:-1], add_generation_prompt=True, enable_thinking=False)
            row["prompt_thinking"] = render(messages[:-1], add_generation_prompt=True, enable_thinking=True)
            rows.append(row)
    return rows


def write():
    os.makedirs(GOLDEN, exist_ok=True)
    small = train()
    dump = lambda name, value: open(f"{GOLDEN}/{name}", "w").write(json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n")
    dump("small.json", small)
    dump("identity.json", identity(small))
    dump("chat.json", {"templates": JINJA, "rows": chats()})


if sys.argv[1] == "write":
    write()
else:
    stream(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), *sys.argv[5:])
