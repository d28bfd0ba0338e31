#!/usr/bin/env python3
"""Writes Tests/ExpertTensorsTests/Golden/rotary.txt with transformers' own functions.

Run with torch and transformers installed: rotary_frequencies.py > Tests/.../rotary.txt
A line holds a name, the attention factor, and the inverse frequencies of one configuration.
"""
from transformers import LlamaConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

CASES = {
    "linear": (128, 1e4, {"rope_type": "linear", "factor": 4.0}),
    "llama3": (64, 5e5, {
        "rope_type": "llama3", "factor": 32.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
        "original_max_position_embeddings": 8192}),
    "yarn": (128, 1e6, {
        "rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32768}),
    "yarn-betas": (64, 1e4, {
        "rope_type": "yarn", "factor": 16.0, "original_max_position_embeddings": 4096,
        "beta_fast": 24.0, "beta_slow": 2.0, "attention_factor": 0.75, "truncate": False}),
}

for name, (head, theta, scaling) in CASES.items():
    config = LlamaConfig(
        hidden_size=head * 2, num_attention_heads=2, head_dim=head,
        max_position_embeddings=131072, rope_parameters={"rope_theta": theta, **scaling})
    frequencies, factor = ROPE_INIT_FUNCTIONS[scaling["rope_type"]](config, "cpu")
    print(name, repr(float(factor)), *(repr(float(f)) for f in frequencies))
