"""Makes the fixtures of the objectives: python3 objective-golden.py MODELS FOLDER

MODELS is Tests/ExpertModelTests/Golden/tiny, FOLDER Tests/ExpertTrainingTests/Golden. Needs torch,
transformers, peft, trl and datasets. Reads FOLDER/dpo/pairs.json (token ids) and FOLDER/dpo/init_warm
(a LoRA adapter whose B is off zero) and writes FOLDER/objectives. Losses are TRL's own where TRL has
them: the methods of its trainers, and a run of its KTOTrainer.
"""

import json
import os
import pathlib
import sys
import types

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRL_EXPERIMENTAL_SILENCE"] = "1"

import torch
import torch.nn.functional as F
from peft import PeftModel, get_peft_model_state_dict
from safetensors.torch import load_file, save_file
from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast

MODELS, GOLDEN = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
OUT = GOLDEN / "objectives"
PAIRS = json.loads((GOLDEN / "dpo/pairs.json").read_text())


def warm():
    """The tiny Qwen3 with the warm adapter, in fp32, without dropout."""
    base = AutoModelForCausalLM.from_pretrained(MODELS / "qwen3", dtype=torch.float32)
    return PeftModel.from_pretrained(base, GOLDEN / "dpo/init_warm", is_trainable=True)


def collate(prompts, answers):
    rows = [p + a for p, a in zip(prompts, answers)]
    longest = max(map(len, rows))
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    attention, mask = ids.clone(), ids.clone()
    for i, (row, prompt) in enumerate(zip(rows, prompts)):
        ids[i, : len(row)] = torch.tensor(row)
        attention[i, : len(row)] = 1
        mask[i, len(prompt) : len(row)] = 1
    return ids, attention, mask


def logps(model, batch):
    """Sums of log-probabilities of the answers, and their lengths."""
    ids, attention, mask = batch
    logits = model(input_ids=ids, attention_mask=attention).logits[:, :-1]
    each = torch.log_softmax(logits, -1).gather(-1, ids[:, 1:, None])[..., 0]
    return (each * mask[:, 1:]).sum(1), mask.sum(1)


def reference(model, batch):
    with torch.no_grad(), model.disable_adapter():
        return logps(model, batch)[0]


def gradients(model, loss, name):
    model.zero_grad()
    loss.backward()
    grads = {n: p.grad for n, p in model.named_parameters() if p.grad is not None}
    save_file({n: g.clone().contiguous()
               for n, g in get_peft_model_state_dict(model, state_dict=grads).items()},
              OUT / f"{name}.safetensors")


def dump(name, value):
    (OUT / name).write_text(json.dumps(value, indent=1) + "\n")


def pair_losses():
    """SimPO, ORPO and DPO with an SFT term on the first four pairs."""
    from trl.experimental.cpo.cpo_trainer import CPOTrainer
    from trl.experimental.orpo.orpo_trainer import ORPOTrainer

    model = warm()
    some = PAIRS[:4]
    prompts = [p["prompt"] for p in some] * 2
    batch = collate(prompts, [p["chosen"] for p in some] + [p["rejected"] for p in some])
    device = types.SimpleNamespace(device="cpu")
    found = {}

    def sides():
        sums, lengths = logps(model, batch)
        return sums.chunk(2), lengths.chunk(2)

    (c, r), (nc, nr) = sides()
    trainer = types.SimpleNamespace(
        alpha=0.0, beta=2.0, simpo_gamma=0.5, loss_type="simpo", label_smoothing=0.0,
        accelerator=device)
    losses, chosen, rejected = CPOTrainer.cpo_loss(trainer, c / nc, r / nr)
    gradients(model, losses.mean(), "simpo")
    found["simpo"] = dict(beta=2.0, gamma=0.5, per_pair=losses.tolist(), loss=losses.mean().item(),
                          rewards_chosen=chosen.tolist(), rewards_rejected=rejected.tolist())

    (c, r), (nc, nr) = sides()
    trainer = types.SimpleNamespace(beta=0.1, accelerator=device)
    losses, chosen, rejected, ratio, odds = ORPOTrainer.odds_ratio_loss(trainer, c / nc, r / nr)
    # The answers' tokens only, as the paper has it; TRL's trainer takes the prompt's too.
    nll = -c.sum() / nc.sum()
    gradients(model, nll - losses.mean(), "orpo")
    found["orpo"] = dict(beta=0.1, per_pair=(-losses).tolist(), nll=nll.item(),
                         loss=(nll - losses.mean()).item(), rewards_chosen=chosen.tolist(),
                         log_odds_chosen=odds.item(), log_odds_ratio=ratio.item())

    (c, r), (nc, nr) = sides()
    rho = reference(model, batch).chunk(2)
    delta = (c - rho[0]) - (r - rho[1])
    nll = -c.sum() / nc.sum()
    # TRL: loss_type ["sigmoid", "sft"], loss_weights [1, 0.5].
    loss = -F.logsigmoid(0.1 * delta).mean() + 0.5 * nll
    gradients(model, loss, "rpo")
    found["rpo"] = dict(beta=0.1, weight=0.5, loss=loss.item(), nll=nll.item())

    (c, r), (nc, nr) = sides()
    ipo = (c - rho[0]) / nc - (r - rho[1]) / nr
    loss = ((ipo - 1 / (2 * 0.1)) ** 2).mean()
    gradients(model, loss, "ipo")
    found["ipo"] = dict(beta=0.1, loss=loss.item())
    dump("pairs.json", found)


