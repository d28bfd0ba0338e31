internal import ExpertRecord

extension Conversion {
  /// Number bases, Roman numerals and other ways of writing numbers.
  static let numerals: [ProceduralTemplate] = ProceduralTemplate.all(
    "numerals",
    [
      ("numerals-to-binary", bases(10, [2])), ("numerals-from-binary", bases(2, [10])),
      ("numerals-to-hexadecimal", bases(10, [16])), ("numerals-from-hexadecimal", bases(16, [10])),
      ("numerals-hexadecimal-binary", bases(16, [2, 8])),
      ("numerals-other-base", bases(10, [3, 4, 5, 6, 7, 8, 9, 12])),
      ("numerals-to-roman", toRoman), ("numerals-from-roman", fromRoman),
      ("numerals-color-codes", colors), ("numerals-permissions", permissions),
    ])

  private static func text(_ n: Int, _ base: Int) -> String {
    String(n, radix: base).uppercased()
  }

  private static func baseName(_ base: Int) -> String {
    [2: "binary", 8: "octal", 10: "decimal", 16: "hexadecimal"][base] ?? "base \(base)"
  }

  /// A template that rewrites numbers from one base in another.
  private static func bases(_ from: Int, _ targets: [Int]) -> ProceduralTemplate.Maker {
    { g, d in
      let to = g.pick(targets)
      let rows = (0..<max(2, count(d, &g))).map { _ -> Row in
        let n = g.integer(d, easy: 9...255, medium: 100...9000, hard: 4000...1_000_000)
        let shown = text(n, to)
        let name = g.pick(Vocabulary.nouns)
        return Row(
          given: g.once(in: 2) ? text(n, from) : "\(text(n, from)) (\(name))", answer: shown,
          steps: from == 10
            ? "repeated division by \(to) gives these digits from the last to the first"
            : "in base ten it is \(n)",
          wrong: [
            ("digits-reversed", String(shown.reversed())), ("off-by-one", text(n + 1, to)),
            ("digit-dropped", String(shown.dropLast())),
            ("wrong-base", text(n, to == 2 ? 3 : to - 1)),
          ])
      }
      let (a, b) = (baseName(from), baseName(to))
      return batch(
        [
          "Convert from \(a) to \(b).", "The number is \(a). Write it in \(b).",
          "Rewrite this \(a) number as \(b).", "Give the \(b) form of the \(a) number.",
        ],
        form: [
          "No prefix, no leading zeros\(to > 10 ? ", capital letters" : "").",
          "Digits only\(to > 10 ? " (A to F as capitals)" : ""), no prefix or padding.",
        ], rows: rows, &g)
    }
  }

