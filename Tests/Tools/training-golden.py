"""Makes the fixtures of ExpertTrainingTests: python3 training-golden.py FOLDER

Needs torch, peft, transformers, bitsandbytes and tensorboard. schedules.json comes from
transformers' get_*_schedule_with_warmup driven by an SGD optimiser with learning rate 1.
"""

import hashlib
import json
import pathlib
import sys

import torch
from transformers import get_constant_schedule_with_warmup, get_cosine_schedule_with_warmup
from transformers import get_cosine_with_min_lr_schedule_with_warmup
from transformers import get_linear_schedule_with_warmup

OUT = pathlib.Path(sys.argv[1])


def dump(name, value):
    (OUT / name).write_text(json.dumps(value))


def schedule(make, steps):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = make(optimizer)
    rates = []
    for _ in range(steps):
        rates.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return rates


def schedules():
    cosine = get_cosine_schedule_with_warmup
    dump("schedules.json", {
        "cosine_w2_t10": schedule(lambda o: cosine(o, 2, 10), 10),
        "cosine_w10_t100": schedule(lambda o: cosine(o, 10, 100), 100),
        "linear_w10_t100": schedule(lambda o: get_linear_schedule_with_warmup(o, 10, 100), 100),
        "constant_w10": schedule(lambda o: get_constant_schedule_with_warmup(o, 10), 30),
        "cosine_min_lr_rate0.1_w10_t100": schedule(
            lambda o: get_cosine_with_min_lr_schedule_with_warmup(o, 10, 100, min_lr_rate=0.1),
            100),
        "cosine_w0_t10": schedule(lambda o: cosine(o, 0, 10), 10),
    })


def adamw():
    """Ten clipped steps of torch.optim.AdamW on two groups (LoRA+: the second at 16 times)."""
    g = torch.Generator().manual_seed(3)
    a = torch.nn.Parameter(torch.randn(37, generator=g))
    b = torch.nn.Parameter(torch.randn(21, generator=g))
    optimizer = torch.optim.AdamW(
        [{"params": [a], "lr": 1e-2}, {"params": [b], "lr": 16e-2}], weight_decay=0.01,
        foreach=False)
    scheduler = get_cosine_schedule_with_warmup(optimizer, 2, 10)
    start = {"a": a.tolist(), "b": b.tolist()}
    steps = []
    for _ in range(10):
        a.grad = torch.randn(37, generator=g) * 0.3
        b.grad = torch.randn(21, generator=g) * 0.1
        grads = {"grad_a": a.grad.tolist(), "grad_b": b.grad.tolist()}
        norm = torch.nn.utils.clip_grad_norm_([a, b], 1.0)
        optimizer.step()
        scheduler.step()
        steps.append({**grads, "norm": norm.item(), "a": a.tolist(), "b": b.tolist()})
    dump("adamw.json", {"start": start, "steps": steps})


def lora_fa():
    """What peft's LoraFA optimiser makes of a gradient of B, read off its moments after a step."""
    from peft import LoraConfig, get_peft_model
    from peft.optimizers import create_lorafa_optimizer, lorafa

    lorafa.is_bf16_available = lambda: False  # its products in fp32: the formula, not the rounding
    torch.manual_seed(5)
    rank, alpha = 4, 8
    base = torch.nn.Sequential(torch.nn.Linear(12, 10, bias=False))
    model = get_peft_model(base, LoraConfig(r=rank, lora_alpha=alpha, target_modules=["0"]))
    optimizer = create_lorafa_optimizer(model, r=rank, lora_alpha=alpha, lr=1e-3)
    params = dict(model.named_parameters())
    a = next(p for n, p in params.items() if "lora_A" in n)
    b = next(p for n, p in params.items() if "lora_B" in n)
    gradient = torch.randn(10, rank)
    b.grad = gradient.clone()
    optimizer.step()
    state = next(s for s in optimizer.state.values() if "exp_avg_B" in s)
    projected = state["exp_avg_B"] / 0.1  # the first moment after one step is 0.1 of the gradient
    dump("lorafa.json", {
        "rank": rank, "scaling": alpha / rank, "a": a.flatten().tolist(),
        "gradient": gradient.flatten().tolist(), "projected": projected.flatten().tolist()})


def eight_bit():
    """bitsandbytes' code, and what its blockwise quantisation makes of two blocks."""
    import bitsandbytes.functional as F

    torch.manual_seed(6)
    result = {}
    for name, signed in [("signed", True), ("unsigned", False)]:
        code = F.create_dynamic_map(signed=signed)
        x = torch.randn(512) * 1e-3
        x = x if signed else x * x
        q, state = F.quantize_blockwise(x, code=code, blocksize=256)
        back = F.dequantize_blockwise(q, state)
        result[name] = {
            "code": code.tolist(), "x": x.tolist(), "q": q.tolist(), "back": back.tolist()}
    dump("eightbit.json", result)


def events():
    """An event file with fixed times, framed by tensorboard's own writer."""
    from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2, tensor_shape_pb2
    from tensorboard.compat.proto import types_pb2
    from tensorboard.summary.writer.record_writer import RecordWriter

    Summary = summary_pb2.Summary
    text = "| option | value |\n| --- | --- |\n| r | 16 |"
    tensor = tensor_pb2.TensorProto(
        dtype=types_pb2.DT_STRING, string_val=[text.encode()],
        tensor_shape=tensor_shape_pb2.TensorShapeProto(
            dim=[tensor_shape_pb2.TensorShapeProto.Dim(size=1)]))
    metadata = summary_pb2.SummaryMetadata(
        plugin_data=summary_pb2.SummaryMetadata.PluginData(plugin_name="text"),
        data_class=summary_pb2.DATA_CLASS_TENSOR)
    time = 1700000000.0
    records = [
        event_pb2.Event(wall_time=time, file_version="brain.Event:2"),
        event_pb2.Event(wall_time=time, step=5, session_log=event_pb2.SessionLog(
            status=event_pb2.SessionLog.START)),
        event_pb2.Event(wall_time=time, summary=Summary(value=[
            Summary.Value(tag="config/text_summary", metadata=metadata, tensor=tensor)])),
        event_pb2.Event(wall_time=time + 1.5, step=300, summary=Summary(value=[
            Summary.Value(tag="eval/loss", simple_value=0.75),
            Summary.Value(tag="train/loss", simple_value=1.25)])),
    ]
    with open(OUT / "events.tfevents", "wb") as file:
        writer = RecordWriter(file)
        for record in records:
            writer.write(record.SerializeToString(deterministic=True))
        writer.flush()


for make in [schedules, adamw, lora_fa, eight_bit, events]:
    make()
names = ["adamw.json", "eightbit.json", "events.tfevents", "lorafa.json", "schedules.json"]
(OUT / "SHA256SUMS").write_text("".join(
    f"{hashlib.sha256((OUT / n).read_bytes()).hexdigest()}  {n}\n" for n in names))
