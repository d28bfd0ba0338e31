internal import ExpertRecord

extension Conversion {
  /// Bytes, bits and how long they take.
  static let dataSizes: [ProceduralTemplate] = ProceduralTemplate.all(
    "data-sizes",
    [
      (
        "data-decimal-units",
        units(
          from: UnitFamily.decimalData, to: UnitFamily.decimalData,
          ask: [
            "Convert (decimal prefixes, 1 kB = 1000 B) to", "With powers of 1000, give it in",
            "SI prefixes apply. Express it in",
          ], places: 9)
      ),
      (
        "data-binary-units",
        units(
          from: UnitFamily.binaryData, to: UnitFamily.binaryData,
          ask: [
            "Convert (binary prefixes, 1 KiB = 1024 B) to", "With powers of 1024, give it in",
            "IEC prefixes apply. Express it in",
          ], places: 6)
      ),
      (
        "data-decimal-to-binary",
        units(
          from: Array(UnitFamily.decimalData.dropFirst()),
          to: Array(UnitFamily.binaryData.dropFirst(2)),
          ask: [
            "Convert the decimal size to the binary unit", "A disk label uses powers of 1000. Give",
            "The tool shows binary units. Convert to",
          ], places: 3)
      ),
      (
        "data-binary-to-decimal",
        units(
          from: Array(UnitFamily.binaryData.dropFirst()),
          to: Array(UnitFamily.decimalData.dropFirst()),
          ask: [
            "Convert the binary size to the decimal unit", "Change from IEC to SI:",
            "For the data sheet, give it in",
          ], places: 3)
      ),
      ("data-download-time", downloadTime), ("data-bits-and-bytes", bitsAndBytes),
      ("data-human-readable", humanReadable), ("data-files-that-fit", filesThatFit),
      ("data-raw-image-size", imageSize),
    ])

  private static func downloadTime(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let rows = (0..<count(d, &g)).map { _ -> Row in
      let megabytes = g.integer(d, easy: 5...400, medium: 50...4000, hard: 300...90_000)
      let rate = g.pick([8, 10, 16, 20, 25, 40, 50, 80, 100, 250, 400, 1000])
      let value = Rational(megabytes * 8, rate)
      let name =
        "\(g.pick(Vocabulary.adjectives))_\(g.pick(Vocabulary.nouns)).\(g.pick(["zip", "iso", "mp4", "tar", "img"]))"
      return Row(
        given: "\(name): \(megabytes) MB at \(rate) Mbit/s", answer: value.plain(most: 2),
        steps: "\(megabytes) \u{d7} 8 / \(rate) seconds",
        wrong: [
          ("bits-bytes-confused", Rational(megabytes, rate).plain(most: 2)),
          ("inverted-ratio", Rational(rate * 8, megabytes).plain(most: 2)),
          ("multiplied-rate", (value * 8).plain(most: 2)),
        ])
    }
    return batch(
      [
        "How many seconds does the transfer take?", "Compute the download time in seconds.",
        "Time in seconds for this file (8 bits a byte, decimal prefixes)?",
      ],
      form: rounding(2), rows: rows, &g)
  }

  private static func bitsAndBytes(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let toBytes = g.once(in: 2)
    let rows = (0..<count(d, &g)).map { _ -> Row in
      let n = g.integer(d, easy: 1...50, medium: 10...900, hard: 101...9999) * (d == .hard ? 1 : 8)
      let prefix = g.pick(["k", "M", "G"])
      let value = toBytes ? Rational(n, 8) : Rational(n * 8)
      let line = g.pick(["uplink", "camera", "backup", "stream", "sensor bus", "tunnel", "archive"])
      let given = toBytes ? "\(n) \(prefix)bit/s" : "\(n) \(prefix)B/s"
      return Row(
        given: "\(g.pick(Vocabulary.adjectives)) \(line) \(given)", answer: value.plain(),
        steps: toBytes ? "divide by 8" : "times 8",
        wrong: [
          ("wrong-direction", (toBytes ? Rational(n * 8) : Rational(n, 8)).plain()),
          ("factor-ten", (toBytes ? Rational(n, 10) : Rational(n * 10)).plain()),
        ])
    }
    return batch(
      toBytes
        ? [
          "Convert bits per second to bytes per second, same prefix.",
          "Give the rate in bytes (B/s).",
        ]
        : [
          "Convert bytes per second to bits per second, same prefix.",
          "Give the rate in bits (bit/s).",
        ],
      form: ["Exact number without unit.", "Only the exact number."], rows: rows, &g)
  }