  /// 1–3999 in standard Roman numerals.
  static func roman(_ number: Int) -> String {
    let signs = [
      (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
      (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    ]
    var rest = number
    var text = ""
    for (value, sign) in signs {
      while rest >= value {
        text += sign
        rest -= value
      }
    }
    return text
  }

  /// Roman numerals without subtraction: 4 as IIII.
  private static func additive(_ number: Int) -> String {
    roman(number).replacing("CM", with: "DCCCC").replacing("CD", with: "CCCC")
      .replacing("XC", with: "LXXXX").replacing("XL", with: "XXXX").replacing("IX", with: "VIIII")
      .replacing("IV", with: "IIII")
  }

  private static func romanNumber(_ d: Difficulty, _ g: inout SeededGenerator) -> Int {
    g.integer(d, easy: 4...399, medium: 40...1999, hard: 400...3999)
  }

  private static let carvings = [
    "gate", "clock", "chapter", "volume", "king", "cornerstone", "bell", "bridge", "title page",
    "dynasty", "monument", "copyright line",
  ]

  private static func toRoman(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let rows = (0..<max(2, count(d, &g))).map { _ -> Row in
      let n = romanNumber(d, &g)
      return Row(
        given: g.once(in: 2) ? "\(n)" : "\(n) (\(g.pick(carvings)))", answer: roman(n),
        steps: "thousands, hundreds, tens and ones one after the other",
        wrong: [
          ("additive-form", additive(n)), ("off-by-one", roman(n == 3999 ? 1 : n + 1)),
          ("reversed", String(roman(n).reversed())),
        ])
    }
    return batch(
      [
        "Write the number in Roman numerals.", "Convert to Roman numerals.",
        "How is this carved in Roman numerals?",
      ],
      form: [
        "Standard subtractive form, capitals.", "Use capitals and the subtractive rule (IV, IX …).",
      ],
      rows: rows, &g)
  }

  private static func fromRoman(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let rows = (0..<max(2, count(d, &g))).map { _ -> Row in
      let n = romanNumber(d, &g)
      return Row(
        given: g.once(in: 2) ? roman(n) : "\(g.pick(carvings)) \(roman(n))", answer: "\(n)",
        steps: "a sign before a larger one is subtracted, all others are added",
        wrong: [
          ("subtraction-ignored", "\(n + (additive(n) == roman(n) ? 10 : 2))"),
          ("off-by-one", "\(n + 1)"),
          ("one-too-few", "\(n - 1)"),
        ])
    }
    return batch(
      [
        "Read the Roman numeral.", "Convert the Roman numeral to digits.",
        "Which number do the Roman signs stand for?",
      ],
      form: ["Only the Arabic number.", "Digits only.", "A plain decimal number."], rows: rows, &g)
  }

  private static func colors(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let back = g.once(in: 2)
    let rows = (0..<max(2, count(d, &g))).map { _ -> Row in
      let parts = (1...3).map { _ in g.below(256) }
      let hex = "#" + parts.map(hexByte).joined()
      let rgb = { (parts: [Int]) in "rgb(\(parts.map(String.init).joined(separator: ", ")))" }
      let name = "\(g.pick(Vocabulary.adjectives)) \(g.pick(Vocabulary.colors))"
      let turned = [parts[2], parts[1], parts[0]]
      let hexTurned = "#" + turned.map(hexByte).joined()
      return Row(
        given: "\(name) \(back ? rgb(parts) : hex)", answer: back ? hex : rgb(parts),
        steps: "the channels are \(parts.map { "\(hexByte($0)) = \($0)" }.joined(separator: ", "))",
        wrong: [
          ("channels-reversed", back ? hexTurned : rgb(turned)),
          (
            "off-by-one",
            back
              ? "#" + [parts[0], parts[1], (parts[2] + 1) % 256].map(hexByte).joined()
              : rgb([parts[0], parts[1], parts[2] + 1])
          ),
        ])
    }
    return back
      ? batch(
        ["Convert the colour to a hexadecimal code.", "Write the RGB colour as a hex code."],
        form: ["Form #A1B2C3, capitals, no name.", "Like #0F00FF, without the name."], rows: rows,
        &g)
      : batch(
        ["Convert the hex colour to RGB.", "Which decimal channels has this hex colour?"],
        form: ["Form rgb(1, 2, 3), no name.", "Write rgb(r, g, b) with decimal numbers, no name."],
        rows: rows, &g)
  }

  private static func hexByte(_ n: Int) -> String { (n < 16 ? "0" : "") + text(n, 16) }

  private static func permissions(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let back = g.once(in: 2)
    let letters = { (n: Int) in
      "\(n & 4 > 0 ? "r" : "-")\(n & 2 > 0 ? "w" : "-")\(n & 1 > 0 ? "x" : "-")"
    }
    let rows = (0..<max(3, count(d, &g))).map { _ -> Row in
      let bits = (1...3).map { _ in g.below(8) }
      let octal = bits.map(String.init).joined()
      let symbolic = bits.map(letters).joined()
      let other = [bits[2], bits[1], (bits[0] + 1) % 8]
      let file =
        "/\(g.pick(["srv", "home", "opt", "var"]))/\(g.pick(Vocabulary.adjectives))/"
        + "\(g.pick(Vocabulary.nouns))\(g.pick([".sh", ".txt", ".cfg", ".log", ""]))"
      return Row(
        given: "\(back ? symbolic : octal) \(file)", answer: back ? octal : symbolic,
        steps: "r is 4, w is 2, x is 1 in each of the three groups",
        wrong: [
          (
            "groups-reversed",
            back ? other.map(String.init).joined() : other.map(letters).joined()
          ),
          (
            "bits-inverted",
            back ? bits.map { "\(7 - $0)" }.joined() : bits.map { letters(7 - $0) }.joined()
          ),
        ])
    }
    return back
      ? batch(
        ["Convert the permission letters to octal.", "Which chmod number do these letters mean?"],
        form: ["Three digits, no path.", "Only the three octal digits, without the path."],
        rows: rows, &g)
      : batch(
        ["Write the octal mode with letters.", "Convert the chmod number to the rwx form."],
        form: ["Nine characters like rw-r--r--, no path.", "Form rwxr-x---, without the path."],
        rows: rows, &g)
  }
}
