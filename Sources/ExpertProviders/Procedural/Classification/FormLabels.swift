internal import ExpertRecord

/// Identifiers, codes and small structures that are classified by their form.
enum FormLabels {
  static let all: [ProceduralTemplate] = [
    httpStatus, fileExtension, magicBytes, versionBump, addressBlock, identifierStyle,
    bracketBalance,
    listOrder, intervals, sets, shippingZone, logSeverity, cellType, dice, vote, password, dateForm,
    rotation,
  ]

  private static let httpStatus = ProceduralTemplate.label("form-http-status", "forms") {
    g, difficulty in
    let labels = [
      "informational", "success", "redirect", "client-error", "server-error", "unknown",
    ]
    let retry = g.sample([408, 425, 429, 500, 502, 503, 504], count: 3).sorted()
    let special = difficulty == .hard
    return LabelRules(
      instruction:
        "Classify the reply by its HTTP status: 1xx informational, 2xx success, 3xx redirect, 4xx client-error, 5xx "
        + "server-error, everything else unknown."
        + (special ? " But \(AnswerText.list(retry.map(String.init))) are retry." : ""),
      labels: labels + (special ? ["retry"] : [])
    ) { g in
      let code =
        special && g.oneIn(7)
        ? g.pick(retry)
        : g.oneIn(6)
          ? g.integer(in: 0...99) + g.pick([0, 600, 700])
          : g.integer(in: 1...5) * 100 + g.below(g.oneIn(2) ? 30 : 100)
      let kind = (1...5).contains(code / 100) ? labels[code / 100 - 1] : "unknown"
      return LabelCase(
        shown:
          "\(g.pick(["GET", "POST", "PUT"])) /\(g.pick(SampleNames.services))/\(g.below(500)) from \(g.sampleAddress()) → \(code) in \(g.integer(in: 2...900)) ms",
        label: special && retry.contains(code) ? "retry" : kind,
        steps: ["The status is \(code), its first digit \(code / 100)."],
        wrong: [("ignores-exception", kind), ("neighbour-class", labels[(code / 100) % 5])])
    }
  }

  private static let fileExtension = ProceduralTemplate.label("form-file-extension", "forms") {
    g, difficulty in
    let kinds: [(String, [String])] = [
      ("image", ["png", "jpg", "webp", "gif"]), ("document", ["pdf", "odt", "docx", "txt"]),
      ("archive", ["zip", "gz", "7z", "tar"]), ("audio", ["mp3", "flac", "ogg", "wav"]),
      ("code", ["py", "swift", "rs", "go"]),
    ]
    let chosen = g.sample(kinds, count: difficulty == .easy ? 3 : difficulty == .medium ? 4 : 5)
      .map { ($0.0, g.sample($0.1, count: 3)) }
    return LabelRules(
      instruction:
        "Sort the file by its extension, the part after the last dot, upper or lower case: "
        + chosen.map { "\($0.1.joined(separator: ", ")) → \($0.0)" }.joined(separator: "; ")
        + "; anything else, or no extension → other.",
      labels: chosen.map(\.0) + ["other"]
    ) { g in
      let (name, list) = g.pick(chosen)
      let known = !g.oneIn(chosen.count + 1)
      let ending = g.pick(list)
      let decoy = difficulty == .easy ? "" : ".\(g.pick(g.pick(chosen).1))"
      let stem = "\(g.pick(SampleNames.adjectives))-\(g.pick(SampleNames.products))-\(g.below(900))"
      let file =
        known
        ? "\(stem)\(decoy).\(g.oneIn(3) ? ending.uppercased() : ending)"
        : g.oneIn(2) ? "\(stem)\(decoy).\(g.pick(["bak", "tmp", "old", "part"]))" : stem
      let first = chosen.first { $0.1.contains(String(decoy.dropFirst())) }?.0 ?? "other"
      return LabelCase(
        shown:
          "/home/\(g.pick(SampleNames.first).lowercased())/\(g.pick(SampleNames.services))/\(file)",
        label: known ? name : "other",
        steps: [
          "The file is \(file).",
          known ? "Its extension is \(ending)." : "Its ending is in no list.",
        ],
        wrong: [("first-extension", first), ("misses-extension", "other")])
    }
  }