  private static func humanReadable(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let binary = g.once(in: 2)
    let family = binary ? UnitFamily.binaryData : UnitFamily.decimalData
    let rows = (0..<count(d, &g)).map { _ -> Row in
      let unit = g.pick(Array(family.dropFirst().prefix(d == .easy ? 2 : 4)))
      // Between 1 and 950 of the unit, so that rounding never reaches the next one.
      let bytes = Rational(g.integer(in: 1000...950_000)) * unit.factor / 1000
      let whole = Rational(Int(bytes.numerator / bytes.denominator))
      let value = whole / unit.factor
      let other = family[0]
      let file =
        "\(g.pick(Vocabulary.nouns))-\(g.integer(in: 1...500)).\(g.pick(["log", "db", "bin", "csv", "wav"]))"
      let shown = value < 1 ? Rational(1) : value
      let exact = shown == value ? whole : unit.factor
      return Row(
        given: "\(exact.plain()) \(file)", answer: "\(shown.fixed(1)) \(unit.symbol)",
        steps: "divided by \(unit.factor.plain()) it is \(shown.fixed(3))",
        wrong: [
          ("wrong-unit", "\(shown.fixed(1)) \(other.symbol)"),
          ("point-off-by-one", "\((shown * 10).fixed(1)) \(unit.symbol)"),
          ("too-precise", "\(shown.fixed(3)) \(unit.symbol)"),
        ])
    }
    let rule = binary ? "KiB, MiB, GiB, TiB (powers of 1024)" : "kB, MB, GB, TB (powers of 1000)"
    return batch(
      [
        "Write the byte count in the largest unit that gives at least 1: \(rule).",
        "Make the size readable with \(rule), choosing the largest unit not above it.",
      ],
      form: [
        "One decimal, a space, the unit, like 4.2 \(binary ? "MiB" : "MB"); no file name.",
        "Form: 17.0 \(binary ? "KiB" : "kB"), rounded half up, without the file.",
      ], rows: rows, &g)
  }

  private static func filesThatFit(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let rows = (0..<count(d, &g)).map { _ -> Row in
      let disk = g.pick([2, 4, 8, 16, 32, 64, 128, 256, 500])
      let file = g.integer(d, easy: 2...60, medium: 11...400, hard: 37...2900)
      let used = d == .hard ? g.integer(in: 1...90) : 0
      let free = disk * 1000 * (100 - used) / 100
      let n = free / file
      let device = g.pick(["stick", "card", "disk", "partition", "player", "camera"])
      let what = g.pick(["photos", "songs", "scans", "clips", "maps", "backups"])
      return Row(
        given:
          "\(g.pick(Vocabulary.colors)) \(device) \(disk) GB\(used > 0 ? ", \(used) % used" : ""); "
          + "\(what) of \(file) MB",
        answer: "\(n)", steps: "\(free) MB are free; \(free) / \(file) rounded down",
        wrong: [
          ("rounded-up", "\(n + 1)"),
          (
            "binary-gigabyte",
            "\(disk * 1024 * (100 - used) / 100 / file + (n == disk * 1024 * (100 - used) / 100 / file ? 3 : 0))"
          ),
          ("gb-as-mb", "\(disk / file)"),
        ])
    }
    return batch(
      [
        "How many whole files fit (1 GB = 1000 MB)?",
        "With 1 GB = 1000 MB, how many fit completely?",
        "Number of complete files that fit, counting 1000 MB a GB?",
      ],
      form: ["Only the number.", "A whole number."], rows: rows, &g)
  }

  private static func imageSize(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let rows = (0..<count(d, &g)).map { _ -> Row in
      let w = g.integer(in: 4...(d == .hard ? 250 : 60)) * 16
      let h = g.integer(in: 4...(d == .hard ? 250 : 60)) * 16
      let bits = g.pick([8, 16, 24, 32])
      let bytes = w * h * bits / 8
      return Row(
        given: "\(g.pick(Vocabulary.nouns)).raw \(w) \u{d7} \(h) pixels, \(bits) bits per pixel",
        answer: Rational(bytes, 1024).plain(),
        steps: "\(w) \u{d7} \(h) \u{d7} \(bits) / 8 = \(bytes) bytes",
        wrong: [
          ("bits-bytes-confused", Rational(bytes * 8, 1024).plain()),
          ("decimal-kilobyte", Rational(bytes, 1000).plain()),
          ("depth-ignored", Rational(w * h, 1024).plain() + (bits == 8 ? "0" : "")),
        ])
    }
    return batch(
      [
        "How large is the uncompressed image in KiB?", "Compute the raw size in KiB (1024 bytes).",
        "Size without compression, in KiB?",
      ],
      form: ["Exact number without unit.", "Only the exact number, no padding zeros."], rows: rows,
      &g)
  }
}
