internal import ArgumentParser
internal import ExpertCuration
internal import ExpertGeneration
internal import ExpertPlatform
internal import ExpertRecord
internal import Foundation

/// What of the candidates is kept.
struct KeepingOptions: ParsableArguments {
  @Option(help: "Candidates to judge at most (default ten for each record wanted).")
  var maxCandidates: Int?

  @Option(help: "Drop what is this similar to a kept record, 0.5 to 1 (default 0.85).")
  var diversityThreshold: Double?

  @Option(help: "Search duplicates in the whole store or in the dataset alone.")
  var dedupScope: DuplicateScope = .store

  @Option(help: "The fewest characters of a prose answer (default 3).")
  var minOutputLength: Int?

  @Flag(help: "Answers that begin like JSON must parse.")
  var validateJSON = false

  @Option(help: "A JSONL file of texts that no record may overlap with (13 words in a row).")
  var heldOut: String?

  @Option(help: "A filter not to apply; may be repeated.")
  var withoutFilter: [String] = []

  @Option(help: "Shares of train, valid and test (default 80/10/10).")
  var split: String?

  /// Fills in what is to be kept; the recipe says what the flags leave open.
  func apply(to job: inout JobOptions, recipe: Recipe) throws {
    job.maxCandidates = maxCandidates ?? recipe.maxCandidates
    job.scope = dedupScope
    let threshold = diversityThreshold ?? recipe.diversityThreshold ?? job.diversityThreshold
    guard (0.5...1).contains(threshold) else {
      throw ValidationError("--diversity-threshold is 0.5 to 1, not \(threshold)")
    }
    job.diversityThreshold = threshold
    job.filters.minOutputLength =
      minOutputLength ?? recipe.minOutputLength ?? job.filters.minOutputLength
    job.filters.validateJSON = validateJSON
    job.filters.language = recipe.language
    job.filters.disabled = Set(withoutFilter)
    do {
      try job.filters.validate()
    } catch {
      throw ValidationError("\(error)")
    }
    if let split { job.ratios = try SplitRatios(named: split) }
    if let heldOut { job.heldOut = try HeldOutFile.read(heldOut) }
  }
}

extension DuplicateScope: ExpressibleByArgument {}

/// Reads the texts that records must not overlap with.
enum HeldOutFile {
  static func read(_ path: String) throws -> (index: HeldOutIndex, digest: Digest) {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure(.usage, "held-out", "\(path) cannot be read; give a JSONL file to --held-out")
    }
    let bytes = [UInt8](data)
    var index = HeldOutIndex()
    let reader = RowReader()
    let take: (Row) throws -> Void = { row in
      switch row {
      case .record(_, let record, _): index.insert(record)
      case .bad(let bad): throw Failure(.usage, "held-out", "\(path):\(bad.line): \(bad.reason)")
      }
    }
    try reader.feed(bytes, take)
    try reader.finish(take)
    return (index, SHA256.hash(bytes))
  }
}
