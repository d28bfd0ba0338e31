internal import ExpertPlatform

/// What one source says: the flags, a recipe, or a manifest. Layers lie over each other; the first
/// that says something wins.
package struct TrainingLayer: Sendable, Hashable {
  /// A value and where it was given, for messages.
  package struct Setting: Sendable, Hashable {
    package var value: OptionValue
    package var place: String
  }

  package internal(set) var settings: [TrainingOption: Setting] = [:]
  /// What the reader should know about how something was understood.
  package internal(set) var notes: [String] = []
  /// The base that a manifest names, with the SHA-256 of its weights, where it gives one.
  package internal(set) var manifestBase: (name: String, hash: String)? {
    get { expectedName.flatMap { name in expectedHash.map { (name, $0) } } }
    set { (expectedName, expectedHash) = (newValue?.name, newValue?.hash) }
  }
  private var expectedName: String?
  private var expectedHash: String?

  package init() {}

  /// Sets an option from the text of its flag.
  package mutating func set(_ option: TrainingOption, flag text: String) throws(TrainingError) {
    try set(option, .text(text), place: option.flag)
  }

  /// Sets an option, after checking that it takes the value.
  package mutating func set(
    _ option: TrainingOption, _ raw: RawValue, place: String
  ) throws(TrainingError) {
    guard let value = option.kind.read(raw) else {
      throw .badValue(place: place, found: raw.shown, expected: option.kind.expectation)
    }
    settings[option] = Setting(value: value, place: place)
  }

  /// Sets what a file gives under a name: one of ours, or another tool's.
  package mutating func set(
    named name: String, _ raw: RawValue, place: String
  ) throws(TrainingError) {
    if raw == .null { return try check(name, place: place) }
    if try setForeign(name, raw, place: place) { return }
    guard let option = Self.option(named: name) else { throw Self.unknown(name, place) }
    try set(option, raw, place: place)
  }

  private func check(_ name: String, place: String) throws(TrainingError) {
    guard Self.option(named: name) != nil || Self.foreignNames.contains(name) else {
      throw Self.unknown(name, place)
    }
  }

  static func unknown(
    _ name: String, _ place: String, besides others: [String] = []
  ) -> TrainingError {
    .unknownOption(name: name, place: place, nearest: nearest(to: name, among: knownNames + others))
  }

  /// A slip of the pen, or a name that another one ends or begins with: `num_epochs` for `epochs`.
  private static func nearest(to name: String, among known: [String]) -> String? {
    if let near = Spelling.nearest(to: name, among: known) { return near }
    let word = name.lowercased()
    let parts = known.filter { other in
      min(other.count, word.count) >= 4
        && (word.hasSuffix(other) || word.hasPrefix(other) || other.hasSuffix(word)
          || other.hasPrefix(word))
    }
    return parts.min { (abs($0.count - word.count), $0) < (abs($1.count - word.count), $1) }
  }

  /// The option of a name, its dashes and underscores alike.
  package static func option(named name: String) -> TrainingOption? {
    byName[String(name.map { $0 == "-" ? "_" : $0 })]
  }

  private static let byName: [String: TrainingOption] = {
    var result: [String: TrainingOption] = [:]
    for option in TrainingOption.allCases {
      for name in [option.rawValue] + option.aliases { result[name] = option }
    }
    return result
  }()

  private static let knownNames = byName.keys.sorted() + foreignNames.sorted()
}
