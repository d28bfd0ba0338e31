package import ExpertRecord
package import ExpertStore

/// The splits of a stored version that a run reads: one to learn from, one to evaluate on.
package struct TrainingVersion {
  package let version: VersionRef
  package let train: RecordStream
  /// `nil` where the version has no valid split.
  package let valid: RecordStream?
  /// The split that is learned from; `nil` where the version has none and is taken as a whole.
  package let split: Split?

  /// Resolves `NAME@REF`. A version without splits is trained on as a whole; a split in the name
  /// (`NAME@v3:test`) is taken instead of `train`.
  ///
  /// With `takesSingleAnswers` (KTO) records that hold one answer serve `dpo` too.
  ///
  /// Throws `wrongKind` where the records are of no use for the objective, and `emptySplit`.
  package init(
    store: Store, reference: String, objective: Objective, takesSingleAnswers: Bool = false
  ) throws {
    let version = try store.resolve(reference)
    try Self.check(version, objective, takesSingleAnswers: takesSingleAnswers)
    let named = version.split
    let train = try store.records(of: version, split: named ?? .train)
    let valid = try store.records(of: version, split: .valid)
    let hasNoSplits = named == nil && train.count == 0 && valid.count == 0
    self.version = version
    self.train = hasNoSplits ? try store.records(of: version, split: nil) : train
    split = hasNoSplits ? nil : named ?? .train
    self.valid = named == .valid || valid.count == 0 ? nil : valid
    guard self.train.count > 0 else {
      throw TrainingError.emptySplit(
        version: "\(version.dataset.name)@v\(version.commit.number)",
        split: (named ?? .train).rawValue)
    }
  }

  private static func check(
    _ version: VersionRef, _ objective: Objective, takesSingleAnswers: Bool
  ) throws {
    let kind = version.dataset.kind
    let kinds = kinds(for: objective) + (takesSingleAnswers ? Self.kinds(for: .sft) : [])
    guard !kinds.contains(kind) else { return }
    // The formats of `dataset create` that make such records.
    let format =
      switch objective {
      case .sft: "instruction"
      case .dpo: "preference_pairs"
      case .distill: "distillation"
      }
    throw TrainingError.wrongKind(
      dataset: version.dataset.name, found: kind.rawValue, objective: "train \(objective)",
      needed: kinds.map(\.rawValue).joined(separator: " or "), format: format)
  }

  /// The kinds of records that have what an objective is taken on.
  package static func kinds(for objective: Objective) -> [RecordKind] {
    switch objective {
    case .sft, .distill: [.instruction, .chat, .distillation]
    case .dpo: [.preference]
    }
  }
}
