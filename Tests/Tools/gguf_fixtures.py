"""Makes the GGUF fixtures of the tests with the `gguf` and `safetensors` packages.

    python Tests/Tools/gguf_fixtures.py

Blocks.gguf holds one tensor of every readable type, made of random blocks, and one metadata value
of every kind; Blocks.safetensors holds the same tensors as fp32, by `gguf.quants.dequantize`.
llama.gguf is the tiny Llama of Tests/ExpertModelTests/Golden/tiny in F16, its query and key rows
interleaved as llama.cpp's converter does it.
"""
import json
import pathlib

import gguf
import numpy as np
from safetensors.numpy import load_file, save_file

ROOT = pathlib.Path(__file__).resolve().parents[2]
TENSORS = ROOT / "Tests/ExpertTensorsTests/Golden/gguf"
MODEL = ROOT / "Tests/ExpertModelTests/Golden/tiny"
QUANTS = ["Q4_0", "Q4_1", "Q8_0", "Q4_K", "Q6_K"]
# Where the binary16 scales of a block stand.
SCALES = {"Q4_0": [0], "Q4_1": [0, 2], "Q8_0": [0], "Q4_K": [0, 2], "Q6_K": [208]}


def random_blocks(rng, kind, rows, columns):
    """Random bytes with scales that are small numbers, subnormal ones among them."""
    per_block, block_bytes = gguf.GGML_QUANT_SIZES[gguf.GGMLQuantizationType[kind]]
    blocks = rng.integers(0, 256, (rows * columns // per_block, block_bytes), dtype=np.uint8)
    for place in SCALES[kind]:
        scales = rng.normal(0, 0.02, len(blocks)).astype(np.float16)
        scales[0], scales[1] = np.float16(3e-6), np.float16(-0.0)
        blocks[:, place:place + 2] = scales.view(np.uint8).reshape(-1, 2)
    return blocks.reshape(rows, -1)


def make_blocks():
    TENSORS.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(7)
    writer = gguf.GGUFWriter(TENSORS / "Blocks.gguf", "test")
    values = {
        "uint8": 200, "int8": -100, "uint16": 60000, "int16": -30000, "uint32": 4000000000,
        "int32": -2000000000, "uint64": 2**63 + 1, "int64": -2**62, "float32": 0.1,
        "float64": 0.1, "bool": True, "string": "Zoë ☃ 𝄞",
    }
    for name, value in values.items():
        getattr(writer, f"add_{name}")(f"test.{name}", value)
    writer.add_array("test.strings", ["", "a", "Ġthe"])
    writer.add_array("test.integers", [3, -4, 5])
    writer.add_array("test.floats", [0.5, -1.25])
    writer.add_array("test.bools", [True, False])
    floats = {}
    for kind in QUANTS:
        columns = 512 if kind.endswith("K") else 64
        data = random_blocks(rng, kind, 3, columns)
        kind_of = gguf.GGMLQuantizationType[kind]
        writer.add_tensor(kind, data, raw_dtype=kind_of)
        floats[kind] = gguf.quants.dequantize(data, kind_of).astype(np.float32)
    plain = rng.normal(0, 1, (3, 5)).astype(np.float32)
    plain[0, :3] = [0.0, -0.0, 6e-8]
    writer.add_tensor("F32", plain)
    floats["F32"] = plain
    writer.add_tensor("F16", plain.astype(np.float16))
    floats["F16"] = plain.astype(np.float16).astype(np.float32)
    wide = plain.view(np.uint32) >> 16
    bf16 = gguf.GGMLQuantizationType.BF16
    writer.add_tensor("BF16", wide.astype(np.uint16).view(np.uint8).reshape(3, 10), raw_dtype=bf16)
    floats["BF16"] = (wide << 16).astype(np.uint32).view(np.float32)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    save_file({k: np.ascontiguousarray(v) for k, v in floats.items()},
              TENSORS / "Blocks.safetensors", metadata={"format": "pt"})


def interleave(weights, heads):
    """The permutation of llama.cpp's convert_hf_to_gguf.py."""
    rows = weights.shape[0]
    return (weights.reshape(heads, 2, rows // heads // 2, *weights.shape[1:])
            .swapaxes(1, 2).reshape(weights.shape))


def make_llama():
    source = MODEL / "llama"
    config = json.loads((source / "config.json").read_text())
    weights = load_file(source / "model.safetensors")
    writer = gguf.GGUFWriter(MODEL / "llama.gguf", "llama")
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_rope_dimension_count(config["head_dim"])
    writer.add_rope_freq_base(config["rope_parameters"]["rope_theta"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_eos_token_id(config["eos_token_id"])
    writer.add_bos_token_id(config["bos_token_id"])
    writer.add_token_list([f"t{i}" for i in range(config["vocab_size"])])
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config["num_hidden_layers"])
    for name, value in weights.items():
        if name.endswith("q_proj.weight"):
            value = interleave(value, config["num_attention_heads"])
        if name.endswith("k_proj.weight"):
            value = interleave(value, config["num_key_value_heads"])
        kind = np.float32 if value.ndim == 1 else np.float16
        writer.add_tensor(names.get_name(name, try_suffixes=(".weight", ".bias")),
                          np.ascontiguousarray(value.astype(kind)))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


make_blocks()
make_llama()
