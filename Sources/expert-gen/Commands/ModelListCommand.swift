internal import ArgumentParser
internal import ExpertModel
internal import ExpertRecord

/// `expert-gen model list`.
struct ModelListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the models that are here, and the short names to pull.",
    discussion: "Example: expert-gen model list")

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let registry = try options.registry()
    let records = try registry.list()
    let absent = registry.catalog.entries.filter { !registry.contains($0.name) }
    if options.json {
      Console.out([
        "models": .array(records.map(\.json)), "available": .array(absent.map(\.json)),
      ])
      return
    }
    if records.isEmpty {
      options.say("no model is here yet")
    } else {
      let rows = records.map { record in
        [
          record.name, record.format.rawValue, Figures.bytes(record.bytes),
          record.license ?? "-", "\(record.weightsHash.description.prefix(12))",
          record.sourceText,
        ]
      }
      options.show(
        TableText(
          ["NAME", "FORMAT", "SIZE", "LICENSE", "SHA-256", "SOURCE"], numeric: [2], rows: rows))
    }
    guard !absent.isEmpty else { return }
    options.say("to be had by “expert-gen model pull NAME”:")
    let rows = absent.map { [$0.name, "\($0.repository)", $0.license, $0.summary] }
    options.show(TableText(["NAME", "REPOSITORY", "LICENSE", "WHAT IT IS"], rows: rows))
  }
}

extension CatalogEntry {
  /// The entry as `--json` prints it.
  var json: JSONValue {
    [
      "name": .string(name), "repository": .string(repository.description),
      "revision": .string(revision), "file": file.map(JSONValue.string) ?? .null,
      "license": .string(license), "parameters": .number(Double(parameters)),
      "summary": .string(summary), "origin": .string(origin),
    ]
  }
}