  private static let magicBytes = ProceduralTemplate.label("form-magic-bytes", "forms") {
    g, difficulty in
    let all: [(String, [Int])] = [
      ("png", [0x89, 0x50, 0x4e, 0x47]), ("jpeg", [0xff, 0xd8, 0xff]),
      ("gif", [0x47, 0x49, 0x46, 0x38]),
      ("zip", [0x50, 0x4b, 0x03, 0x04]), ("gzip", [0x1f, 0x8b]), ("pdf", [0x25, 0x50, 0x44, 0x46]),
      ("elf", [0x7f, 0x45, 0x4c, 0x46]),
    ]
    let chosen = g.sample(all, count: difficulty == .easy ? 3 : difficulty == .medium ? 5 : 6)
    let hex = { (bytes: [Int]) in
      bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    }
    let offset = difficulty == .hard ? g.integer(in: 1...4) : 0
    return LabelRules(
      instruction:
        "Tell the file type by its first bytes\(offset > 0 ? " after a header of \(offset) byte\(offset == 1 ? "" : "s")" : ""), in hexadecimal: "
        + chosen.map { "\(hex($0.1)) → \($0.0)" }.joined(separator: "; ")
        + "; otherwise unknown. The match must be complete.",
      labels: chosen.map(\.0) + ["unknown"]
    ) { g in
      let (name, bytes) = g.pick(chosen)
      let mode = g.below(chosen.count + 1)
      var head = bytes
      if mode == 0 { head[head.count - 1] = (head[head.count - 1] + g.integer(in: 1...200)) % 256 }
      let lead = (0..<offset).map { _ in g.below(256) }
      let tail = (0..<g.integer(in: 5...9)).map { _ in g.below(256) }
      return LabelCase(
        shown: hex(lead + head + tail), label: mode == 0 ? "unknown" : name,
        steps: [
          "The bytes that count begin with \(hex(Array(head))).",
          mode == 0 ? "No pattern matches completely." : "That is \(name).",
        ],
        wrong: [("partial-match", name), ("missed-match", "unknown")])
    }
  }

  private static let versionBump = ProceduralTemplate.label("form-version-change", "forms") {
    g, difficulty in
    let labels = ["major", "minor", "patch", "same", "downgrade"]
    return LabelRules(
      instruction:
        "Compare the two versions MAJOR.MINOR.PATCH as numbers, part by part from the left: name the first part that grew. "
        + "No difference is same; if the first difference is a smaller number it is a downgrade."
        + (difficulty == .hard ? " A leading v and missing parts (read as 0) do not matter." : ""),
      labels: labels
    ) { g in
      let old = [g.below(15), g.below(25), g.below(30)]
      var new = old
      let kind = g.below(5)
      if kind < 3 {
        new[kind] += g.integer(in: 1...9)
        for i in (kind + 1)..<3 where kind < 2 { new[i] = g.below(12) }
      } else if kind == 4 {
        let part = g.below(3)
        guard old[part] > 0 else { return nil }
        new[part] = g.below(old[part])
        if part < 2 { new[2] = old[2] + g.integer(in: 1...5) }
      }
      let write = { (v: [Int], g: inout SeededGenerator) in
        var parts = v.map(String.init)
        if difficulty == .hard, v[2] == 0 { parts.removeLast() }
        return (difficulty == .hard && g.oneIn(2) ? "v" : "") + parts.joined(separator: ".")
      }
      let first = (0..<3).first { old[$0] != new[$0] }
      let textual =
        (0..<3).first { String(old[$0]) != String(new[$0]) }.map {
          String(new[$0]) > String(old[$0]) ? labels[$0] : "downgrade"
        } ?? "same"
      return LabelCase(
        shown: "\(g.pick(SampleNames.services)): \(write(old, &g)) → \(write(new, &g))",
        label: labels[kind],
        steps: [
          first.map { "The first difference is part \($0 + 1): \(old[$0]) and \(new[$0])." }
            ?? "All parts agree."
        ],
        wrong: [
          ("compared-as-text", textual), ("last-difference", new[2] > old[2] ? "patch" : "same"),
        ])
    }
  }

