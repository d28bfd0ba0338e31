/// What can go wrong in curation, apart from filter settings.
package enum CurationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A `--distribution` that cannot be read.
  case badDistribution(text: String, reason: String)
  /// A `--split` that cannot be read.
  case badRatios(text: String)
  /// The cache of the duplicate search cannot be written.
  case cacheNotWritten(path: String, reason: String)

  package var description: String {
    switch self {
    case .badDistribution(let text, let reason):
      "cannot read the distribution \"\(text)\": \(reason); write easy:0.3,medium:0.5,hard:0.2"
    case .badRatios(let text):
      "cannot read the split \"\(text)\": write three whole numbers for train, valid and test, "
        + "such as 80/10/10"
    case .cacheNotWritten(let path, let reason):
      "cannot write the duplicate search's cache \(path): \(reason); it can be made again, so free "
        + "some space or give another folder"
    }
  }
}
