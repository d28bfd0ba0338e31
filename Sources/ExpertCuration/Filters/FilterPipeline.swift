internal import ExpertRecord

/// The filters in the order in which they judge. The first rejection decides.
package struct FilterPipeline: Sendable {
  /// The filters, cheap and decisive ones first.
  package var filters: [any RecordFilter]

  package init(_ filters: [any RecordFilter]) { self.filters = filters }

  /// The names of all standard filters, in order.
  package static let names = [
    "schema", "length", "json", "sql", "refusal", "echo", "truncated", "repetition", "language",
    "personal-data", "secret", "overlap",
  ]

  /// The standard filters by a configuration; `heldOut` holds the texts that no record may overlap
  /// with, such as a test set.
  package static func standard(
    _ config: FilterConfig = FilterConfig(), heldOut: HeldOutIndex? = nil
  ) -> FilterPipeline {
    var filters: [any RecordFilter] = [
      SchemaFilter(),
      LengthFilter(config),
      JSONFilter(checksUndeclared: config.validateJSON),
      SQLFilter(),
      RefusalFilter(),
      EchoFilter(),
      TruncationFilter(),
      RepetitionFilter(),
    ]
    if let language = config.language { filters.append(LanguageFilter(expected: language)) }
    filters += [PersonalDataFilter(), SecretFilter()]
    if let heldOut { filters.append(OverlapFilter(heldOut)) }
    return FilterPipeline(filters.filter { !config.disabled.contains($0.name) })
  }

  /// Keeps the record, or drops it with the first filter's reason.
  package func judge(_ candidate: Candidate) -> Verdict {
    for filter in filters {
      let verdict = filter.judge(candidate)
      if verdict != .keep { return verdict }
    }
    return .keep
  }

  /// Every filter's rejection, for `dataset why` and for reports that count all reasons.
  package func allRejections(_ candidate: Candidate) -> [Rejection] {
    filters.compactMap { filter in
      if case .drop(let rejection) = filter.judge(candidate) { rejection } else { nil }
    }
  }
}

extension RecordFilter {
  /// A rejection in this filter's name.
  func drop(_ detail: String, score: Double? = nil) -> Verdict {
    .drop(Rejection(filter: name, score: score, detail: detail))
  }
}
