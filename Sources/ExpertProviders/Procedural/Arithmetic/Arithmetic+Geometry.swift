internal import ExpertRecord

extension Arithmetic {
  /// Lengths, areas and volumes.
  static let geometry: [ProceduralTemplate] = ProceduralTemplate.all(
    "geometry",
    [
      ("geometry-fence", fence), ("geometry-tiles", tiles), ("geometry-box", box),
      ("geometry-triangle-angle", triangleAngle), ("geometry-l-shape", lShape),
      ("geometry-path-around", pathAround), ("geometry-ladder", ladder),
      ("geometry-circle", circle),
    ])

  private static func fence(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, _) = people(&g)
    let town = g.pick(Vocabulary.cities)
    let (a, b) = (
      g.integer(d, easy: 3...20, medium: 8...60, hard: 17...240),
      g.integer(d, easy: 3...20, medium: 8...60, hard: 17...240)
    )
    let gate = d == .easy ? 0 : g.integer(in: 1...4)
    let price = g.integer(d, easy: 2...10, medium: 4...30, hard: 7...88)
    let length = 2 * (a + b) - gate
    let plot = g.pick(["garden", "field", "meadow", "yard", "orchard", "paddock"])
    let open = gate == 0 ? "" : " A gate of \(gate) m stays free."
    return WordProblem(
      story: [
        "\(who)'s \(plot) in \(town) is a rectangle of \(a) m by \(b) m. A metre of fence costs "
          + "\(price).\(open)",
        "Around a \(plot) near \(town), \(a) m long and \(b) m wide, \(who) puts a fence at \(price) a "
          + "metre.\(open)",
        "Fence costs \(price) per metre. \(who) of \(town) encloses a rectangular \(plot), \(a) m "
          + "\u{d7} \(b) m.\(open)",
      ],
      ask: ["What does the fence cost?", "How much must be paid for the fence?"], form: .whole,
      value: Rational(length * price),
      steps: "The perimeter is 2 \u{d7} (\(a) + \(b)) = \(2 * (a + b)) m"
        + (gate == 0 ? "" : ", less \(gate) m for the gate \(length) m")
        + ". \(length) \u{d7} \(price) = \(length * price).",
      wrong: [
        ("two-sides-only", Rational((a + b) * price)), ("area-instead", Rational(a * b * price)),
        ("length-only", Rational(length)),
      ]
    ).item(&g, d)
  }

  private static func tiles(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, other) = people(&g)
    let side = g.pick([10, 15, 20, 25, 30, 40, 50])
    let (a, b) = (
      side * g.integer(in: 3...(d == .easy ? 10 : 40)),
      side * g.integer(in: 3...(d == .easy ? 10 : 40))
    )
    let spare = d == .hard ? g.integer(in: 3...25) : 0
    let count = a * b / (side * side)
    let room = g.pick(["kitchen", "terrace", "bathroom", "hall", "corridor", "balcony", "laundry"])
    let also = spare == 0 ? "" : " \(spare) extra tiles are bought as a reserve."
    return WordProblem(
      story: [
        "\(who) tiles a \(room) of \(a) cm by \(b) cm with square tiles of \(side) cm.\(also)",
        "Square tiles, \(side) cm wide, shall cover \(other)'s \(room), which measures \(a) cm \u{d7} "
          + "\(b) cm; \(who) lays them.\(also)",
        "The floor of \(who)'s \(room) is \(a) cm long and \(b) cm wide; \(other) sells tiles of "
          + "\(side) cm \u{d7} \(side) cm.\(also)",
      ],
      ask: ["How many tiles are needed?", "How many tiles must be bought?"], form: .whole,
      value: Rational(count + spare),
      steps:
        "Along the sides fit \(a / side) and \(b / side) tiles: \(a / side) \u{d7} \(b / side) = "
        + "\(count)" + (spare == 0 ? "." : "; plus \(spare) makes \(count + spare)."),
      wrong: [
        ("area-over-side", Rational(a * b / side)),
        ("perimeter-only", Rational(2 * (a + b) / side)),
        ("reserve-missed", Rational(count - max(1, spare))),
      ]
    ).item(&g, d)
  }

  private static func box(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, _) = people(&g)
    let firm = g.pick(Vocabulary.companies)
    let sides = (1...3).map { _ in g.integer(d, easy: 2...10, medium: 5...40, hard: 12...95) }
    let text = sides.map { "\($0) cm" }.joined(separator: " \u{d7} ")
    let volume = sides.reduce(1, *)
    let surface = 2 * (sides[0] * sides[1] + sides[0] * sides[2] + sides[1] * sides[2])
    let wantsSurface = d != .easy && g.once(in: 2)
    let thing = g.pick(["box", "aquarium", "crate", "chest", "block", "container", "parcel"])
    return WordProblem(
      story: [
        "\(who) orders a \(thing) from \(firm): \(text).",
        "A \(thing) by \(firm) measures \(text), "
          + "\(who) says.",
        "The sides of \(who)'s \(thing), made by \(firm), are \(Phrasing.list(sides.map { "\($0) cm" })).",
      ],
      ask: wantsSurface
        ? [
          "What is the area of all six faces in cm\u{b2}?",
          "How many cm\u{b2} is the whole surface?",
        ]
        : ["What is its volume in cm\u{b3}?", "How many cubic centimetres does it hold?"],
      form: .whole, value: Rational(wantsSurface ? surface : volume),
      steps: wantsSurface
        ? "2 \u{d7} (\(sides[0] * sides[1]) + \(sides[0] * sides[2]) + \(sides[1] * sides[2])) = "
          + "\(surface)."
        : "\(sides[0]) \u{d7} \(sides[1]) \u{d7} \(sides[2]) = \(volume).",
      wrong: [
        ("surface-volume-confused", Rational(wantsSurface ? volume : surface)),
        ("half-surface", Rational(surface / 2)), ("edges-added", Rational(sides.reduce(0, +) * 4)),
      ]
    ).item(&g, d)
  }

  private static func triangleAngle(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, other) = people(&g)
    let corners = d == .hard ? g.integer(in: 4...6) : 3
    let sum = (corners - 2) * 180
    let figure =
      [3: "triangle", 4: "quadrilateral", 5: "pentagon", 6: "hexagon"][corners] ?? "polygon"
    var known = (0..<(corners - 1)).map { _ in g.integer(in: 21...(sum / corners + 25)) }
    if known.reduce(0, +) >= sum { known = known.map { $0 / 2 + 5 } }
    let rest = sum - known.reduce(0, +)
    let outside = d != .easy && g.once(in: 2) && rest < 180
    let listed = Phrasing.list(known.map { "\($0)\u{b0}" })
    let field = g.pick(Vocabulary.nouns)
    return WordProblem(
      story: [
        "\(who) draws a \(figure); \(corners - 1) of its angles are \(listed).",
        "A \(figure) in \(other)'s \(field) sketch has the angles \(listed) and one unknown.",
        "\(other) measures \(listed) in a \(figure) by \(who). One angle is missing.",
      ],
      ask: outside
        ? [
          "How many degrees has the exterior angle beside the missing one?",
          "What is 180\u{b0} minus the missing angle, in degrees?",
        ]
        : ["How many degrees has the missing angle?", "What is the last angle in degrees?"],
      form: .whole, value: Rational(outside ? 180 - rest : rest),
      steps:
        "The angles of a \(figure) sum to \(sum)\u{b0}. \(sum) - \(known.reduce(0, +)) = \(rest)"
        + (outside ? "; the exterior angle is 180 - \(rest) = \(180 - rest)." : "."),
      wrong: [
        ("full-circle", Rational(360 - known.reduce(0, +))),
        ("sum-of-known", Rational(known.reduce(0, +))),
        ("other-side", Rational(outside ? rest : 180 - rest)),
      ]
    ).item(&g, d)
  }

  private static func lShape(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, _) = people(&g)
    let town = g.pick(Vocabulary.cities)
    let (a, b) = (
      g.integer(d, easy: 5...14, medium: 10...50, hard: 30...190),
      g.integer(d, easy: 5...14, medium: 10...50, hard: 30...190)
    )
    let (x, y) = (g.integer(in: 1...(a - 2)), g.integer(in: 1...(b - 2)))
    let value = a * b - x * y
    let cut = g.pick(["shed", "pond", "sand pit", "tower", "stage", "pavilion"])
    let place = g.pick(["lawn", "square", "plot", "hall floor", "courtyard", "deck"])
    return WordProblem(
      story: [
        "A \(place) in \(town) is \(a) m by \(b) m, but a corner of \(x) m by \(y) m belongs to a \(cut). "
          + "\(who) covers the rest.",
        "\(who) has a rectangular \(place) (\(a) m \u{d7} \(b) m) in \(town). In one corner stands a "
          + "\(cut) of \(x) m \u{d7} \(y) m.",
        "From a rectangle of \(a) m \u{d7} \(b) m, a \(place) near \(town), a \(cut) takes away \(x) m "
          + "\u{d7} \(y) m at the corner, \(who) notes.",
      ],
      ask: ["What area is left in m\u{b2}?", "How many square metres remain?"], form: .whole,
      value: Rational(value),
      steps:
        "\(a) \u{d7} \(b) = \(a * b); the corner takes \(x) \u{d7} \(y) = \(x * y). The rest is "
        + "\(value).",
      wrong: [
        ("corner-added", Rational(a * b + x * y)),
        ("sides-subtracted", Rational((a - x) * (b - y))),
        ("corner-ignored", Rational(a * b)),
      ]
    ).item(&g, d)
  }

  private static func pathAround(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, other) = people(&g)
    let (a, b) = (
      g.integer(d, easy: 3...15, medium: 8...45, hard: 21...170),
      g.integer(d, easy: 3...15, medium: 8...45, hard: 21...170)
    )
    let width = g.integer(d, easy: 1...2, medium: 1...4, hard: 2...9)
    let outer = (a + 2 * width) * (b + 2 * width)
    let inner = g.pick(["pool", "flower bed", "statue base", "lawn", "court", "pond"])
    let ring = g.pick(["path", "border of gravel", "strip of stone", "walkway", "frame of wood"])
    return WordProblem(
      story: [
        "Around \(who)'s \(inner) of \(a) m \u{d7} \(b) m runs a \(ring), \(width) m wide everywhere.",
        "\(other) builds a \(ring) \(width) m in width around a rectangular \(inner), \(a) m long and "
          + "\(b) m wide, for \(who).",
        "A \(inner) (\(a) m by \(b) m) is surrounded by a \(ring) of \(width) m. \(who) and \(other) "
          + "need its size.",
      ],
      ask: [
        "What is the area of the \(ring) in m\u{b2}?", "How many m\u{b2} does the \(ring) cover?",
      ],
      form: .whole, value: Rational(outer - a * b),
      steps:
        "Outside: \(a + 2 * width) \u{d7} \(b + 2 * width) = \(outer). Inside: \(a) \u{d7} \(b) = "
        + "\(a * b). The difference is \(outer - a * b).",
      wrong: [
        ("one-side-only", Rational((a + width) * (b + width) - a * b)),
        ("corners-missed", Rational(2 * width * (a + b))), ("outer-area", Rational(outer)),
      ]
    ).item(&g, d)
  }

  private static func ladder(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, _) = people(&g)
    let town = g.pick(Vocabulary.cities)
    let triple = g.pick([
      (3, 4, 5), (5, 12, 13), (8, 15, 17), (7, 24, 25), (20, 21, 29), (9, 40, 41), (12, 35, 37),
    ])
    let k = g.integer(d, easy: 1...6, medium: 2...20, hard: 4...60)
    let swap = g.once(in: 2)
    let (a, b, c) = (
      k * (swap ? triple.1 : triple.0), k * (swap ? triple.0 : triple.1), k * triple.2
    )
    let askLong = d != .hard || g.once(in: 2)
    let tall = g.pick(["wall", "tower", "mast", "tree", "silo", "chimney"])
    let item = g.pick(["ladder", "cable", "beam", "rope", "ramp"])
    return WordProblem(
      story: askLong
        ? [
          "\(who) stretches a \(item) from a point \(a) dm from a \(tall) in \(town) to its top at "
            + "\(b) dm.",
          "A \(tall) in \(town) is \(b) dm high. The \(item) that \(who) uses starts \(a) dm away on "
            + "level ground and ends at the top.",
        ]
        : [
          "A \(item) of \(c) dm leans on a \(tall) in \(town); its foot is \(a) dm away, \(who) measures.",
          "\(who) sets a \(item), \(c) dm long, \(a) dm from the foot of a \(tall) in \(town).",
        ],
      ask: askLong
        ? ["How long is the \(item) in dm?", "What is the length of the \(item), in dm?"]
        : ["How high does it reach, in dm?", "At which height (dm) does it touch the \(tall)?"],
      form: .whole, value: Rational(askLong ? c : b),
      steps: askLong
        ? "\(a)\u{b2} + \(b)\u{b2} = \(a * a + b * b) = \(c)\u{b2}."
        : "\(c)\u{b2} - \(a)\u{b2} = \(c * c - a * a) = \(b)\u{b2}.",
      wrong: [
        ("sides-added", Rational(askLong ? a + b : c + a)),
        ("root-forgotten", Rational(askLong ? c * c : b * b)),
        ("sides-subtracted", Rational(askLong ? abs(a - b) : c - a)),
      ]
    ).item(&g, d)
  }

  private static func circle(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let (who, _) = people(&g)
    let town = g.pick(Vocabulary.cities)
    let radius = g.integer(d, easy: 1...20, medium: 5...90, hard: 12...480)
    let pi = d == .easy ? Rational(3) : Rational(314, 100)
    let area = g.once(in: 2)
    let byDiameter = d != .easy && g.once(in: 2)
    let value = area ? pi * Rational(radius * radius) : pi * Rational(2 * radius)
    let size = byDiameter ? "diameter of \(2 * radius)" : "radius of \(radius)"
    let thing = g.pick(["table", "plate", "wheel", "pond", "lid", "rug", "stage", "millstone"])
    return WordProblem(
      story: [
        "A round \(thing) of \(who) in \(town) has a \(size) cm. Use \(pi.plain()) for pi.",
        "With pi taken as \(pi.plain()), \(who) measures a circular \(thing) in \(town): a \(size) cm.",
        "\(who)'s \(thing) in \(town) is a circle with a \(size) cm (pi = \(pi.plain())).",
      ],
      ask: area
        ? ["What is its area in cm\u{b2}?", "How many cm\u{b2} does it cover?"]
        : ["What is its circumference in cm?", "How long is its edge in cm?"],
      form: .exact, value: value,
      steps: area
        ? "The radius is \(radius): \(pi.plain()) \u{d7} \(radius)\u{b2} = \(value.plain())."
        : "Circumference: 2 \u{d7} \(pi.plain()) \u{d7} \(radius) = \(value.plain()).",
      wrong: [
        (
          "area-and-edge-confused",
          area ? pi * Rational(2 * radius) : pi * Rational(radius * radius)
        ),
        ("diameter-as-radius", area ? value * 4 : value * 2),
        ("radius-not-squared", pi * Rational(radius)),
      ]
    ).item(&g, d)
  }
}