def kto_rows(count):
    """Answers in turn good and bad, by pairs."""
    rows = []
    for pair in PAIRS[:count]:
        rows.append((pair["prompt"], pair["chosen"], True))
        rows.append((pair["prompt"], pair["rejected"], False))
    return rows


def kto():
    """One microbatch of eight answers in two groups of four whose answers are turned by one."""
    model, rows, size, beta = warm(), kto_rows(4), 4, 0.1
    weights = (1.0, 1.5)
    turned = []
    for start in range(0, len(rows), size):
        group = [r[1] for r in rows[start : start + size]]
        turned += group[-1:] + group[:-1]
    own = collate([r[0] for r in rows], [r[1] for r in rows])
    other = collate([r[0] for r in rows], turned)
    with torch.no_grad():
        divergence = (logps(model, other)[0] - reference(model, other)).mean().clamp(min=0)
    ratios = logps(model, own)[0] - reference(model, own)
    good = torch.tensor([r[2] for r in rows])
    losses = torch.where(
        good, weights[0] * (1 - torch.sigmoid(beta * (ratios - divergence))),
        weights[1] * (1 - torch.sigmoid(beta * (divergence - ratios))))
    gradients(model, losses.mean(), "kto")
    dump("kto.json", dict(
        beta=beta, weights=weights, group=size, kl=divergence.item(), per_answer=losses.tolist(),
        loss=losses.mean().item(), ratios=ratios.tolist(), trl=kto_run()))


def tokenizer():
    """A vocabulary of 512 words that stand for their own ids."""
    words = {"<pad>": 0, "<s>": 1, "</s>": 2, **{f"t{i}": i for i in range(3, 512)}}
    raw = Tokenizer(models.WordLevel(words, unk_token="<pad>"))
    raw.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    raw.add_special_tokens([AddedToken(t, special=True) for t in ("<pad>", "<s>", "</s>")])
    return PreTrainedTokenizerFast(
        tokenizer_object=raw, pad_token="<pad>", bos_token="<s>", eos_token="</s>")


def text(ids):
    return " ".join({0: "<pad>", 1: "<s>", 2: "</s>"}.get(i, f"t{i}") for i in ids)


def kto_run():
    """TRL's KTOTrainer, from the warm adapter: six steps of four answers."""
    from datasets import Dataset, disable_caching
    from trl import KTOConfig, KTOTrainer

    disable_caching()
    rows = [dict(prompt=text(p) + " ", completion=text(a), label=good)
            for p, a, good in kto_rows(12)]
    config = KTOConfig(
        output_dir="/tmp/kto-run", per_device_train_batch_size=4, max_steps=6, learning_rate=5e-3,
        lr_scheduler_type="cosine", warmup_steps=2, weight_decay=0.01, max_grad_norm=1.0, beta=0.1,
        undesirable_weight=1.5, logging_steps=1, bf16=False, use_cpu=True, report_to=[],
        save_strategy="no", gradient_checkpointing=False, train_sampling_strategy="sequential",
        max_length=None, disable_tqdm=True, dataloader_pin_memory=False, disable_dropout=True)
    model = warm()
    # A trainer keeps an adapter that it is given as the reference; the base is wanted here.
    trainer = KTOTrainer(
        model=model, args=config, train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer())
    for name in [n for n in model.peft_config if n != "default"]:
        trainer.model.delete_adapter(name)
    trainer.train()
    return [{k: v for k, v in row.items() if k != "epoch"} for row in trainer.state.log_history
            if "loss" in row]


def ewc():
    """The Fisher of the warm adapter over three texts, and the penalty of another adapter."""
    model = warm()
    batch = load_file(GOLDEN / "kd/batch.safetensors")
    sums = {}
    for row in range(3):
        model.zero_grad()
        out = model(input_ids=batch["input_ids"][row : row + 1],
                    attention_mask=batch["attention_mask"][row : row + 1])
        labels = batch["labels"][row : row + 1, 1:]
        F.cross_entropy(out.logits[:, :-1][labels != -100], labels[labels != -100],
                        reduction="sum").backward()
        for name, parameter in model.named_parameters():
            if parameter.grad is not None:
                sums[name] = sums.get(name, 0) + parameter.grad.double() ** 2
    fisher = {n: (s / 3).float() for n, s in sums.items()}
    save_file({n: v.contiguous()
               for n, v in get_peft_model_state_dict(model, state_dict=fisher).items()},
              OUT / "fisher.safetensors")
    other = load_file(GOLDEN / "dpo/final/adapter_model.safetensors")
    anchor = get_peft_model_state_dict(model)
    named = get_peft_model_state_dict(model, state_dict=fisher)
    penalty = sum((named[n].double() * (other[n].double() - anchor[n].double()) ** 2).sum()
                  for n in named)
    dump("ewc.json", dict(weight=3.0, penalty=(1.5 * penalty).item()))
    save_file({n: (3.0 * named[n] * (other[n] - anchor[n])).contiguous() for n in named},
              OUT / "ewc_gradient.safetensors")


OUT.mkdir(exist_ok=True)
pair_losses()
kto()
ewc()
