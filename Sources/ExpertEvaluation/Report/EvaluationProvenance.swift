package import ExpertRecord

/// What was measured, with what and when: everything that a package's manifest says of it.
package struct EvaluationProvenance: Sendable, Hashable {
  /// The dataset and its version (`v3`) that the test records come from.
  package var dataset: String?
  package var version: String?
  /// The version's commit and root, 64 hexadecimal digits each.
  package var commit: String?
  package var root: String?
  package var split: String?
  /// How many of the split's records were asked, where that was limited, and how many it has.
  package var limit: Int?
  package var splitRecords: Int?
  /// Whether records that were trained on were let in.
  package var allowsTrainedOn: Bool?
  /// The settings that answers were drawn with, by the names of the command line.
  package var sampling: JSONValue?
  /// The base model and the SHA-256 of its weights.
  package var base: String?
  package var baseSHA256: String?
  /// The expert's name or path, and the SHA-256 of its adapter.
  package var adapter: String?
  package var adapterSHA256: String?
  /// Which checkpoint of its run the adapter is, such as `step-400`.
  package var checkpoint: String?
  package var template: String?
  package var templateSHA256: String?
  package var seed: UInt64
  /// The program's version.
  package var tool: String
  /// When it was measured, RFC 3339 in UTC.
  package var date: String

  package init(seed: UInt64 = 0, tool: String, date: String) {
    self.seed = seed
    self.tool = tool
    self.date = date
  }
}
