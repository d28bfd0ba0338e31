"""Makes the fixtures of composition and merging with PEFT: python3 composition-fixtures.py OUT

Needs torch, transformers and peft. On the tiny qwen3 of ExpertModelTests it makes LoRA adapters
first and second (rank 4, every linear layer; alpha 8 and 2), pair (rank 2, q_proj and v_proj),
turned (DoRA, rank 2, q_proj and down_proj) and IA3 vectors near and far; then what `add_weighted_adapter` merges of them, and
the logits of a text with several adapters active at once.
"""

import hashlib
import pathlib
import shutil
import sys

import torch
from peft import IA3Config, LoraConfig, get_peft_model, get_peft_model_state_dict
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM

OUT = pathlib.Path(sys.argv[1])
BASE = pathlib.Path(__file__).parents[1] / "ExpertModelTests/Golden/tiny/qwen3"
IDS = torch.tensor([[7, 91, 300, 12, 45, 410, 5, 222, 19, 101, 33, 256]])
ALL = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
WEIGHTS = [0.7, -0.4]


def lora(r, alpha, targets, **more):
    return LoraConfig(r=r, lora_alpha=alpha, target_modules=targets, task_type="CAUSAL_LM", **more)


def randomise(model, seed):
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            parameter.data = torch.randn(parameter.shape, generator=generator) * 0.05
        if "lora_magnitude" in name:
            parameter.data *= 1 + 0.1 * torch.randn(parameter.shape, generator=generator)
        if "ia3_l" in name:
            parameter.data = 1 + 0.2 * torch.randn(parameter.shape, generator=generator)


def save_adapter(model, name):
    folder = OUT / name
    model.peft_config[name].base_model_name_or_path = "tiny/qwen3"
    model.save_pretrained(OUT / "saved", selected_adapters=[name])
    folder.mkdir(parents=True, exist_ok=True)
    for file in ("adapter_config.json", "adapter_model.safetensors"):
        shutil.copy(OUT / "saved" / name / file, folder / file)


def save_merged(model, names, weights, method, file=None, **options):
    model.add_weighted_adapter(names, weights, "merged", method, **options)
    state = get_peft_model_state_dict(model, adapter_name="merged")
    save_file({k: v.contiguous() for k, v in state.items()}, OUT / f"{file or method}.safetensors")
    model.delete_adapter("merged")


def base():
    return AutoModelForCausalLM.from_pretrained(BASE, dtype=torch.float32)


def low_rank(logits):
    model = get_peft_model(base(), lora(4, 8, ALL), adapter_name="first")
    model.add_adapter("second", lora(4, 2, ALL))
    model.add_adapter("pair", lora(2, 6, ["q_proj", "v_proj"]))
    model.add_adapter("turned", lora(2, 4, ["q_proj", "down_proj"], use_dora=True))
    randomise(model, 5)
    for name in ("first", "second", "pair", "turned"):
        save_adapter(model, name)
    two = ["first", "second"]
    for method in ("linear", "cat"):
        save_merged(model, two, WEIGHTS, method)
    for method in ("ties", "magnitude_prune"):
        save_merged(model, two, WEIGHTS, method, density=0.4)
    save_merged(model, two, [0.7, 0.4], "ties", "ties_frequency", density=0.4,
                majority_sign_method="frequency")
    save_merged(model, ["first", "second", "pair"], [0.5, 0.25, 2.0], "cat", "cat_three")
    save_merged(model, ["first", "pair"], [0.8, 1.5], "svd", svd_rank=3)
    model.eval()
    with torch.no_grad():
        for names in (["first"], two, ["first", "pair"], ["first", "turned"],
                      ["second", "pair", "turned"]):
            model.base_model.set_adapter(names)
            logits["+".join(names)] = model(IDS).logits[0].clone()
        model.add_weighted_adapter(two, WEIGHTS, "weighted", "cat")
        model.set_adapter("weighted")
        logits["0.7first-0.4second"] = model(IDS).logits[0].clone()


def scalings(logits):
    config = dict(target_modules=["k_proj", "v_proj", "down_proj"],
                  feedforward_modules=["down_proj"], task_type="CAUSAL_LM")
    model = get_peft_model(base(), IA3Config(**config), adapter_name="near")
    model.add_adapter("far", IA3Config(**config))
    randomise(model, 9)
    for name in ("near", "far"):
        save_adapter(model, name)
    model.add_weighted_adapter(["near", "far"], [0.25, 0.75], "merged")
    state = get_peft_model_state_dict(model, adapter_name="merged")
    save_file({k: v.contiguous() for k, v in state.items()}, OUT / "ia3.safetensors")
    model.eval()
    with torch.no_grad():
        model.set_adapter("merged")
        logits["0.25near+0.75far"] = model(IDS).logits[0].clone()


OUT.mkdir(parents=True, exist_ok=True)
torch.manual_seed(3)
logits = {"ids": IDS[0].to(torch.int64)}
low_rank(logits)
scalings(logits)
save_file(logits, OUT / "logits.safetensors")
shutil.rmtree(OUT / "saved")
lines = [f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.relative_to(OUT)}"
         for p in sorted(OUT.rglob("*")) if p.is_file() and p.name != "SHA256SUMS"]
(OUT / "SHA256SUMS").write_text("\n".join(lines) + "\n")
