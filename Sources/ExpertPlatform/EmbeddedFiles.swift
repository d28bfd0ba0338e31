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
