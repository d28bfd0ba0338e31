internal import ArgumentParser
internal import ExpertRecord

extension RowFormat: ExpressibleByArgument {
  package init?(argument: String) { self.init(name: argument) }
}

/// How the rows of a file are read.
struct RowOptions: ParsableArguments {
  @Option(help: "The file's form: auto, jsonl, json, csv, tsv.") var format: RowFormat = .auto

  @Option(help: "Which column fills which field, such as question=instruction,reply=output.")
  var map: String?

  func validate() throws {
    do {
      _ = try map.map { try FieldMap($0) }
    } catch {
      throw ValidationError("\(error)")
    }
  }

  /// The user's column names; `validate` has read them before.
  var fieldMap: FieldMap { map.flatMap { try? FieldMap($0) } ?? .none }
}