  private static let addressBlock = ProceduralTemplate.label("form-address-block", "forms") {
    g, difficulty in
    let size = difficulty == .easy ? 2 : difficulty == .medium ? 3 : 4
    let names = g.sample(
      ["office", "lab", "guests", "servers", "printers", "cameras"], count: size)
    let second = g.below(200)
    let bounds = names.indices.map { _ in g.integer(in: 0...3) }
    let blocks = names.indices.map { i in
      (name: names[i], low: i * 60 + bounds[i], high: i * 60 + 40 + bounds[i])
    }
    return LabelRules(
      instruction: "Addresses 10.\(second).N.* belong to a network by N: "
        + blocks.map { "\($0.low) to \($0.high) is \($0.name)" }.joined(separator: ", ")
        + ". Any other address is outside.",
      labels: names + ["outside"]
    ) { g in
      let block = g.pick(blocks)
      let third =
        g.oneIn(3)
        ? g.pick([block.low, block.high, block.high + 1, max(0, block.low - 1)]) : g.below(256)
      let other = difficulty != .easy && g.oneIn(6)
      let address = "10.\(other ? (second + 1) % 256 : second).\(third).\(g.integer(in: 1...254))"
      let place = { (n: Int) in blocks.first { $0.low <= n && n <= $0.high }?.name ?? "outside" }
      return LabelCase(
        shown: "Host \(g.sampleHost()) has the address \(address)",
        label: other ? "outside" : place(third),
        steps: [
          "N is \(third).",
          other ? "The second number is not \(second)." : "That lies in \(place(third)).",
        ],
        wrong: [
          ("ignores-prefix", place(third)), ("off-by-one", place(third + 1)),
          ("nearest-network", block.name),
        ])
    }
  }

