package import ExpertRecord

/// The members of one object of a manifest, read by name; what is wrong is said with its path.
package struct ManifestFields {
  package let json: JSONValue
  /// Where the object stands, such as `adapters[0]`; empty for the manifest itself.
  package let path: String

  package init(_ json: JSONValue, path: String = "") throws(PackageError) {
    self.json = json
    self.path = path
    guard json.members != nil else {
      throw .invalid(place: path.isEmpty ? "manifest" : path, reason: "it must be an object")
    }
  }

  /// The full path of a member.
  package func place(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  package func fault(_ name: String, _ reason: String) -> PackageError {
    .invalid(place: place(name), reason: reason)
  }

  /// The value of a member; absent and null are the same.
  package func value(_ name: String) -> JSONValue? {
    // `nil` alone would be the literal of a JSON null.
    json[name].flatMap { $0 == .null ? Optional<JSONValue>.none : $0 }
  }

  package func text(_ name: String, limit: Int = 4096) throws(PackageError) -> String? {
    guard let value = value(name) else { return nil }
    guard let text = value.string, text.utf8.count <= limit else {
      throw fault(name, "it must be a text of at most \(limit) bytes")
    }
    return text
  }

  package func requiredText(_ name: String, limit: Int = 4096) throws(PackageError) -> String {
    guard let text = try text(name, limit: limit), !text.isEmpty else {
      throw fault(name, "it is missing")
    }
    return text
  }

  package func integer(_ name: String, in range: ClosedRange<Int>) throws(PackageError) -> Int? {
    guard let value = value(name) else { return nil }
    guard let number = value.integer, range.contains(number) else {
      throw fault(name, "it must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  package func requiredInteger(
    _ name: String, in range: ClosedRange<Int>
  ) throws(PackageError) -> Int {
    guard let number = try integer(name, in: range) else { throw fault(name, "it is missing") }
    return number
  }

  package func number(
    _ name: String, in range: ClosedRange<Double> = -1e300...1e300
  ) throws(PackageError) -> Double? {
    guard let value = value(name) else { return nil }
    guard let number = value.number, range.contains(number) else {
      throw fault(name, "it must be a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// A list of texts, none of them empty.
  package func texts(_ name: String, limit: Int = 1024) throws(PackageError) -> [String]? {
    guard let value = value(name) else { return nil }
    guard let elements = value.array, elements.count <= limit else {
      throw fault(name, "it must be a list of at most \(limit) texts")
    }
    var texts: [String] = []
    for (index, element) in elements.enumerated() {
      guard let text = element.string, !text.isEmpty, text.utf8.count <= 4096 else {
        throw fault("\(name)[\(index)]", "it must be a text of 1 to 4096 bytes")
      }
      texts.append(text)
    }
    return texts
  }

  package func object(_ name: String) throws(PackageError) -> ManifestFields? {
    guard let value = value(name) else { return nil }
    return try ManifestFields(value, path: place(name))
  }

  package func objects(
    _ name: String, limit: Int = PackageLimits.members
  ) throws(PackageError) -> [ManifestFields]? {
    guard let value = value(name) else { return nil }
    guard let elements = value.array, elements.count <= limit else {
      throw fault(name, "it must be a list of at most \(limit) objects")
    }
    var objects: [ManifestFields] = []
    for (index, element) in elements.enumerated() {
      objects.append(try ManifestFields(element, path: "\(place(name))[\(index)]"))
    }
    return objects
  }

  /// One of a few words.
  package func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String
  ) throws(PackageError) -> Choice? where Choice.RawValue == String {
    guard let text = try text(name) else { return nil }
    guard let choice = Choice(rawValue: text) else {
      let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw fault(name, "it must be one of \(words)")
    }
    return choice
  }
}

/// Rules for texts of a manifest that become names elsewhere.
package enum ManifestRules {
  /// Why an expert cannot have this name; `nil` when it can. Names become files and folders.
  package static func fault(inName name: String) -> String? {
    let bytes = Array(name.utf8)
    let isPlain = bytes.allSatisfy {
      (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d || $0 == 0x5f
        || $0 == 0x2e
    }
    guard isPlain, (1...64).contains(bytes.count), let first = bytes.first,
      (0x61...0x7a).contains(first) || (0x30...0x39).contains(first), !name.contains("..")
    else {
      return "a name has 1 to 64 small letters, digits, '.', '-' and '_', and starts with a letter "
        + "or digit"
    }
    return nil
  }

  /// The name of a base as part of a file's name: small letters, digits, '.', '-'.
  package static func slug(ofBase name: String) -> String {
    let last = name.split(separator: "/").last ?? ""
    let plain = last.lowercased().unicodeScalars.map { scalar -> Character in
      let isPlain =
        ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "."
      return isPlain ? Character(scalar) : "-"
    }
    let text = String(plain).split(separator: "-").joined(separator: "-")
    return String(text.split(separator: ".").joined(separator: ".").prefix(40))
  }

  /// 64 lower-case hexadecimal digits, with `sha256:` before them or without.
  package static func digestText(_ text: String) -> String? {
    let digits = text.hasPrefix("sha256:") ? String(text.dropFirst(7)) : text
    return digits.utf8.count == 64 && Hexadecimal.bytes(digits) != nil ? digits : nil
  }
}
