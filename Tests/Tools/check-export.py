"""Opens what `expert-gen export` made with PEFT, transformers, llama.cpp and mlcroissant.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install torch transformers peft gguf
    /tmp/venv/bin/python Tests/Tools/check-export.py peft BINARY
    /tmp/venv/bin/python Tests/Tools/check-export.py quants BINARY
    /tmp/venv/bin/pip install xllamacpp
    /tmp/venv/bin/python Tests/Tools/check-export.py llama BINARY [SmolLM2.gguf]
    /tmp/venv/bin/pip install mlcroissant datasets
    /tmp/venv/bin/python Tests/Tools/check-export.py dataset BINARY

`peft` exports every golden adapter as PEFT directory and as merged model and compares the logits
of PEFT on the golden model with those of the exports. `quants` compares merged GGUF tensors with
the quantisers of the gguf package. `llama` loads merged GGUFs and adapters in llama.cpp and
compares tokens and log-probabilities. Prints one line a case and fails where a limit is passed.
"""
import json
import math
import pathlib
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
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx, params.n_parallel, params.verbosity = 512, 1, -1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 2
    params.warmup = False
    if adapter:
        lora = xllamacpp.CommonAdapterLoraInfo(str(adapter), 1.0)
        params.lora_adapters = [lora]
    return xllamacpp.Server(params)


def completion(server, prompt, count, probabilities=0):
    reply = server.handle_completions({
        "prompt": prompt, "n_predict": count, "temperature": 0, "n_probs": probabilities,
        "cache_prompt": False, "ignore_eos": True, "return_tokens": True, "top_k": 0})
    return reply if isinstance(reply, dict) else json.loads(reply)


def generated(base, adapter, prompt, count):
    command = [BINARY, "generate", "--base", str(base), "--raw", "--prompt", prompt, "--quantize",
               "fp32", "--max-tokens", str(count), "--json"]
    if adapter:
        command += ["--adapter", str(adapter)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["results"][0]["tokens"]


def check_llama(out):
    smol = sys.argv[3] if len(sys.argv) > 3 else None
    if not smol:
        raise SystemExit("llama needs the path of SmolLM2's GGUF")
    adapter = out / "adapter"
    make_adapter(adapter)
    prompts = ["The capital of France is", "def add(a, b):\n    return", "1, 2, 3, 4,"]
    merged = {}
    for kind in ["f32", "f16", "q8_0", "q4_0"]:
        merged[kind] = out / f"merged-{kind}.gguf"
        told = export(adapter, smol, merged[kind], "--format", "gguf", "--type", kind)
        figures = told["comparison"]
        print(f"expert-gen on {kind}: logits {figures['max_difference']:.2e}, KL {figures['kl']:.2e}, "
              f"NLL {figures['nll_source']:.4f} {figures['nll_change']:+.4f}")
    lora = out / "lora.gguf"
    export(adapter, smol, lora, "--format", "gguf-adapter")
    wanted = [generated(smol, adapter, prompt, 16) for prompt in prompts]
    plain = [generated(smol, None, prompt, 16) for prompt in prompts]
    print(f"the adapter changes {sum(a != b for a, b in zip(wanted, plain))} of {len(prompts)} texts")
    for title, server in [(f"merged {kind}", lambda k=kind: llama(merged[k])) for kind in merged] + [
            ("base and adapter", lambda: llama(smol, lora))]:
        running = server()
        apart = 0
        for prompt, tokens in zip(prompts, wanted):
            found = completion(running, prompt, 16)["tokens"]
            apart += sum(a != b for a, b in zip(found, tokens))
        del running
        limit = {"merged q8_0": 16, "merged q4_0": 48}.get(title, 0)
        report(f"greedy tokens unlike ours in llama.cpp, {title}", apart, limit)


def make_adapter(folder, rank=8, seed=1):
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
            tensors[stem + "lora_B.weight"] = random.normal(0, 0.01, (outputs, rank))
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
        if issues.errors or issues.warnings:
            failures.append(f"{name}: {issues.report()}")
        for split, rows in loaded.items():
            found = list(described.records(split))
            print(f"{name}/{split}: {rows.num_rows} rows by datasets, {len(found)} by mlcroissant, "
                  f"columns {rows.column_names}")
            if len(found) != rows.num_rows:
                failures.append(f"{name}/{split}")


with tempfile.TemporaryDirectory() as place:
    {"peft": check_peft, "quants": check_quants, "llama": check_llama,
     "dataset": check_dataset}[MODE](pathlib.Path(place))
if failures:
    raise SystemExit("failed: " + ", ".join(failures))
