internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertStore

/// Which version a folder holds.
struct VersionFacts {
  /// `json-parsing@v3`
  let name: String
  let dataset: String
  let semver: String
  let commit: String
  let root: String
  let time: String
  let message: String

  init(_ version: VersionRef) {
    name = version.description
    dataset = version.dataset.name
    semver = version.commit.semver
    commit = version.commit.hash.hex
    root = version.commit.root.hex
    time = version.commit.time
    message = version.commit.message
  }
}

extension DatasetFacts {
  init(
    version: VersionRef, columns: DatasetColumns, files: [DatasetFolder.File],
    publication: DatasetFolder.Publication
  ) {
    self.init(
      version: VersionFacts(version), columns: columns, files: files, publication: publication)
  }
}

/// The README.md of a dataset, with the front matter that Hugging Face's hub and library read.
struct DatasetCard {
  let facts: DatasetFacts

  var text: String {
    (["---"] + frontMatter + ["---", "", "# " + title, "", Self.plain(facts.description), ""]
      + splits + columns + origin + use).joined(separator: "\n") + "\n"
  }

  private var title: String { Self.plain(facts.version.dataset) }

  // MARK: - Front matter

  private var frontMatter: [String] {
    var lines = ["pretty_name: \(Self.quoted(facts.version.dataset))"]
    if let license = facts.publication.license { lines.append("license: \(Self.quoted(license))") }
    lines += ["task_categories:", "- \(task)", "size_categories:", "- \(size)"]
    lines += ["tags:", "- expert-gen", "configs:", "- config_name: default", "  data_files:"]
    for file in facts.files { lines += ["  - split: \(file.split)", "    path: \(file.name)"] }
    lines += ["dataset_info:", "  features:"]
    for column in facts.columns.all { lines += Self.feature(column) }
    lines.append("  splits:")
    for file in facts.files {
      lines += ["  - name: \(file.split)", "    num_bytes: \(file.bytes)"]
      lines.append("    num_examples: \(file.records)")
    }
    return lines + ["  download_size: \(facts.bytes)", "  dataset_size: \(facts.bytes)"]
  }

  private var task: String {
    facts.columns.kind == .preference ? "reinforcement-learning" : "text-generation"
  }

  /// The hub's classes of size.
  private var size: String {
    switch facts.records {
    case ..<1_000: "n<1K"
    case ..<10_000: "1K<n<10K"
    case ..<100_000: "10K<n<100K"
    case ..<1_000_000: "100K<n<1M"
    default: "1M<n<10M"
    }
  }

  private static func feature(_ column: DatasetColumns.Column) -> [String] {
    let name = "  - name: \(column.name)"
    switch column.content {
    case .text: return [name, "    dtype: string"]
    case .number: return [name, "    dtype: float64"]
    case .texts: return [name, "    list: string"]
    case .messages:
      return [
        name, "    list:", "    - name: content", "      dtype: string", "    - name: role",
        "      dtype: string",
      ]
    }
  }

  // MARK: - Text

  private var splits: [String] {
    var lines = ["| split | records | bytes | sha256 |", "|---|---|---|---|"]
    for file in facts.files {
      lines.append("| \(file.split) | \(file.records) | \(file.bytes) | `\(file.sha256.hex)` |")
    }
    return lines + [""]
  }

  private var columns: [String] {
    let lines = facts.columns.all.map { "- `\($0.name)`: \(Self.words($0.content))" }
    return ["## Columns", ""] + lines + [""]
  }

  private static func words(_ content: DatasetColumns.Content) -> String {
    switch content {
    case .text: "text"
    case .number: "number"
    case .texts: "list of texts"
    case .messages: "list of messages with `content` and `role`"
    }
  }

  private var origin: [String] {
    let version = facts.version
    var lines = ["## Origin", "", "- version: \(Self.plain(version.name)) (\(version.semver))"]
    lines.append("- commit: `\(version.commit)`")
    lines.append("- root of the records: `\(version.root)`")
    return lines + ["- time: \(version.time)", ""]
  }

  private var use: [String] {
    [
      "## Use", "", "```python", "from datasets import load_dataset", "",
      "rows = load_dataset(\".\")",
    ]
      + ["```"]
  }

  /// Text that neither starts a tag nor a link nor a new line.
  private static func plain(_ text: String) -> String {
    String(
      text.map { character in
        character.isNewline || "<>[]`|".contains(character) ? " " : character
      })
  }

  /// A text as a YAML scalar; JSON's strings are some.
  private static func quoted(_ text: String) -> String { CanonicalJSON.text(of: .string(text)) }
}
