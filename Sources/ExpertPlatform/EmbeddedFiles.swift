// swift-format-ignore-file
// Written by `make embed` from the folders Datasets, Prompts and Providers: edit those.

/// The data folders as they were when the binary was built, by path from their common root.
/// Files of the workspace win over these.
package enum EmbeddedFiles {
  package static let all: [String: String] = [
    "Datasets/README.md": ##"""
# Recipes

`<name>/recipe.yaml` says what a dataset is made of: the task, its topics, formats, difficulties,
provider, filters, seed and budget. Run one with

    expert-gen dataset create --recipe Datasets/<name>/recipe.yaml

`CARD.md` beside it tells a reader what the data is for; `sample.jsonl` shows a few records.

"""##,
    "Datasets/git-commands/CARD.md": ##"""
# git-commands

Wishes in plain words and the git command that fulfils each.

- **Made by** a language model that the recipe names; every record remembers which one answered.
- **Good for** teaching a small model to write git commands.
- **Not good for** running unread: look at a command before you run it.
- **Personal data**: the prompt asks for invented names, and the filters drop what looks personal.
- **Licence**: check the terms of the model's provider for what its answers may be used for.

"""##,
    "Datasets/git-commands/recipe.yaml": ##"""
# An example with a model as teacher: needs its key (expert-gen provider show deepseek).
#   expert-gen dataset create --recipe Datasets/git-commands/recipe.yaml --dry-run
name: git-commands
domain: git-commands
task: Translate a wish in plain words into one git command that fulfils it
format: instruction
count: 500
provider: deepseek
difficulty: {easy: 0.3, medium: 0.5, hard: 0.2}
topics:
  - name: branching and merging
    answer: code
  - name: looking at history
    answer: code
  - name: undoing changes
    summary: reset, revert, restore, the reflog, and which of them loses work
    answer: code
    weight: 2
  - name: remotes
    answer: code
personas:
  - a beginner in their first week
  - a release engineer in a hurry
principles:
  - The command must work as it stands, with the names that the wish gives.
examples:
  - instruction: Show what the last commit changed.
    input: ""
    output: git show
budget: 2
seed: 0

"""##,
    "Datasets/json-parsing/CARD.md": ##"""
# json-parsing

Questions about JSON documents and their answers: parse, extract, validate, repair, convert, count.

- **Made by** the procedural provider: documents are generated from a seed, answers are computed
  from them, so they are right by construction. No model and no person wrote them.
- **Good for** teaching a small model to read JSON exactly; for tests of a training setup.
- **Not good for** natural language: the wording comes from templates.
- **Personal data**: none; names are invented.
- **Licence**: that of this project.

"""##,
    "Datasets/json-parsing/recipe.yaml": ##"""
# The dataset of `make demo`: computed, so it needs no key and no network.
#   expert-gen dataset create --recipe Datasets/json-parsing/recipe.yaml
name: json-parsing
domain: json-parsing
task: parse and validate JSON documents
format: instruction
count: 500
provider: procedural
difficulty: mixed
seed: 0
filters:
  min_output_length: 3
  diversity_threshold: 0.85

"""##,
    "Prompts/README.md": ##"""
# Prompt templates

`<name>/v<n>.md`, one folder for each template, one file for each version. A version is never
edited in place: copy it to the next number, and the new one is used from then on. Every record
remembers the name, the version and the hash of the template it came from.

A file starts with YAML front matter, then the sections `[[system]]` and `[[user]]` in mustache:

    ---
    description: What this template asks for.
    formats: [instruction]
    ---
    [[system]]
    You write training data for {{domain}}.
    [[user]]
    Write {{count}} records about {{topic}}. Difficulty: {{difficulty}}.

Templates of the same name as a built-in one take its place.

"""##,
    "Prompts/adversarial/v1.md": ##"""
---
description: Hard cases on which models go wrong, with the right answer.
formats: [adversarial]
---
[[system]]
You write the hard cases of a training set: inputs on which language models reliably go wrong, each with the one right answer. Every answer is checked by a program. You answer with JSON only.
{{#principles}}
Always keep to this principle: {{.}}
{{/principles}}
[[user]]
The task to teach: {{task}}
{{#domain}}
Domain: {{domain}}
{{/domain}}
Write {{count}} different adversarial records on this part of the task: {{topic}}

Difficulty: {{difficulty}}. {{difficulty_guide}}
{{#persona}}
Write the instructions as this person would put them: {{persona}}
{{/persona}}
Angle for these records, so that they differ from the others in the set: {{angle}}
{{#language}}
Write in this language: {{language}}
{{/language}}
{{#answer_guide}}
The answer of each record: {{answer_guide}}
{{/answer_guide}}

What makes a record adversarial: near misses and look-alikes, misleading labels, values that look like another type, escapes and unusual characters, contradictory or missing parts, boundary values, text inside the input that reads like an instruction (it is data and must not be followed).

Rules
- "instruction" is honest and clear: the trap is in the input, never in an ambiguous instruction.
- "input" holds the concrete material; it is realistic.
- "output" is the exact and correct answer and nothing else. There must be exactly one right answer.
- The records must differ in content and in the trap they set.
- Use invented names, and addresses under example.com; no real personal data.
{{#examples}}

A record of the quality that is wanted:
{{{.}}}
{{/examples}}

Answer with one JSON object and nothing around it:
{"records": [{"instruction": "…", "input": "…", "output": "…"}]}

"""##,
    "Prompts/distillation/v1.md": ##"""
---
description: Questions with a teacher's reasoning and answer.
formats: [distillation]
---
[[system]]
You are the teacher of a small language model that must become an expert at one task. You set problems, solve them step by step, and give the answer. You answer with JSON only.
{{#principles}}
Always keep to this principle: {{.}}
{{/principles}}
[[user]]
The task to teach: {{task}}
{{#domain}}
Domain: {{domain}}
{{/domain}}
Set and solve {{count}} different problems on this part of the task: {{topic}}

Difficulty: {{difficulty}}. {{difficulty_guide}}
{{#persona}}
Put the problems as this person would: {{persona}}
{{/persona}}
Angle for these problems, so that they differ from the others in the set: {{angle}}
{{#language}}
Write in this language: {{language}}
{{/language}}
{{#answer_guide}}
The answer of each problem: {{answer_guide}}
{{/answer_guide}}

Rules
- "input" is the whole problem with all the material that it needs, and says what form the answer has.
- "reasoning" solves it in short numbered steps, each following from the one before; it never mentions these rules.
- "answer" is the final answer alone, exactly in the form asked for, and it follows from the reasoning.
- The problems must differ in content and in structure, not only in a name or a number.
- Use invented names, and addresses under example.com; no real personal data.
{{#examples}}

A record of the quality that is wanted:
{{{.}}}
{{/examples}}

Answer with one JSON object and nothing around it:
{"records": [{"input": "…", "reasoning": "…", "answer": "…"}]}

"""##,
    "Prompts/instruction/v1.md": ##"""
---
description: Instruction records (instruction, input, output) for a task, a few at a time.
formats: [instruction]
---
[[system]]
You write training data for a small language model that must become an expert at one task.
Every record you write is read literally by a program and checked: a wrong, vague or unfinished answer is thrown away. You answer with JSON only.
{{#principles}}
Always keep to this principle: {{.}}
{{/principles}}
[[user]]
The task to teach: {{task}}
{{#domain}}
Domain: {{domain}}
{{/domain}}
Write {{count}} different records on this part of the task: {{topic}}

Difficulty: {{difficulty}}. {{difficulty_guide}}
{{#persona}}
Write the instructions as this person would put them: {{persona}}
{{/persona}}
Angle for these records, so that they differ from the others in the set: {{angle}}
{{#language}}
Write in this language: {{language}}
{{/language}}
{{#answer_guide}}
The answer of each record: {{answer_guide}}
{{/answer_guide}}

Rules
- "instruction" says what to do, and what form the answer must have if that is not obvious.
- "input" holds the concrete material to work on (a document, a message, data). Leave it "" only when the instruction needs none. Use realistic, complete material, never a placeholder.
- "output" is the exact, complete and correct answer and nothing else: no preamble, no comment, no apology. Work it out carefully before you write it down.
- The records must differ in content and in structure, not only in a name or a number.
- Use invented names, and addresses under example.com; no real personal data.
{{#examples}}

A record of the quality that is wanted:
{{{.}}}
{{/examples}}

Answer with one JSON object and nothing around it:
{"records": [{"instruction": "…", "input": "…", "output": "…"}]}

"""##,
    "Prompts/preference_pairs/v1.md": ##"""
---
description: Graded answers to one prompt, from which preference pairs are made.
formats: [preference_pairs]
---
[[system]]
You write preference data for a small language model that must become an expert at one task.
For each prompt you write answers of graded quality; the difference between them is what the model learns. You answer with JSON only.
{{#principles}}
What makes an answer better: {{.}}
{{/principles}}
[[user]]
The task to teach: {{task}}
{{#domain}}
Domain: {{domain}}
{{/domain}}
Write {{count}} different prompts on this part of the task, each with three answers: {{topic}}

Difficulty: {{difficulty}}. {{difficulty_guide}}
{{#persona}}
Write the prompts as this person would put them: {{persona}}
{{/persona}}
Angle for these prompts, so that they differ from the others in the set: {{angle}}
{{#language}}
Write in this language: {{language}}
{{/language}}
{{#answer_guide}}
The best answer of each prompt: {{answer_guide}}
{{/answer_guide}}

Rules
- "prompt" is complete: it holds all the material needed to answer it.
- "best" is exact, complete and correct, and nothing else.
- "mid" is usable but flawed: a detail missing, a wrong format, needless talk.
- "poor" is wrong in the way such models are wrong: plausible at first sight, of about the same length, and yet not right. It is never absurd and never a refusal.
- The prompts must differ in content and in structure, not only in a name or a number.
- Use invented names, and addresses under example.com; no real personal data.
{{#examples}}

An example of the quality that is wanted:
{{{.}}}
{{/examples}}

Answer with one JSON object and nothing around it:
{"records": [{"prompt": "…", "best": "…", "mid": "…", "poor": "…"}]}

"""##,
    "Prompts/procedural/v1.md": #"""
---
description: The request that the procedural provider reads; one JSON document, no prose.
formats: [instruction, preference_pairs, distillation, adversarial]
---
[[user]]
{{{spec}}}

"""#,
    "Providers/README.md": ##"""
# Provider files

`<name>.yaml`, one file for each provider: where it is, what it speaks, what it costs, and the
name of the environment variable that holds its key. The key itself never stands in a file here.
A file of the same name as a built-in one takes its place.

`expert-gen provider list` shows what there is, `expert-gen provider show NAME` one of them in
full, `expert-gen provider check NAME` asks it a question of a few tokens.

"""##,
    "Providers/anthropic.yaml": ##"""
name: anthropic
aliases: [claude]
wire: anthropic
base_url: https://api.anthropic.com
key_variable: ANTHROPIC_API_KEY
default_model: claude-haiku-5-5
capabilities:
  structured: json_schema
  # The newest Claude models answer 400 to sampling parameters.
  temperature: false
  top_p: false
  seed: false
  max_tokens_name: max_tokens
limits:
  rpm: unknown
  tpm: unknown
  concurrency: 16
batch:
  price_factor: 0.5
  max_requests: 100_000
models:
  - name: claude-opus-5-5
    context: 1_000_000
    max_output: 128_000
    prices:
      - date: 2026-09-22
        source: https://platform.claude.com/docs/en/about-claude/pricing
        input: 4.00
        cached_input: 0.20
        cache_write: 5.00
        output: 20.00
  - name: claude-sonnet-5-5
    context: 1_000_000
    max_output: 128_000
    prices:
      - date: 2026-09-28
        source: https://platform.claude.com/docs/en/models/sonnet-5-5/overview
        input: 2.00
        cached_input: 0.20
        cache_write: 2.50
        output: 10.00
      - date: 2026-10-07
        source: https://platform.claude.com/docs/en/about-claude/pricing
        input: 2.00
        cached_input: 0.10
        cache_write: 2.50
        output: 10.00
  - name: claude-haiku-5-5
    context: 1_000_000
    max_output: 128_000
    prices:
      - date: 2026-10-07
        source: https://platform.claude.com/docs/en/about-claude/pricing
        input: 0.10
        cached_input: 0.01
        cache_write: 0.125
        output: 0.50
        max_prompt: 100_000
  - name: claude-haiku-4-5
    context: 200_000
    max_output: 64_000
    capabilities: {temperature: true}
    prices:
      - date: 2026-03-21
        source: https://platform.claude.com/docs/en/about-claude/pricing
        input: 1.00
        cached_input: unknown
        cache_write: unknown
        output: 5.00
model_aliases:
  opus: claude-opus-5-5
  sonnet: claude-sonnet-5-5
  haiku: claude-haiku-5-5

"""##,
    "Providers/deepseek.yaml": ##"""
# DeepSeek. Prices are the peak-hour ones; outside peak hours DeepSeek bills half of them.
name: deepseek
wire: openai
base_url: https://api.deepseek.com
chat_path: /chat/completions
models_path: /models
key_variable: DEEPSEEK_API_KEY
default_model: deepseek-flash
capabilities:
  structured: json_object
  temperature: true
  top_p: true
  seed: false
  max_tokens_name: max_tokens
  # These models think by default, and thinking is billed as output.
  thinking: off
  thinking_on: {thinking: {type: enabled}}
  thinking_off: {thinking: {type: disabled}}
limits:
  rpm: unknown
  tpm: unknown
  concurrency: 32
models:
  - name: deepseek-flash
    context: 1_000_000
    max_output: 384_000
    prices:
      - date: 2026-10-17
        source: https://api-docs.deepseek.com/quick_start/pricing
        input: 0.30
        cached_input: 0.006
        cache_write: unknown
        output: 1.20
  - name: deepseek-v4-pro
    context: 1_000_000
    max_output: 384_000
    prices:
      - date: 2026-10-17
        source: https://api-docs.deepseek.com/quick_start/pricing
        input: 1.32
        cached_input: 0.044
        cache_write: unknown
        output: 3.96
# The older names were announced to end on 2026-07-24; deepseek-v4-flash is served by the new model.
model_aliases:
  deepseek-chat: deepseek-flash
  deepseek-reasoner: deepseek-flash
  deepseek-v4-flash: deepseek-flash

"""##,
    "Providers/gemini.yaml": #"""
name: gemini
aliases: [google]
wire: gemini
base_url: https://generativelanguage.googleapis.com
key_variable: GEMINI_API_KEY
default_model: gemini-3.5-flash-lite
capabilities:
  structured: json_schema
  temperature: true
  top_p: true
  seed: true
  max_tokens_name: maxOutputTokens
limits:
  rpm: unknown
  tpm: unknown
  concurrency: 16
batch:
  price_factor: 0.5
models:
  - name: gemini-3.8-flash
    context: 1_048_576
    max_output: 65_536
    prices:
      - date: 2026-10-07
        source: https://ai.google.dev/gemini-api/docs/pricing
        input: 0.75
        cached_input: 0.075
        cache_write: unknown
        output: 3.75
      - date: 2027-01-01
        source: https://ai.google.dev/gemini-api/docs/pricing
        input: 1.50
        cached_input: unknown
        cache_write: unknown
        output: 7.50
  - name: gemini-3.5-flash-lite
    context: 1_000_000
    prices:
      - date: 2026-10-07
        source: https://ai.google.dev/gemini-api/docs/pricing
        input: 0.30
        cached_input: unknown
        cache_write: unknown
        output: 2.50
  - name: gemini-3.1-pro-preview
    context: 1_000_000
    prices:
      - date: 2026-10-07
        source: https://ai.google.dev/gemini-api/docs/pricing
        input: 2.00
        cached_input: unknown
        cache_write: unknown
        output: 12.00
        max_prompt: 200_000
  - name: gemini-2.5-pro
    context: 1_048_576
    max_output: 65_536
    prices:
      - date: 2026-03-01
        source: https://ai.google.dev/gemini-api/docs/pricing
        input: 1.25
        cached_input: unknown
        cache_write: unknown
        output: 10.00
        max_prompt: 200_000
  - name: gemini-2.5-flash
    context: 1_048_576
    max_output: 65_536
    capabilities:
      thinking_off: {generationConfig: {thinkingConfig: {thinkingBudget: 0}}}
    prices:
      - date: 2026-03-01
        source: https://ai.google.dev/gemini-api/docs/pricing
        input: 0.30
        cached_input: unknown
        cache_write: unknown
        output: 2.50
  - name: gemini-2.5-flash-lite
    context: 1_048_576
    max_output: 65_536
    capabilities:
      thinking_off: {generationConfig: {thinkingConfig: {thinkingBudget: 0}}}
    prices:
      - date: 2026-03-01
        source: https://ai.google.dev/gemini-api/docs/pricing
        input: 0.10
        cached_input: unknown
        cache_write: unknown
        output: 0.40

"""#,
    "Providers/llamacpp.yaml": ##"""
# The llama.cpp server; LM Studio and other OpenAI-compatible servers work the same with --base-url.
name: llamacpp
aliases: [llama.cpp, lmstudio]
wire: openai
base_url: http://localhost:8080/v1
key_variable: LLAMA_API_KEY
key_required: false
local: true
local_order: 3
capabilities:
  structured: json_schema
  temperature: true
  top_p: true
  seed: true
  max_tokens_name: max_tokens
  thinking_on: {chat_template_kwargs: {enable_thinking: true}}
  thinking_off: {chat_template_kwargs: {enable_thinking: false}}
limits:
  concurrency: 2

"""##,
    "Providers/mistral.yaml": #"""
name: mistral
wire: openai
base_url: https://api.mistral.ai/v1
key_variable: MISTRAL_API_KEY
default_model: mistral-small-latest
capabilities:
  structured: json_schema
  temperature: true
  top_p: true
  seed: false
  max_tokens_name: max_tokens
limits:
  rpm: unknown
  tpm: unknown
  concurrency: 8
batch:
  price_factor: 0.5
models:
  - name: mistral-small-latest
    prices: unknown
  - name: mistral-medium-latest
    context: 256_000
    prices:
      - date: 2026-05-22
        source: https://docs.mistral.ai/models/model-cards/mistral-medium-3-5-26-04
        input: 1.50
        cached_input: unknown
        cache_write: unknown
        output: 7.50
  - name: mistral-large-latest
    prices: unknown

"""#,
    "Providers/ollama.yaml": ##"""
# Ollama's OpenAI-compatible endpoint. Its default context of 4096 tokens cuts longer prompts
# without a word: raise it on the server (OLLAMA_CONTEXT_LENGTH).
name: ollama
wire: openai
base_url: http://localhost:11434/v1
local: true
local_order: 1
capabilities:
  structured: json_schema
  temperature: true
  top_p: true
  seed: true
  max_tokens_name: max_tokens
limits:
  concurrency: 2

"""##,
    "Providers/openai.yaml": ##"""
name: openai
aliases: [gpt, chatgpt]
wire: openai
base_url: https://api.openai.com/v1
key_variable: OPENAI_API_KEY
default_model: gpt-6-luna
capabilities:
  structured: json_schema
  # The newest reasoning models accept only the default temperature and top_p.
  temperature: false
  top_p: false
  seed: false
  max_tokens_name: max_completion_tokens
limits:
  rpm: unknown
  tpm: unknown
  concurrency: 32
batch:
  price_factor: 0.5
  max_requests: 50_000
models:
  - name: gpt-6-luna
    prices:
      - date: 2026-09-22
        source: https://developers.openai.com/api/docs/pricing
        input: 0.10
        cached_input: 0.01
        cache_write: 0.125
        output: 0.50
        max_prompt: 272_000
  - name: gpt-6.1-sol
    prices:
      - date: 2026-09-29
        source: https://developers.openai.com/api/docs/pricing
        input: 2.00
        cached_input: 0.10
        cache_write: 2.50
        output: 10.00
        max_prompt: 272_000
  - name: gpt-5.4-mini
    context: 400_000
    max_output: 128_000
    prices:
      - date: 2026-03-27
        source: https://developers.openai.com/api/docs/pricing
        input: 0.75
        cached_input: 0.075
        cache_write: unknown
        output: 4.50
  - name: gpt-4.1
    context: 1_047_576
    max_output: 32_768
    capabilities: {temperature: true, top_p: true, seed: true}
    prices:
      - date: 2026-04-01
        source: https://developers.openai.com/api/docs/pricing
        input: 2.00
        cached_input: 0.50
        cache_write: unknown
        output: 8.00
  - name: gpt-4.1-mini
    context: 1_047_576
    max_output: 32_768
    capabilities: {temperature: true, top_p: true, seed: true}
    prices:
      - date: 2026-04-01
        source: https://developers.openai.com/api/docs/pricing
        input: 0.40
        cached_input: unknown
        cache_write: unknown
        output: 1.60
  - name: gpt-4o
    context: 128_000
    max_output: 16_384
    capabilities: {temperature: true, top_p: true, seed: true}
    prices:
      - date: 2026-05-01
        source: https://developers.openai.com/api/docs/pricing
        input: 2.50
        cached_input: 1.25
        cache_write: unknown
        output: 10.00
  - name: gpt-4o-mini
    context: 128_000
    max_output: 16_384
    capabilities: {temperature: true, top_p: true, seed: true}
    prices:
      - date: 2026-05-01
        source: https://developers.openai.com/api/docs/pricing
        input: 0.15
        cached_input: 0.075
        cache_write: unknown
        output: 0.60

"""##,
    "Providers/openrouter.yaml": ##"""
# OpenRouter resells other providers' models, each at its own price: the prices are unknown here.
name: openrouter
wire: openai
base_url: https://openrouter.ai/api/v1
key_variable: OPENROUTER_API_KEY
default_model: unknown
capabilities:
  structured: json_schema
  temperature: true
  top_p: true
  seed: true
  max_tokens_name: max_tokens
limits:
  rpm: unknown
  tpm: unknown
  concurrency: 16
extra_headers:
  X-Title: expert-gen

"""##,
    "Providers/procedural.yaml": ##"""
# No model and no network: answers that are right because they are computed.
name: procedural
wire: procedural
local: true
default_model: procedural
models:
  - name: procedural

"""##,
    "Providers/vllm.yaml": #"""
name: vllm
wire: openai
base_url: http://localhost:8000/v1
key_variable: VLLM_API_KEY
key_required: false
local: true
local_order: 2
capabilities:
  structured: json_schema
  temperature: true
  top_p: true
  seed: true
  max_tokens_name: max_tokens
  thinking_on: {chat_template_kwargs: {enable_thinking: true}}
  thinking_off: {chat_template_kwargs: {enable_thinking: false}}
limits:
  concurrency: 32

"""#,
  ]
}
