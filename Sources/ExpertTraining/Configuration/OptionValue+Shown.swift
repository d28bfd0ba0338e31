internal import ExpertRecord

extension OptionValue {
  /// The value as a flag would give it, for messages.
  package var shown: String {
    switch self {
    case .text(let text): text
    case .list(let names): names.joined(separator: ",")
    case .table(let table):
      table.isEmpty
        ? "none"
        : table.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    case .flag, .integer, .number: CanonicalJSON.text(of: json)
    }
  }
}

extension TrainingConfig {
  /// What another configuration says otherwise of the options that the trained weights depend on:
  /// `--r 16, here 8`.
  package func differences(here other: TrainingConfig) -> [String] {
    TrainingOption.allCases.filter(\.shapesWeights).compactMap { option in
      let (mine, others) = (values[option], other.values[option])
      guard mine != others else { return nil }
      return "\(option.flag) \(mine?.shown ?? "unset"), here \(others?.shown ?? "unset")"
    }
  }
}
