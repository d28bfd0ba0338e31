/// A version number: MAJOR.MINOR.PATCH, with a pre-release and build part where there is one
/// (Semantic Versioning 2.0.0, semver.org).
package struct ExpertVersion: Sendable, Hashable, CustomStringConvertible {
  package let major: Int
  package let minor: Int
  package let patch: Int
  package let prerelease: [String]
  private let build: String

  /// Reads `1.2.3`, `1.2.3-rc.1` or `1.2.3+build`; `nil` for any other form.
  package init?(_ text: some StringProtocol) {
    let (withoutBuild, build) = Self.cut(Substring(text), at: "+")
    let (core, prerelease) = Self.cut(withoutBuild, at: "-")
    let numbers = core.split(separator: ".", omittingEmptySubsequences: false).map(Self.number)
    guard numbers.count == 3, let major = numbers[0], let minor = numbers[1],
      let patch = numbers[2]
    else { return nil }
    let parts = prerelease?.split(separator: ".", omittingEmptySubsequences: false) ?? []
    let builds = build?.split(separator: ".", omittingEmptySubsequences: false) ?? []
    guard text.utf8.count <= 64, parts.allSatisfy(Self.isPrereleasePart),
      builds.allSatisfy(Self.isPart)
    else { return nil }
    self.major = major
    self.minor = minor
    self.patch = patch
    self.prerelease = parts.map(String.init)
    self.build = build.map { "+" + $0 } ?? ""
  }

  package var description: String {
    "\(major).\(minor).\(patch)"
      + (prerelease.isEmpty ? "" : "-" + prerelease.joined(separator: ".")) + build
  }

  private static func cut(_ text: Substring, at mark: Character) -> (Substring, Substring?) {
    guard let place = text.firstIndex(of: mark) else { return (text, nil) }
    return (text[..<place], text[text.index(after: place)...])
  }

  /// Digits without a zero in front.
  private static func number(_ text: Substring) -> Int? {
    guard !text.isEmpty, text.utf8.count <= 9, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      text == "0" || text.first != "0"
    else { return nil }
    return Int(text)
  }

  private static func isPart(_ text: Substring) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0)
          || $0 == 0x2d
      }
  }

  private static func isPrereleasePart(_ text: Substring) -> Bool {
    guard isPart(text) else { return false }
    return !text.utf8.allSatisfy { (0x30...0x39).contains($0) } || number(text) != nil
  }
}

extension ExpertVersion: Comparable {
  /// Precedence by section 11 of Semantic Versioning: the build part does not count.
  package static func < (a: ExpertVersion, b: ExpertVersion) -> Bool {
    let left = [a.major, a.minor, a.patch]
    let right = [b.major, b.minor, b.patch]
    if left != right { return left.lexicographicallyPrecedes(right) }
    if a.prerelease.isEmpty || b.prerelease.isEmpty {
      return !a.prerelease.isEmpty && b.prerelease.isEmpty
    }
    for (x, y) in zip(a.prerelease, b.prerelease) where x != y { return precedes(x, y) }
    return a.prerelease.count < b.prerelease.count
  }

  /// Whether both stand at the same place: equal but for the build part.
  package func isSamePrecedence(as other: ExpertVersion) -> Bool {
    !(self < other) && !(other < self)
  }

  /// Numbers by value and before texts, texts by their ASCII bytes.
  private static func precedes(_ a: String, _ b: String) -> Bool {
    switch (number(a[...]), number(b[...])) {
    case (let x?, let y?): x < y
    case (_?, nil): true
    case (nil, _?): false
    case (nil, nil): a.utf8.lexicographicallyPrecedes(b.utf8)
    }
  }
}
