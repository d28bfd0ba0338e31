"""Opens what `expert-gen export` made with PEFT, transformers, llama.cpp and mlcroissant.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install torch transformers peft gguf
    /tmp/venv/bin/python Tests/Tools/check-export.py peft BINARY
    /tmp/venv/bin/python Tests/Tools/check-export.py real BINARY SmolLM2.gguf
    /tmp/venv/bin/python Tests/Tools/check-export.py quants BINARY
    /tmp/venv/bin/pip install xllamacpp
    /tmp/venv/bin/python Tests/Tools/check-export.py llama BINARY SmolLM2.gguf
    /tmp/venv/bin/pip install mlcroissant datasets
    /tmp/venv/bin/python Tests/Tools/check-export.py dataset BINARY

`peft` exports every golden adapter as PEFT directory and as merged model and compares the logits
of PEFT on the golden model with those of the exports; `real` does so with SmolLM2 and compares
what transformers generates with `expert-gen generate`. `quants` compares merged GGUF tensors with
the quantisers of the gguf package. `llama` loads merged GGUFs and adapters in llama.cpp and
compares tokens and log-probabilities. Prints one line a case and fails where a limit is passed.
"""
import json
import math
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "Tests/ExpertModelTests/Golden"
MODE, BINARY = sys.argv[1], sys.argv[2]
failures = []


def export(adapter, base, output, *options):
    command = [BINARY, "export", str(adapter), "--base", str(base), "--output", str(output),
               "--json", *options]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def report(name, value, limit):
    print(f"{name:44} {value:.2e}  (limit {limit:g})")
    if not value <= limit:
        failures.append(name)


def cases(*kinds):
    for folder in sorted((GOLDEN / "adapters").glob("*/*")):
        if folder.is_dir() and any(folder.name.startswith(kind) for kind in kinds):
            yield folder.parent.name, folder.name, folder / "init"


def check_peft(out):
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    ids = torch.tensor([[5, 17, 200, 33, 471, 8, 90, 311, 2, 64, 128, 7]])

    def logits(model):
        with torch.no_grad():
            return model(ids).logits[:, -ids.shape[1]:]

    def base(model):
        return AutoModelForCausalLM.from_pretrained(GOLDEN / "tiny" / model, dtype=torch.float32)

    def difference(found, reference):
        return ((found - reference).abs().max() / reference.abs().max()).item()

    for model, name, adapter in cases("lora", "rslora", "dora", "ia3", "prompt"):
        reference = logits(PeftModel.from_pretrained(base(model), adapter))
        target = out / f"{model}-{name}"
        export(adapter, GOLDEN / "tiny" / model, target, "--format", "peft")
        found = logits(PeftModel.from_pretrained(base(model), target))
        report(f"PEFT loads {model}/{name}", difference(found, reference), 1e-5)
        if name.startswith("prompt"):
            continue
        target = out / f"{model}-{name}-merged"
        export(adapter, GOLDEN / "tiny" / model, target, "--format", "merged",
               "--max-shard-size", "200KB")
        merged = AutoModelForCausalLM.from_pretrained(target, dtype=torch.float32)
        report(f"transformers loads merged {model}/{name}",
               difference(logits(merged), reference), 1e-5)
        own = PeftModel.from_pretrained(base(model), adapter).merge_and_unload().state_dict()
        apart = max(difference(value, own[key]) for key, value in merged.state_dict().items())
        report(f"weights of PEFT's own merge {model}/{name}", apart, 1e-6)