  private static let identifierStyle = ProceduralTemplate.label("form-identifier-style", "forms") {
    g, difficulty in
    let labels = ["camelCase", "PascalCase", "snake_case", "kebab-case", "CONSTANT_CASE", "other"]
    return LabelRules(
      instruction:
        "Name the style of the identifier: camelCase (first word lower, further words capitalised, nothing between), PascalCase (every word "
        + "capitalised, nothing between), snake_case (lower, underscores), kebab-case (lower, hyphens), CONSTANT_CASE (upper, underscores); anything "
        + "else, mixtures included, is other.",
      labels: labels
    ) { g in
      let count = difficulty == .easy ? 2 : difficulty == .medium ? 3 : 4
      let words = (0..<count).map { i in
        i % 2 == 0 ? g.pick(SampleNames.adjectives) : g.pick(SampleNames.products)
      }
      let caps = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }
      let kind = g.below(6)
      let text =
        switch kind {
        case 0: words[0] + caps.dropFirst().joined()
        case 1: caps.joined()
        case 2: words.joined(separator: "_")
        case 3: words.joined(separator: "-")
        case 4: words.joined(separator: "_").uppercased()
        default:
          g.pick([
            caps.joined(separator: "_"), words.joined(separator: "."), caps.joined(separator: "-"),
            words[0] + "_" + caps.dropFirst().joined(),
          ])
        }
      return LabelCase(
        shown: "let \(text) = \(g.below(9000)) // \(g.pick(SampleNames.services))",
        label: labels[kind],
        steps: [
          "The identifier is \(text).",
          "Separators: \(text.contains("_") ? "underscore" : text.contains("-") ? "hyphen" : text.contains(".") ? "dot" : "none").",
        ],
        wrong: [
          (
            "separator-only",
            text.contains("_") ? "snake_case" : text.contains("-") ? "kebab-case" : "camelCase"
          ), ("ignores-first-letter", "PascalCase"),
        ])
    }
  }

  private static let bracketBalance = ProceduralTemplate.label("form-brackets", "forms") {
    g, difficulty in
    let labels = ["balanced", "unclosed", "extra-closer", "mismatched"]
    let pairs: [(Character, Character)] =
      difficulty == .easy ? [("(", ")"), ("[", "]")] : [("(", ")"), ("[", "]"), ("{", "}")]
    return LabelRules(
      instruction:
        "Check the brackets from left to right: a closer that does not fit the last open bracket is mismatched; a closer with nothing open is "
        + "extra-closer; if brackets are left open at the end it is unclosed; otherwise balanced. The first problem decides.",
      labels: labels
    ) { g in
      var text = ""
      var stack: [Int] = []
      for _ in 0..<(difficulty == .easy ? 6 : difficulty == .medium ? 10 : 16) {
        text += g.oneIn(2) ? String(g.pick(Array("abcdefghxyz0123456789"))) : ""
        if !stack.isEmpty, g.oneIn(2) {
          text.append(pairs[stack.removeLast()].1)
        } else {
          let kind = g.below(pairs.count)
          stack.append(kind)
          text.append(pairs[kind].0)
        }
      }
      while let kind = stack.popLast() { text.append(pairs[kind].1) }
      var characters = Array(text)
      if !g.oneIn(4) {
        let places = characters.indices.filter { "()[]{}".contains(characters[$0]) }
        let place = g.pick(places)
        switch g.below(3) {
        case 0: characters.remove(at: place)
        case 1: characters[place] = g.pick(pairs).1
        default: characters.insert(g.pick(pairs).1, at: place)
        }
      }
      let (label, step) = check(characters, pairs)
      let count = { (list: [Character]) in characters.filter { list.contains($0) }.count }
      let (open, closed) = (count(pairs.map(\.0)), count(pairs.map(\.1)))
      return LabelCase(
        shown: String(characters), label: label, steps: [step],
        wrong: [
          (
            "counts-only", open == closed ? "balanced" : open > closed ? "unclosed" : "extra-closer"
          ), ("misses-the-fault", "balanced"),
        ])
    }
  }

  private static func check(
    _ text: [Character], _ pairs: [(Character, Character)]
  ) -> (String, String) {
    var stack: [Character] = []
    for (place, character) in text.enumerated() {
      if pairs.contains(where: { $0.0 == character }) { stack.append(character) }
      guard let pair = pairs.first(where: { $0.1 == character }) else { continue }
      guard let last = stack.popLast() else {
        return ("extra-closer", "At character \(place + 1), \(character) closes nothing.")
      }
      if last != pair.0 {
        return ("mismatched", "At character \(place + 1), \(character) meets an open \(last).")
      }
    }
    return stack.isEmpty
      ? ("balanced", "Every bracket is closed by its own kind.")
      : ("unclosed", "At the end \(stack.map(String.init).joined(separator: " ")) is still open.")
  }

  private static let listOrder = ProceduralTemplate.label("form-list-order", "forms") {
    g, difficulty in
    let labels = ["ascending", "descending", "constant", "unsorted"]
    let words = difficulty != .easy && g.oneIn(2)
    return LabelRules(
      instruction:
        "How is the list sorted\(words ? " (alphabetically)" : "")? Equal neighbours are allowed in ascending and descending; a list of equal values is "
        + "constant; everything else is unsorted.", labels: labels
    ) { g in
      let count = difficulty == .easy ? 4 : difficulty == .medium ? 7 : 10
      let kind = g.below(4)
      var values = (0..<count).map { _ in
        words ? g.pick(SampleNames.services) : String(g.integer(in: 100...999))
      }
      values[1] = values[0]
      switch kind {
      case 0: values.sort()
      case 1: values.sort(by: >)
      case 2: values = Array(repeating: values[0], count: count)
      default:
        values.sort()
        if g.oneIn(2) { values.reverse() }
        values.swapAt(g.below(count), g.below(count))
      }
      let pairs = zip(values, values.dropFirst())
      let up = pairs.allSatisfy { $0 <= $1 }
      let down = pairs.allSatisfy { $0 >= $1 }
      let label = up && down ? "constant" : up ? "ascending" : down ? "descending" : "unsorted"
      let ends = values[0] <= values[count - 1] ? "ascending" : "descending"
      return LabelCase(
        shown: values.joined(separator: ", "), label: label,
        steps: [
          zip(values, values.dropFirst()).first { $0 > $1 }.map {
            "\($0.0) comes before the smaller \($0.1)."
          } ?? "No value is smaller than the one before.",
          zip(values, values.dropFirst()).first { $0 < $1 }.map {
            "\($0.0) comes before the larger \($0.1)."
          } ?? "No value is larger than the one before.",
        ],
        wrong: [("ends-only", ends), ("strict-order", "unsorted")])
    }
  }

  private static let intervals = ProceduralTemplate.label("form-intervals", "forms") {
    g, difficulty in
    let labels = ["before", "after", "meets", "overlaps", "contains", "inside", "equal"]
    let what = g.pick(["booking", "lecture", "window", "phase"])
    return LabelRules(
      instruction:
        "How does \(what) A lie to \(what) B? equal: same start and end; contains: A covers all of B; inside: B covers all of A; meets: one ends exactly when the "
        + "other begins; before: A ends earlier than B begins; after: A begins later than B ends; otherwise overlaps. Ends may coincide in contains and inside.",
      labels: labels
    ) { g in
      let span = difficulty == .easy ? 24 : 96
      let a = [g.below(span), g.below(span)].sorted()
      let mode = g.below(7)
      let b =
        mode == 0
        ? a
        : mode == 1
          ? [a[1], a[1] + g.integer(in: 1...9)]
          : mode == 2
            ? [max(0, a[0] - g.below(4)), a[1] + g.below(4)]
            : mode == 3
              ? [a[0] + g.below(3), a[1] - g.below(3)] : [g.below(span), g.below(span)].sorted()
      guard a[0] < a[1], b[0] < b[1] else { return nil }
      let label =
        a == b
        ? "equal"
        : a[0] <= b[0] && b[1] <= a[1]
          ? "contains"
          : b[0] <= a[0] && a[1] <= b[1]
            ? "inside"
            : a[1] == b[0] || b[1] == a[0]
              ? "meets" : a[1] < b[0] ? "before" : b[1] < a[0] ? "after" : "overlaps"
      let text = { (v: Int) in
        difficulty == .easy ? "\(v)" : "\(Padded.two(v / 4)):\(Padded.two(v % 4 * 15))"
      }
      return LabelCase(
        shown: "A: \(text(a[0])) to \(text(a[1])); B: \(text(b[0])) to \(text(b[1]))", label: label,
        steps: [
          "A starts \(a[0] < b[0] ? "before" : a[0] == b[0] ? "with" : "after") B and ends \(a[1] < b[1] ? "before" : a[1] == b[1] ? "with" : "after") it."
        ],
        wrong: [
          (
            "swapped-roles",
            label == "contains"
              ? "inside"
              : label == "inside"
                ? "contains"
                : label == "before" ? "after" : label == "after" ? "before" : "overlaps"
          ), ("touching-as-overlap", "overlaps"),
        ])
    }
  }

  private static let sets = ProceduralTemplate.label("form-sets", "forms") { g, difficulty in
    let labels = ["equal", "subset", "superset", "disjoint", "overlapping"]
    return LabelRules(
      instruction:
        "Compare set A with set B (order and repeats do not matter): equal; subset if every element of A is in B; superset the other way round; disjoint without a common "
        + "element; otherwise overlapping.", labels: labels
    ) { g in
      let count = difficulty == .easy ? 3 : difficulty == .medium ? 5 : 7
      let pool = g.sample(SampleNames.products, count: count * 2)
      let base = Array(pool.prefix(count))
      let kind = g.below(5)
      var (a, b) = (base, base)
      switch kind {
      case 0: break
      case 1: a = g.sample(base, count: count - 1)
      case 2: b = g.sample(base, count: count - 1)
      case 3: b = Array(pool.suffix(count))
      default: b = Array(base.dropFirst()) + [pool[count]]
      }
      if difficulty == .hard { a.append(g.pick(a)) }
      return LabelCase(
        shown:
          "A = {\(g.shuffled(a).joined(separator: ", "))}\nB = {\(g.shuffled(b).joined(separator: ", "))}",
        label: labels[kind],
        steps: [
          "Only in A: \(orNone(Set(a).subtracting(b))).",
          "Only in B: \(orNone(Set(b).subtracting(a))).",
          "In both: \(orNone(Set(a).intersection(b))).",
        ],
        wrong: [
          ("swapped-roles", kind == 1 ? "superset" : kind == 2 ? "subset" : "equal"),
          ("sizes-only", a.count == b.count ? "equal" : a.count < b.count ? "subset" : "superset"),
        ])
    }
  }

  private static func orNone(_ set: Set<String>) -> String {
    set.isEmpty ? "nothing" : set.sorted().joined(separator: ", ")
  }

  private static let shippingZone = ProceduralTemplate.label("form-postcode-zone", "forms") {
    g, difficulty in
    let size = difficulty == .easy ? 3 : difficulty == .medium ? 4 : 5
    let cuts = (0...size).map {
      $0 * (90 / size) + 5 + ($0 == 0 || $0 == size ? 0 : g.integer(in: -4...4))
    }
    let names = Array(["zone-a", "zone-b", "zone-c", "zone-d", "zone-e"].prefix(size))
    let island = g.integer(in: 10...80)
    let ranges = names.indices.map { (low: cuts[$0], high: cuts[$0 + 1] - 1) }
    let special = difficulty == .hard
    return LabelRules(
      instruction: "The first two digits of the five-digit postcode give the zone: "
        + names.indices.map {
          "\(Padded.two(ranges[$0].low))–\(Padded.two(ranges[$0].high)) \(names[$0])"
        }.joined(separator: ", ")
        + "; all others are no-service."
        + (special ? " Codes that begin with \(island)0 are island whatever their zone." : ""),
      labels: names + ["no-service"] + (special ? ["island"] : [])
    ) { g in
      let prefix = g.oneIn(3) ? g.pick(ranges).low + g.integer(in: -1...0) : g.below(100)
      let isIsland = special && g.oneIn(6)
      let code =
        isIsland
        ? "\(island)0\(Padded.two(g.below(100)))"
        : "\(Padded.two(prefix))\(Padded.pad(g.below(1000), 3))"
      let two = Int(code.prefix(2)) ?? 0
      let zone =
        ranges.firstIndex { $0.low <= two && two <= $0.high }.map { names[$0] } ?? "no-service"
      let first =
        ranges.firstIndex { $0.low <= two * 10 / 10 + 1 && two + 1 <= $0.high }.map { names[$0] }
        ?? "no-service"
      return LabelCase(
        shown: "\(g.samplePerson()), \(code) \(g.pick(SampleNames.cities))",
        label: special && code.hasPrefix("\(island)0") ? "island" : zone,
        steps: [
          "The postcode \(code) begins with \(code.prefix(2)).", "By range that is \(zone).",
        ],
        wrong: [("ignores-exception", zone), ("off-by-one", first), ("no-match", "no-service")])
    }
  }

  private static let logSeverity = ProceduralTemplate.label("form-log-severity", "forms") {
    g, difficulty in
    let labels = ["critical", "warning", "notice"]
    let codes = [g.integer(in: 700...800), g.integer(in: 300...500)]
    let words = g.sample(
      ["panic", "corrupt", "refused", "timeout", "overflow", "denied"], count: 3)
    return LabelRules(
      instruction:
        "Give the log line a severity. Event codes from \(codes[0]) up are critical, from \(codes[1]) up warning, lower ones notice."
        + (difficulty == .easy
          ? "" : " A line with the word \(AnswerText.list(words, "or")) is at least a warning.")
        + (difficulty == .hard
          ? " Lines of the test host (name ends in -test) are always notice." : ""),
      labels: labels
    ) { g in
      let code = g.oneIn(3) ? g.pick(codes) + g.integer(in: -1...1) : g.integer(in: 1...999)
      let word = difficulty != .easy && g.oneIn(3)
      let test = difficulty == .hard && g.oneIn(4)
      let byCode = code >= codes[0] ? 0 : code >= codes[1] ? 1 : 2
      let place = test ? 2 : word ? min(byCode, 1) : byCode
      let host = g.sampleHost() + (test ? "-test" : "")
      return LabelCase(
        shown:
          "\(g.sampleDay(year: 2026)) \(host) \(g.pick(SampleNames.services))[E\(code)]: \(g.pick(["connection", "transfer", "request", "checksum"])) \(word ? g.pick(words) : g.pick(["closed", "slow", "queued", "started"])) for \(g.pick(SampleNames.first).lowercased())",
        label: labels[place],
        steps: ["Code \(code): \(labels[byCode])."]
          + (word ? ["A listed word makes it a warning at least."] : [])
          + (test ? ["The host is a test host."] : []),
        wrong: [
          ("code-only", labels[byCode]),
          ("ignores-test-host", labels[word ? min(byCode, 1) : byCode]), ("word-wins", "warning"),
        ])
    }
  }

  private static let cellType = ProceduralTemplate.label("form-cell-type", "forms") {
    g, difficulty in
    let labels = ["empty", "boolean", "integer", "decimal", "date", "text"]
    return LabelRules(
      instruction:
        "Tell the type of cell \(difficulty == .easy ? "2" : "4") (counted from 1, separated by semicolons) by the first rule that fits: empty (nothing or blanks only), boolean (yes or no), integer (digits with an optional "
        + "minus), decimal (digits, one point, digits, optional minus), date (YYYY-MM-DD), otherwise text."
        + (difficulty == .hard ? " A cell in double quotes is always text." : ""),
      labels: labels
    ) { g in
      let kind = g.below(6)
      let cell = { (kind: Int, g: inout SeededGenerator) -> String in
        switch kind {
        case 0: g.pick(["", " ", "  "])
        case 1: g.pick(["yes", "no"])
        case 2: "\(g.integer(in: -900...9000))"
        case 3: "\(g.pick(["", "-"]))\(g.below(900)).\(Padded.two(g.below(100)))"
        case 4: g.sampleDay(year: g.integer(in: 1990...2030))
        default:
          g.pick([
            "\(g.below(90)) kg", "v\(g.below(9)).\(g.below(9))", g.pick(SampleNames.cities),
            "\(g.below(9)),\(g.below(90))", "1.2.\(g.below(30))",
          ])
        }
      }
      let quoted = difficulty == .hard && g.oneIn(5)
      let target = cell(kind, &g)
      let place = difficulty == .easy ? 1 : 3
      var cells = (0..<(difficulty == .hard ? 7 : 5)).map { _ in cell(g.below(6), &g) }
      cells[place] = quoted ? "\"\(target)\"" : target
      cells[0] = g.pick(SampleNames.products)
      return LabelCase(
        shown: cells.joined(separator: ";"), label: quoted ? "text" : labels[kind],
        steps: ["The cell holds: [\(cells[place])]"],
        wrong: [
          ("ignores-quotes", labels[kind]), ("number-like-text", kind == 5 ? "decimal" : "text"),
        ])
    }
  }

  private static let dice = ProceduralTemplate.label("form-dice", "forms") { g, difficulty in
    let labels = ["five", "four", "full-house", "three", "two-pairs", "pair", "nothing"]
    let straight = difficulty == .hard
    return LabelRules(
      instruction:
        "Name the throw of five dice, the first that fits: five alike, four alike, full-house (three and two alike), three alike, two-pairs, pair, "
        + (straight ? "straight (1 to 5 or 2 to 6), " : "") + "otherwise nothing.",
      labels: labels + (straight ? ["straight"] : [])
    ) { g in
      let shape = g.pick([
        [5], [4, 1], [3, 2], [3, 1, 1], [2, 2, 1], [2, 1, 1, 1], [1, 1, 1, 1, 1],
      ])
      let faces = g.sample([1, 2, 3, 4, 5, 6], count: shape.count)
      let throwing = g.shuffled(zip(shape, faces).flatMap { Array(repeating: $1, count: $0) })
      let place =
        [[5], [4, 1], [3, 2], [3, 1, 1], [2, 2, 1], [2, 1, 1, 1]].firstIndex(of: shape) ?? 6
      let isStraight = straight && shape.count == 5 && (!faces.contains(1) || !faces.contains(6))
      return LabelCase(
        shown:
          "\(g.pick(SampleNames.first)) in round \(g.integer(in: 1...99)) throws \(throwing.map(String.init).joined(separator: " "))",
        label: isStraight ? "straight" : labels[place],
        steps: [
          "Sorted: \(throwing.sorted().map(String.init).joined(separator: " ")).",
          "Groups: \(shape.map(String.init).joined(separator: " + ")).",
        ],
        wrong: [
          ("largest-group-only", shape[0] == 3 ? "three" : shape[0] == 2 ? "pair" : "nothing"),
          ("misses-straight", "nothing"),
        ])
    }
  }

  private static let vote = ProceduralTemplate.label("form-vote", "forms") { g, difficulty in
    let members = g.integer(in: 9...60)
    let quorum = g.pick([50, 60, 66])
    let needed = difficulty == .easy ? 50 : g.pick([55, 60, 66, 75])
    return LabelRules(
      instruction:
        "A body of \(members) members votes. Unless at least \(quorum) % of the members took part (yes, no and abstentions), the result is no-quorum. Otherwise it is carried if "
        + "more than \(needed) % of the \(difficulty == .hard ? "yes and no votes, abstentions left out," : "votes cast, abstentions included,") are yes, else lost.",
      labels: ["carried", "lost", "no-quorum"]
    ) { g in
      let cast = g.integer(in: members / 3...members)
      let abstain = g.below(cast / 4 + 1)
      let yes = g.below(cast - abstain + 1)
      let no = cast - abstain - yes
      let base = difficulty == .hard ? yes + no : cast
      let decide = { (base: Int) in yes * 100 > needed * base ? "carried" : "lost" }
      let valid = cast * 100 >= quorum * members
      return LabelCase(
        shown:
          "\(g.pick(SampleNames.cities)) motion \(g.below(900)): yes \(yes), no \(no), abstentions \(abstain)",
        label: valid ? decide(base) : "no-quorum",
        steps: [
          "\(cast) of \(members) took part; \(quorum) % are \(Padded.hundredths(quorum * members)).",
          "Yes: \(yes) of \(base); more than \(needed) % needed.",
        ],
        wrong: [
          ("ignores-quorum", decide(base)),
          ("wrong-base", decide(difficulty == .hard ? cast : yes + no)),
          ("simple-majority", yes > no ? "carried" : "lost"),
        ])
    }
  }

  private static let password = ProceduralTemplate.label("form-password", "forms") {
    g, difficulty in
    let least = g.integer(in: 8...12)
    let marks = "!?*%&"
    let labels = ["weak", "fair", "strong"]
    return LabelRules(
      instruction:
        "Grade the sample passphrase: one point each for at least \(least) characters, a digit, an upper-case letter, one of \(marks)"
        + (difficulty == .hard ? ", and minus one if any character stands twice in a row" : "")
        + ". 0 or 1 point (or fewer) is weak, 2 or 3 fair, 4 strong.",
      labels: labels
    ) { g in
      var text = g.pick(SampleNames.adjectives) + g.pick(SampleNames.products)
      if g.oneIn(2) { text = String(text.prefix(g.integer(in: 5...9))) }
      if g.oneIn(2) { text = text.prefix(1).uppercased() + text.dropFirst() }
      if g.oneIn(2) { text += "\(g.integer(in: 10...99))" }
      if g.oneIn(2) { text.append(g.pick(Array(marks))) }
      let checks = [
        text.count >= least, text.contains(where: \.isNumber), text.contains(where: \.isUppercase),
        text.contains { marks.contains($0) },
      ]
      let doubled = zip(text, text.dropFirst()).contains { $0 == $1 }
      let points = checks.filter { $0 }.count
      let grade = { (points: Int) in points <= 1 ? labels[0] : points <= 3 ? labels[1] : labels[2] }
      return LabelCase(
        shown: "Sample: \(text)", label: grade(points - (difficulty == .hard && doubled ? 1 : 0)),
        steps: [
          "\(text.count) characters: \(checks[0] ? 1 : 0).",
          "Digit: \(checks[1] ? 1 : 0); upper case: \(checks[2] ? 1 : 0); mark: \(checks[3] ? 1 : 0).",
        ] + (difficulty == .hard ? ["Doubled character: \(doubled ? "-1" : "0")."] : []),
        wrong: [
          ("ignores-doubling", grade(points)), ("length-only", checks[0] ? "strong" : "weak"),
          ("off-by-one", grade(points + 1)),
        ])
    }
  }

  private static let dateForm = ProceduralTemplate.label("form-date-style", "forms") {
    g, difficulty in
    let labels = ["iso", "european", "american", "ambiguous", "invalid"]
    return LabelRules(
      instruction:
        "Name the notation of the date: iso is YYYY-MM-DD; with slashes, the part over 12 tells: day first is european, month first is american, both parts 12 or less and "
        + "different are ambiguous, equal parts count as iso-like european; a month over 12 in every reading\(difficulty == .easy ? "" : ", or a day over 31,") is invalid.",
      labels: labels
    ) { g in
      let kind = g.below(5)
      let year = g.integer(in: 1980...2032)
      let (small, other) = (g.integer(in: 1...12), g.integer(in: 1...12))
      let big = g.integer(in: 13...28)
      guard kind != 3 || small != other else { return nil }
      let text =
        switch kind {
        case 0: "\(year)-\(Padded.two(small))-\(Padded.two(big))"
        case 1: "\(Padded.two(big))/\(Padded.two(small))/\(year)"
        case 2: "\(Padded.two(small))/\(Padded.two(big))/\(year)"
        case 3: "\(Padded.two(small))/\(Padded.two(other))/\(year)"
        default:
          "\(Padded.two(g.integer(in: 13...(difficulty == .easy ? 28 : 30))))/\(Padded.two(g.integer(in: 13...30)))/\(year)"
        }
      return LabelCase(
        shown:
          "Stamp on the \(g.pick(SampleNames.products)) from \(g.pick(SampleNames.cities)): \(text)",
        label: labels[kind],
        steps: [
          "The parts are \(text.replacingAll("/", with: ", ").replacingAll("-", with: ", "))."
        ],
        wrong: [("assumes-american", "american"), ("assumes-european", "european")])
    }
  }

  private static let rotation = ProceduralTemplate.label("form-string-relation", "forms") {
    g, difficulty in
    let labels = ["same", "reversed", "rotated", "anagram", "different"]
    return LabelRules(
      instruction:
        "How is the second code related to the first? The first fitting label counts: same; reversed (read backwards); rotated (some characters moved from the front to the end, order "
        + "kept); anagram (same characters, other order); different.", labels: labels
    ) { g in
      let count = difficulty == .easy ? 4 : difficulty == .medium ? 6 : 9
      let first = g.sample(Array("ABCDEFGHJKLMNPRSTUVWXYZ23456789"), count: count)
      let kind = g.below(5)
      let cut = g.integer(in: 1...(count - 1))
      var second = first
      switch kind {
      case 0: break
      case 1: second.reverse()
      case 2: second = Array(first[cut...]) + Array(first[..<cut])
      case 3: second = g.shuffled(first)
      default: second[cut] = g.pick(Array("0Q1IO"))
      }
      let turns = (1..<count).contains { Array(first[$0...]) + Array(first[..<$0]) == second }
      let label =
        second == first
        ? "same"
        : second == first.reversed()
          ? "reversed"
          : turns ? "rotated" : second.sorted() == first.sorted() ? "anagram" : "different"
      return LabelCase(
        shown: "First: \(String(first)); second: \(String(second))", label: label,
        steps: [
          "Backwards the first is \(String(first.reversed())).",
          "Sorted: \(String(first.sorted())) and \(String(second.sorted())).",
        ],
        wrong: [("same-characters-only", "anagram"), ("misses-relation", "different")])
    }
  }
}
