package import ExpertCuration
package import ExpertPlatform
package import ExpertProviders
internal import ExpertRecord

/// How far a job goes and what it keeps. None of it decides what is asked, so all of it may change
/// between two runs of the same job.
package struct JobOptions: Sendable {
  package var dataset: String
  /// Accepted records wanted.
  package var count: Int
  /// Candidates to judge at most; `nil` = ten for each record wanted, and at least a hundred.
  package var maxCandidates: Int?
  /// Micro-dollars to spend at most, over all runs of the job.
  package var budget: Int64?
  /// The longest answer to ask for, in tokens.
  package var maxTokens: Int?
  package var filters = FilterConfig()
  /// Texts that no record may overlap with, and the SHA-256 of where they came from.
  package var heldOut: (index: HeldOutIndex, digest: Digest)?
  /// Candidates at or over this similarity to a kept record are dropped.
  package var diversityThreshold = 0.85
  package var scope = DuplicateScope.store
  package var ratios = SplitRatios()
  package var author: String

  package init(dataset: String, count: Int, author: String) {
    self.dataset = dataset
    self.count = count
    self.author = author
  }

  /// By which rules candidates are judged, as the store keeps it. When it changes, candidates are
  /// judged anew.
  var rules: JSONValue {
    [
      "filters": filters.json, "diversity_threshold": .number(diversityThreshold),
      "scope": .string(scope.rawValue),
      "held_out": heldOut.map { .string($0.digest.hex) } ?? .null,
    ]
  }

  /// The bound on candidates in force.
  package var candidateLimit: Int { maxCandidates ?? max(100, count * 10) }
}

/// Which records a new one must not be a near-copy of.
package enum DuplicateScope: String, Sendable, Hashable, CaseIterable {
  /// The newest versions of all datasets of the same kind in the store.
  case store
  /// The dataset's own newest version.
  case dataset
}

/// A model that is ready to be asked, and what that costs.
package struct Answerer: Sendable {
  package var provider: any ModelProvider
  /// `nil` where unknown.
  package var price: Price?
  /// Requests in flight at most.
  package var workers: Int
  /// The most output tokens that a request may be billed for.
  package var maxOutput: Int

  package init(
    provider: any ModelProvider, price: Price?, workers: Int, maxOutput: Int
  ) {
    self.provider = provider
    self.price = price
    self.workers = workers
    self.maxOutput = maxOutput
  }
}
