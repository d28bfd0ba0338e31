package import ExpertPlatform
package import ExpertRecord
package import ExpertStore

/// Where what a frozen model said of a version's records is kept between runs.
///
/// Documentation/Decisions/0012-what-frozen-models-say-is-kept-with-the-version.md tells why there.
package struct PrecomputedCache {
  private let store: Store
  private let set: PrecomputedSet?
  private let version: VersionRef
  private let source: PrecomputedSource

  /// The rows of a version that follow from `source`. A store that is only read gives what it has and
  /// takes nothing.
  package init(store: Store, version: VersionRef, source: PrecomputedSource) throws {
    self.store = store
    self.version = version
    self.source = source
    set =
      store.isReadOnly
      ? try store.precomputed(source.json, of: version)
      : try store.openPrecomputed(source.json, of: version)
  }

  /// The same rows through a store of their own that only reads: they outlive this store, and let
  /// others write.
  func reader() throws -> PrecomputedCache {
    try PrecomputedCache(
      store: Store.open(store.path, mode: .readOnly), version: version, source: source)
  }

  /// Whether nothing is kept.
  var isReadOnly: Bool { store.isReadOnly }

  /// Bodies that are there, by item.
  func rows(_ items: [String]) throws -> [String: [UInt8]] {
    guard let set else { return [:] }
    return try store.rows(of: set, items: items)
  }

  /// Keeps bodies, in one transaction.
  func keep(_ rows: [(item: String, body: [UInt8])]) throws {
    guard let set, !store.isReadOnly else { return }
    try store.keep(rows.map { PrecomputedRow(item: $0.item, body: $0.body) }, in: set)
  }

  /// The names of examples: their records', with a number from the second example of one on.
  static func items(_ rids: [String]) -> [String] {
    var seen: [String: Int] = [:]
    return rids.map { rid in
      let number = seen[rid, default: 0]
      seen[rid] = number + 1
      return number == 0 ? rid : "\(rid)#\(number)"
    }
  }
}

/// All that precomputed rows follow from besides the records. Whatever changes a row must stand
/// here; the tokens themselves are told by a fingerprint in each row too.
package struct PrecomputedSource: Sendable, Hashable {
  package enum Purpose: Sendable, Hashable {
    /// Sums of log-probabilities of pairs.
    case reference
    /// The same of single answers and their mismatched ones.
    case unpairedReference
    /// A teacher's k likeliest tokens before each target.
    case topK(Int)
  }

  package var purpose: Purpose
  /// The hash of the model's weights, as `WeightsHash` has it.
  package var base: Digest
  /// How the weights are held: rounding changes what a model says.
  package var precision: String
  /// SHA-256 of the adapter's weights; `nil` for the base alone.
  package var adapter: Digest?
  /// The prompt template by name, and a hash of what it writes.
  package var template: String
  package var templateHash: String
  package var limits: LengthLimits

  package init(
    purpose: Purpose, base: Digest, precision: String, adapter: Digest? = nil, template: String,
    templateHash: String = "", limits: LengthLimits
  ) {
    self.purpose = purpose
    self.base = base
    self.precision = precision
    self.adapter = adapter
    self.template = template
    self.templateHash = templateHash
    self.limits = limits
  }

  /// The settings as the store keeps them.
  package var json: JSONValue {
    [
      "purpose": .string(purposeName), "base_sha256": .string(base.hex),
      "precision": .string(precision), "adapter_sha256": adapter.map { .string($0.hex) } ?? .null,
      "template": .string(template), "template_sha256": .string(templateHash),
      "max_length": .number(Double(limits.whole)),
      "max_prompt_length": limits.prompt.map { .number(Double($0)) } ?? .null,
      "on_too_long": .string(limits.policy.rawValue),
    ]
  }

  private var purposeName: String {
    switch purpose {
    case .reference: "reference-logps"
    case .unpairedReference: "reference-logps-unpaired"
    case .topK(let k): "teacher-top-\(k)"
    }
  }
}
