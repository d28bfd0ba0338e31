package import ExpertRecord
package import ExpertStore

extension TextPreparer {
  /// The answer of a record with whether it is a good one; `nil` for preferences, which have both.
  ///
  /// A record says so in a column `label` (true or false, as TRL has it) or by one of the labels
  /// `desirable` and `undesirable`. Throws `unlabelled` where it says nothing.
  package func answer(_ stored: StoredRecord) throws -> (text: TokenExample, isDesirable: Bool)? {
    if case .preference = stored.record { return nil }
    guard let isDesirable = stored.attributes.isDesirable else {
      throw TrainingError.unlabelled(example: stored.rid.description)
    }
    return (try example(stored), isDesirable)
  }
}

extension RecordAttributes {
  /// Whether the record's answer is a good one; `nil` where nothing, or both, is said.
  package var isDesirable: Bool? {
    if let member = meta.first(where: { $0.name == "label" }) {
      switch member.value {
      case .bool(let value): return value
      case .number(let value) where value == 0 || value == 1: return value == 1
      default: break
      }
    }
    let (good, bad) = (labels.contains("desirable"), labels.contains("undesirable"))
    return good == bad ? nil : good
  }
}