def check_real(out):
    """PEFT on the base in Hugging Face's form (an export of an adapter that changes nothing),
    against the merged export; and the tokens of both against our own."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    smol, base, adapter = sys.argv[3], out / "base", out / "adapter"
    make_adapter(out / "nothing", strength=0)
    make_adapter(adapter)
    export(out / "nothing", smol, base, "--format", "merged", "--type", "f32")
    export(adapter, smol, out / "peft", "--format", "peft")
    told = export(adapter, base, out / "merged", "--format", "merged", "--type", "f32")
    print("expert-gen on the merged model:", told["comparison"])
    tokenizer = AutoTokenizer.from_pretrained(base)
    plain = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    loaded = PeftModel.from_pretrained(plain, out / "peft")
    merged = AutoModelForCausalLM.from_pretrained(out / "merged", dtype=torch.float32)
    golden = json.loads((GOLDEN / "smollm2/smollm2.json").read_text())["prompts"]
    for prompt in golden:
        ids = tokenizer(prompt["text"], return_tensors="pt").input_ids
        report(f"ids unlike the reference's: {prompt['text'][:20]!r}",
               int(ids[0].tolist() != prompt["ids"]), 0)
        with torch.no_grad():
            one, two = loaded(ids).logits, merged(ids).logits
            with loaded.disable_adapter():
                own = loaded(ids).logits[0, -1]
        best = prompt["top5"]
        report("  the base's best logits against the reference's",
               max(abs(own[i].item() - value) for i, value in best) / abs(best[0][1]), 1e-4)
        report("  merged against PEFT", ((one - two).abs().max() / one.abs().max()).item(), 1e-4)
        tokens = generated(smol, adapter, prompt["text"], 16)
        for title, model in [("PEFT", loaded), ("merged", merged)]:
            reply = model.generate(input_ids=ids, max_new_tokens=16, do_sample=False)
            found = reply[0, ids.shape[1]:].tolist()[:len(tokens)]
            report(f"  greedy tokens of {title} unlike ours", sum(
                a != b for a, b in zip(found, tokens)), 0)


def check_quants(out):
    import gguf
    import numpy as np

    for kind in ["q8_0", "q4_0", "f16", "bf16"]:
        for model, name, adapter in cases("lora_warm", "dora_warm"):
            wide, narrow = out / f"{model}-{name}-f32.gguf", out / f"{model}-{name}-{kind}.gguf"
            if not wide.exists():
                export(adapter, GOLDEN / "tiny" / model, wide, "--format", "gguf", "--type", "f32")
            export(adapter, GOLDEN / "tiny" / model, narrow, "--format", "gguf", "--type", kind)
            source = {t.name: t for t in gguf.GGUFReader(wide).tensors}
            wrong = count = 0
            for tensor in gguf.GGUFReader(narrow).tensors:
                values = source[tensor.name].data.reshape(tuple(reversed(tensor.shape.tolist())))
                wanted = gguf.quants.quantize(values.astype(np.float32), tensor.tensor_type)
                found = np.ascontiguousarray(tensor.data).view(np.uint8).reshape(-1)
                wrong += int((np.ascontiguousarray(wanted).view(np.uint8).reshape(-1) != found).sum())
                count += found.size
            report(f"bytes unlike gguf's, {kind} {model}/{name} of {count}", wrong, 0)


def llama(path, adapter=None):
    """llama.cpp with everything in fp32 that can be."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx, params.n_parallel, params.verbosity = 512, 1, -1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 2
    params.warmup = False
    params.cache_type_k = params.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
    params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
    if adapter:
        params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(adapter), 1.0)]
    return xllamacpp.Server(params)


def completion(server, prompt, count):
    """The greedy ids, and of each step the log-probabilities of the likeliest by id. Steps whose
    token is a part of a character are not told."""
    reply = server.handle_completions({
        "prompt": prompt, "n_predict": count, "temperature": 0, "n_probs": 64,
        "cache_prompt": False, "ignore_eos": True, "top_k": 0})
    told = (reply if isinstance(reply, dict) else json.loads(reply))["choices"][0]["logprobs"]
    steps = told or {"content": []}
    return ([step["id"] for step in steps["content"]],
            [{top["id"]: top["logprob"] for top in step["top_logprobs"]}
             for step in steps["content"]])


