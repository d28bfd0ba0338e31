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
  ]
}
