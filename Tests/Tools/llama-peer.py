"""Measures llama.cpp on the same GGUF file, to be run in the same hour as `expert-gen bench model`.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install xllamacpp
    /tmp/venv/bin/python Tests/Tools/llama-peer.py .build-models/SmolLM2-135M-Instruct.Q4_1.gguf

Prints tokens a second of reading a prompt of 1,024 tokens and of writing 128, two threads, best of
three.
"""

import json
import sys

import xllamacpp

params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.n_ctx = 2048
params.n_parallel = 1
params.cpuparams.n_threads = 2
params.cpuparams_batch.n_threads = 2
server = xllamacpp.Server(params)


def timings(prompt, count):
    reply = server.handle_completions(
        {
            "prompt": prompt,
            "n_predict": count,
            "temperature": 0,
            "cache_prompt": False,
            "ignore_eos": True,
        }
    )
    return (reply if isinstance(reply, dict) else json.loads(reply))["timings"]


prompt = [(i * 7919 + 13) % 49152 for i in range(1024)]
reading = max(timings(prompt, 1)["prompt_per_second"] for _ in range(3))
writing = max(timings([1, 5, 7, 11, 13, 17, 19, 23], 128)["predicted_per_second"] for _ in range(3))
print(f"reading 1,024 tokens: {reading:.0f} tokens/s; writing: {writing:.0f} tokens/s")