def generated(base, adapter, prompt, count):
    command = [BINARY, "generate", "--base", str(base), "--raw", "--prompt", prompt, "--quantize",
               "fp32", "--max-tokens", str(count), "--json"]
    if adapter:
        command += ["--adapter", str(adapter)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["results"][0]["tokens"]


def apart(one, two):
    """The largest difference of log-probabilities that both steps name, over their largest."""
    both = one.keys() & two.keys()
    most = max(abs(one[i]) for i in both)
    return max(abs(one[i] - two[i]) for i in both) / most if len(both) > 16 else math.inf


def compare_in_llama(title, base, adapter, out, prompts, kinds, reference=None):
    """Merged files and the adapter's file in llama.cpp: the log-probabilities of the token behind
    each prompt against `reference` or the merged fp32 file, and greedy tokens against our own."""
    export(adapter, base, out / f"{title}-lora.gguf", "--format", "gguf-adapter")
    servers = []
    for kind in kinds:
        path = out / f"{title}-{kind}.gguf"
        told = export(adapter, base, path, "--format", "gguf", "--type", kind)["comparison"]
        print(f"{title} {kind}: logits {told['max_difference']:.2e}, KL {told['kl']:.2e}, "
              f"NLL {told['nll_source']:.4f} {told['nll_change']:+.4f}")
        servers.append((kind, path, None))
    whole = out / f"{title}-base.gguf"
    export(out / f"{title}-nothing", base, whole, "--format", "gguf", "--type", "f32")
    servers.append(("base and adapter", whole, out / f"{title}-lora.gguf"))
    wanted = reference
    if not reference:
        texts = [generated(base, adapter, prompt, 16) for prompt in prompts]
        plain = [generated(base, None, prompt, 16) for prompt in prompts]
        changed = sum(a != b for a, b in zip(texts, plain))
        print(f"{title}: the adapter changes {changed} of {len(prompts)} texts")
    for kind, path, lora in servers:
        server = llama(path, lora)
        replies = [completion(server, prompt, 1 if reference else 16) for prompt in prompts]
        del server
        found = [steps[0] if steps else None for _, steps in replies]
        exact = kind in ("f32", "base and adapter")
        if wanted:
            pairs = [(a, b) for a, b in zip(found, wanted) if a]
            assert len(pairs) > 2, f"{title}: only {len(pairs)} prompts can be compared"
            report(f"{title} {kind}: log-probabilities of {len(pairs)} steps",
                   max(apart(a, b) for a, b in pairs),
                   1e-4 if exact else 1e-2 if kind == "f16" else math.inf)
        wanted = wanted or found
        if reference:
            continue
        wrong = sum(a != b for (ids, _), text in zip(replies, texts) for a, b in zip(ids, text))
        report(f"{title} {kind}: greedy tokens unlike ours of {16 * len(prompts)}", wrong,
               0 if exact or kind == "f16" else math.inf)


def peft_steps(base, adapter, prompts):
    """The log-probabilities of the token behind each prompt by PEFT in fp32."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast

    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(base / "tokenizer.json"))
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    loaded = PeftModel.from_pretrained(model, adapter)
    with torch.no_grad():
        rows = [loaded(tokenizer(prompt, return_tensors="pt").input_ids).logits[0, -1]
                for prompt in prompts]
    return [dict(enumerate(row.log_softmax(-1).tolist())) for row in rows]


def check_llama(out):
    smol = sys.argv[3]
    make_adapter(out / "SmolLM2", strength=0.006)
    make_adapter(out / "SmolLM2-nothing", strength=0)
    prompts = ["The capital of France is", "def add(a, b):\n    return", "1, 2, 3, 4,",
               "Once upon a time"]
    compare_in_llama("SmolLM2", smol, out / "SmolLM2", out, prompts, ["f32", "f16", "q8_0", "q4_0"])
    for model in ["qwen3", "qwen2", "llama"]:
        base = out / f"tiny-{model}"
        shutil.copytree(GOLDEN / "tiny" / model, base)
        (base / "tokenizer.json").write_text(json.dumps(byte_tokenizer(model)))
        adapter = GOLDEN / "adapters" / model / "lora_warm/init"
        nothing = out / f"{model}-nothing"
        shutil.copytree(adapter, nothing)
        silence(nothing / "adapter_model.safetensors")
        prompts = ["Hello, world", "it's a b c 123\n", "the sonata", "z", "zz", "hello", "1 + 1",
                   "a b c 123", "Zo\u00eb", "x\n\n  y", "(no)", "tea"]
        compare_in_llama(model, base, adapter, out, prompts, ["f32", "f16"],
                         peft_steps(base, adapter, prompts))
    prompt = "Gravity is"
    golden = next(p for p in json.loads((GOLDEN / "smollm2/smollm2.json").read_text())["prompts"]
                  if p["text"] == prompt)
    _, steps = completion(llama(out / "SmolLM2-base.gguf"), prompt, 1)
    best = golden["top5"]
    difference = max(abs((steps[0][i] - steps[0][best[0][0]]) - (value - best[0][1]))
                     for i, value in best) / abs(best[0][1])
    report("SmolLM2's logits in llama.cpp against transformers'", difference, 1e-4)


def byte_tokenizer(model):
    """A vocabulary of 512: the 256 bytes, merges of two letters, and four marks."""
    import string

    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    alphabet = [chr(byte) for byte in plain] + [chr(256 + i) for i in range(len(others))]
    pairs = [a + b for a in "\u0120etaoins" for b in string.ascii_lowercase if a + b != "\u0120"]
    merges = [[pair[0], pair[1]] for pair in pairs]
    words = ["<|end|>", "<|begin|>", "<|stop|>", "<|pad|>"] + alphabet + pairs
    split = {
        "type": "Split", "behavior": "Isolated", "invert": False, "pattern": {"Regex":
            r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+"
            r"[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"}}
    digits = {"type": "Digits", "individual_digits": True}
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}
    is_llama = model == "llama"
    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": i, "content": words[i], "single_word": False, "lstrip": False,
                          "rstrip": False, "normalized": False, "special": True}
                         for i in range(4)],
        "normalizer": None if is_llama else {"type": "NFC"},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            digits if is_llama else split, {**level, "use_regex": is_llama}]},
        "post_processor": None, "decoder": {**level, "use_regex": True},
        "model": {"type": "BPE", "vocab": {word: i for i, word in enumerate(words)},
                  "merges": merges, "ignore_merges": False}}


def silence(path):
    """Sets every B of an adapter to zero."""
    data = bytearray(path.read_bytes())
    size = int.from_bytes(data[:8], "little")
    for name, entry in json.loads(data[8:8 + size]).items():
        if name.endswith("lora_B.weight"):
            start, end = (8 + size + place for place in entry["data_offsets"])
            data[start:end] = bytes(end - start)
    path.write_bytes(data)


def make_adapter(folder, rank=8, seed=1, strength=0.004):
    """A LoRA of SmolLM2's shape on all linear layers, strong enough to change what is said."""
    import numpy as np

    folder.mkdir()
    random = np.random.default_rng(seed)
    sizes = {"self_attn.q_proj": (576, 576), "self_attn.k_proj": (576, 192),
             "self_attn.v_proj": (576, 192), "self_attn.o_proj": (576, 576),
             "mlp.gate_proj": (576, 1536), "mlp.up_proj": (576, 1536),
             "mlp.down_proj": (1536, 576)}
    tensors = {}
    for layer in range(30):
        for name, (inputs, outputs) in sizes.items():
            stem = f"base_model.model.model.layers.{layer}.{name}."
            tensors[stem + "lora_A.weight"] = random.normal(0, 0.03, (rank, inputs))
            tensors[stem + "lora_B.weight"] = random.normal(0, 1, (outputs, rank)) * strength
    write_safetensors(folder / "adapter_model.safetensors", tensors)
    (folder / "adapter_config.json").write_text(json.dumps({
        "peft_type": "LORA", "task_type": "CAUSAL_LM", "r": rank, "lora_alpha": 24,
        "use_rslora": True, "target_modules": [name.split(".")[1] for name in sizes]}))


def write_safetensors(path, tensors):
    import numpy as np

    head, body = {"__metadata__": {"format": "pt"}}, b""
    for name in sorted(tensors):
        data = tensors[name].astype(np.float32).tobytes()
        head[name] = {"dtype": "F32", "shape": list(tensors[name].shape),
                      "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(head).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(len(text).to_bytes(8, "little") + text + body)


def check_dataset(out):
    import mlcroissant
    from datasets import load_dataset

    store = out / "expert.db"
    subprocess.run([BINARY, "dataset", "create", "--domain", "arithmetic", "--count", "60",
                    "--provider", "procedural", "--store", store], check=True, capture_output=True,
                   cwd=out)
    subprocess.run([BINARY, "dataset", "split", "arithmetic", "--store", store], check=True,
                   capture_output=True, cwd=out)
    pair = {"prompt": "Hi", "chosen": "Hello", "rejected": "What?"}
    long = {"prompt": [{"role": "user", "content": "Hi"}],
            "chosen": [{"role": "assistant", "content": "Hello"}],
            "rejected": [{"role": "assistant", "content": "No"}]}
    chat = {"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}
    for name, rows in [("pairs", [pair, long]), ("chats", [chat])]:
        (out / f"{name}.jsonl").write_text("\n".join(json.dumps(row) for row in rows) + "\n")
        subprocess.run([BINARY, "dataset", "import", name, f"{name}.jsonl", "--store", store], check=True, capture_output=True, cwd=out)
    for name in ["arithmetic", "pairs", "chats"]:
        folder = out / f"{name}-hub"
        subprocess.run([BINARY, "dataset", "export", name, "--format", "huggingface", "--license",
                        "cc-by-4.0", "--url", "https://example.org/data", "--creator", "Ada",
                        "--attributes", "--output", folder, "--store", store], check=True, cwd=out)
        loaded = load_dataset(str(folder))
        described = mlcroissant.Dataset(jsonld=str(folder / "croissant.json"))
        issues = described.metadata.ctx.issues
        print(f"{name}: mlcroissant finds {len(issues.errors)} errors, {len(issues.warnings)} warnings")
        if issues.errors or issues.warnings:
            failures.append(f"{name}: {issues.report()}")
        for split, rows in loaded.items():
            found = list(described.records(split))
            print(f"{name}/{split}: {rows.num_rows} rows by datasets, {len(found)} by mlcroissant, "
                  f"columns {rows.column_names}")
            if len(found) != rows.num_rows:
                failures.append(f"{name}/{split}")


with tempfile.TemporaryDirectory() as place:
    {"peft": check_peft, "real": check_real, "quants": check_quants, "llama": check_llama,
     "dataset": check_dataset}[MODE](pathlib.Path(place))
if failures:
    raise SystemExit("failed: " + ", ".join(failures))
