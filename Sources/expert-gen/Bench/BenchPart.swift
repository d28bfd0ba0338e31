internal import ArgumentParser
internal import ExpertPlatform

/// What `bench data` measures, in this order.
enum BenchPart: String, Sendable, CaseIterable, ExpressibleByArgument {
  case parser
  case duplicates
  case store
  case http

  /// What the part holds in memory, in words.
  fileprivate var holds: String {
    switch self {
    case .parser: "one record"
    case .duplicates: "the index and a batch of texts"
    case .store: "goal < 300 at 1 M records"
    case .http: "client and server"
    }
  }
}

/// The figures of one part.
struct BenchReport: Sendable {
  var lines: [BenchLine]

  /// What this process measured, with the most memory that it held.
  init(_ lines: [BenchLine], peakOf part: BenchPart) {
    let peak = Double(ResourceUsage.now().peakResidentBytes) / Double(1 << 20)
    self.lines =
      lines + [BenchLine("peak memory, \(part.rawValue)", peak, "MiB", part.holds)]
  }

  /// What another process measured.
  init(_ lines: [BenchLine]) { self.lines = lines }
}
