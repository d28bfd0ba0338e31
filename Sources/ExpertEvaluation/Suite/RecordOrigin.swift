package import ExpertRecord

/// What a provider says of how it made a record, where it says so.
package struct RecordOrigin: Sendable, Hashable {
  /// The family of problems that the record comes from.
  package var template: String?
  /// What was done to the right answer of a preference record to make the rejected one.
  package var corruption: String?

  package init(template: String? = nil, corruption: String? = nil) {
    self.template = template
    self.corruption = corruption
  }

  package init(_ attributes: RecordAttributes) {
    func value(_ name: String) -> String? {
      attributes.meta.first { $0.name == name }?.value.string
    }
    self.init(template: value("template"), corruption: value("corruption"))
  }
}
