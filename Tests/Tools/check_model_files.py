"""Compares what `expert-gen model show --tensors --json` says with other readers.

    python Tests/Tools/check_model_files.py BINARY MODEL.gguf
    python Tests/Tools/check_model_files.py BINARY FOLDER

A GGUF file is read with the `gguf` package, a folder with `safetensors`: names, types and shapes of
all tensors must be the same.
"""
import json
import pathlib
import subprocess
import sys

binary, model = sys.argv[1:3]
shown = json.loads(subprocess.run(
    [binary, "model", "show", model, "--tensors", "--json"], check=True,
    capture_output=True).stdout)
ours = {t["name"]: (t["type"], tuple(t["shape"])) for t in shown["tensors"]}

if model.endswith(".gguf"):
    import gguf

    reader = gguf.GGUFReader(model)
    arch = {v: k for k, v in gguf.MODEL_ARCH_NAMES.items()}[shown["architecture"]]
    names = gguf.get_tensor_name_map(arch, shown["layers"])
    theirs = {t.name: (t.tensor_type.name, tuple(int(n) for n in reversed(t.shape)))
              for t in reader.tensors}
    ours = {names.get_name(n, try_suffixes=(".weight", ".bias")): v for n, v in ours.items()}
else:
    from safetensors import safe_open

    theirs = {}
    for path in sorted(pathlib.Path(model).glob("model*.safetensors")):
        with safe_open(path, "numpy") as file:
            for name in file.keys():
                part = file.get_slice(name)
                theirs[name] = (part.get_dtype(), tuple(part.get_shape()))
    if shown["tied_embeddings"]:
        theirs.pop("lm_head.weight", None)

wrong = sorted(n for n in ours.keys() | theirs.keys() if ours.get(n) != theirs.get(n))
for name in wrong:
    print(f"{name}: {ours.get(name)} here, {theirs.get(name)} there")
print(f"{len(ours)} tensors compared, {len(wrong)} differ")
sys.exit(1 if wrong else 0)
