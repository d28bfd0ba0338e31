"""The Python stack beside `expert-gen bench train`: the same shape (Qwen3-0.6B, random weights), the
same adapter (LoRA r=16 on six modules), tokens counted without padding.

  pip install torch transformers peft trl datasets      (in an environment of its own)
  training-peers.py sft [STEPS]               PyTorch and PEFT in bf16, 4 x 256 tokens a step
  training-peers.py trl-sft default|bf16      TRL's SFTTrainer, rows of 40 to 200 tokens, batch 4
  training-peers.py trl-dpo default|bf16      TRL's DPOTrainer, pairs of such texts, batch 4
"""
import os
import random
import resource
import sys
import tempfile
import time

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import torch
from peft import LoraConfig, get_peft_model
from transformers import Qwen3Config, Qwen3ForCausalLM

VOCABULARY = 151936
MODULES = ["q_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def model(dtype):
    config = Qwen3Config(
        vocab_size=VOCABULARY, hidden_size=1024, intermediate_size=3072, num_hidden_layers=28,
        num_attention_heads=16, num_key_value_heads=8, head_dim=128, tie_word_embeddings=True,
        max_position_embeddings=40960, rms_norm_eps=1e-6, eos_token_id=151645,
        pad_token_id=151643, bos_token_id=151643)
    torch.manual_seed(0)
    return Qwen3ForCausalLM(config).to(dtype)


def lora():
    return LoraConfig(task_type="CAUSAL_LM", r=16, lora_alpha=16, target_modules=MODULES)


def report(name, tokens, seconds):
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{name}: {tokens / seconds:.1f} tokens/s, peak memory {peak:.2f} GiB")


def sft(steps):
    network = get_peft_model(model(torch.bfloat16), lora())
    network.config.use_cache = False
    network.train()
    trained = [p for p in network.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-4)
    times = []
    for step in range(steps + 1):
        ids = torch.randint(0, 151643, (4, 256), generator=torch.Generator().manual_seed(step))
        labels = ids.clone()
        labels[:, :128] = -100
        start = time.perf_counter()
        network(input_ids=ids, labels=labels).loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        times.append(time.perf_counter() - start)
    report("PyTorch and PEFT, bf16", 1024, sorted(times[1:])[len(times[1:]) // 2])


def tokenizer():
    """One word a token, so that texts come back as the ids that they were made of."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast
    words = {f"w{i}": i for i in range(VOCABULARY)}
    for word, number in (("<|endoftext|>", 151643), ("<|im_end|>", 151645)):
        del words[f"w{number}"]
        words[word] = number
    core = Tokenizer(models.WordLevel(words, unk_token="<|endoftext|>"))
    core.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=core, eos_token="<|im_end|>", pad_token="<|endoftext|>")


def texts(count):
    draw = random.Random(3)
    for _ in range(count):
        length = draw.randint(40, 200)
        ids = lambda n: [draw.randint(1000, 100000) for _ in range(n)]
        yield ids(length // 2), ids(length - length // 2), ids(length - length // 2)


def trl(kind, mode):
    import trl as library
    from datasets import Dataset
    network = model(torch.bfloat16 if mode == "bf16" else torch.float32)
    plain = dict(bf16=False, gradient_checkpointing=False) if mode == "bf16" else {}
    rows = list(texts(20 if kind == "sft" else 12))
    common = dict(
        output_dir=tempfile.mkdtemp(), per_device_train_batch_size=4, num_train_epochs=1,
        learning_rate=1e-4, use_cpu=True, report_to=[], save_strategy="no", disable_tqdm=True,
        **plain)
    words = lambda ids: " ".join(f"w{i}" for i in ids)
    if kind == "sft":
        data = Dataset.from_list([
            dict(input_ids=p + a, labels=[-100] * len(p) + a) for p, a, _ in rows])
        trainer = library.SFTTrainer(
            model=network, args=library.SFTConfig(**common), train_dataset=data,
            processing_class=tokenizer(), peft_config=lora())
        tokens = sum(len(p) + len(a) for p, a, _ in rows)
    else:
        data = Dataset.from_list([
            dict(prompt=words(p), chosen=" " + words(a), rejected=" " + words(b))
            for p, a, b in rows])
        trainer = library.DPOTrainer(
            model=network, args=library.DPOConfig(beta=0.1, **common), train_dataset=data,
            processing_class=tokenizer(), peft_config=lora())
        tokens = sum(2 * len(p) + len(a) + len(b) for p, a, b in rows)
    start = time.perf_counter()
    trainer.train()
    report(f"TRL {kind}, {mode}", tokens, time.perf_counter() - start)


if __name__ == "__main__":
    torch.set_num_threads(int(os.environ.get("THREADS", os.cpu_count() or 1)))
    command, argument = (sys.argv[1:] + ["", ""])[:2]
    if command == "sft":
        sft(int(argument or 3))
    elif command in ("trl-sft", "trl-dpo"):
        trl(command[4:], argument or "default")
    else:
        sys.exit(__doc__)
