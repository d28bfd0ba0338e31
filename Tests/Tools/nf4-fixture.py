"""Writes Tests/ExpertTensorsTests/Golden/nf4.txt: weights and what bitsandbytes makes of them.

    pip install torch bitsandbytes   (checked with the versions that the first line names)
    python Tests/Tools/nf4-fixture.py > Tests/ExpertTensorsTests/Golden/nf4.txt

A line `case ROWS COLUMNS`, then the fp32 bits of the weight, then those of the weight quantised to
NF4 (blocks of 64 along the flattened weight) and restored, in hexadecimal.
"""

import bitsandbytes
import torch
from bitsandbytes.functional import dequantize_4bit, quantize_4bit


def bits(tensor):
    return " ".join(f"{v & 0xFFFFFFFF:08x}" for v in tensor.flatten().view(torch.int32).tolist())


def main():
    print(f"bitsandbytes {bitsandbytes.__version__} torch {torch.__version__}")
    torch.manual_seed(4)
    for rows, columns in [(6, 128), (10, 96), (8, 40)]:
        weight = torch.randn(rows, columns) * torch.logspace(-3, 0, rows)[:, None]
        # One block a row: the blocks are those of the flattened weight, and the processor's version
        # of dequantize_4bit mistakes the scales where blocks cross rows (0.50.2).
        codes, state = quantize_4bit(weight.reshape(-1, 64), blocksize=64, quant_type="nf4")
        print(f"case {rows} {columns}")
        print(bits(weight))
        print(bits(dequantize_4bit(codes, state)))


main()
