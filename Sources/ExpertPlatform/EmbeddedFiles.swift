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
