internal import ExpertRecord

/// Numbers, dates and measures that are classified by bounds and formulas.
enum ValueLabels {
  static let all: [ProceduralTemplate] = [
    triangle, angles, quadrant, brackets, quarter, weekday, leapYear, shift, sensor, stockCover,
    grade, trend, deadline, numberKind, sequence, meanBand, temperature,
  ]

  private static let triangle = ProceduralTemplate.label("value-triangle-sides", "values") {
    g, difficulty in
    let labels = ["equilateral", "isosceles", "scalene", "impossible"]
    let unit = g.pick(["cm", "mm", "m", "in"])
    return LabelRules(
      instruction: g.pick([
        "Name the triangle with these side lengths.", "What kind of triangle do these sides make?",
      ]) + " It is impossible if the two shorter sides together are not longer than the longest; "
        + "otherwise equilateral with three equal sides, isosceles with exactly two, scalene with none.",
      labels: labels
    ) { g in
      let most = difficulty == .easy ? 30 : 500
      let a = g.integer(in: 2...most)
      let shape = g.below(4)
      let b = shape == 0 ? a : g.integer(in: 2...most)
      let c =
        shape == 0
        ? a : shape == 1 ? b : shape == 3 && difficulty != .easy ? a + b : g.integer(in: 2...most)
      let sides = [a, b, c].sorted()
      let kinds = Set(sides).count
      let plain = kinds == 1 ? labels[0] : kinds == 2 ? labels[1] : labels[2]
      let label = sides[0] + sides[1] <= sides[2] ? labels[3] : plain
      return LabelCase(
        shown: "Sides: \(g.shuffled(sides).map { "\($0) \(unit)" }.joined(separator: ", "))",
        label: label,
        steps: [
          "Shorter sides: \(sides[0]) + \(sides[1]) = \(sides[0] + sides[1]); longest: \(sides[2]).",
          "Different lengths: \(kinds).",
        ],
        wrong: [
          ("ignores-inequality", plain),
          ("degenerate-allowed", sides[0] + sides[1] < sides[2] ? labels[3] : plain),
        ])
    }
  }

  private static let angles = ProceduralTemplate.label("value-triangle-angles", "values") {
    g, difficulty in
    let labels = ["acute", "right", "obtuse", "invalid"]
    return LabelRules(
      instruction:
        "Two angles of a triangle are given in degrees. Work out the third and classify the "
        + "triangle: right with an angle of exactly 90, obtuse with a larger one, acute if all are "
        + "smaller, invalid if the two given ones already reach 180 or more.",
      labels: labels
    ) { g in
      let a = g.integer(in: 5...120)
      let b = g.oneIn(4) ? 90 : g.oneIn(3) && a < 85 ? 90 - a : g.integer(in: 5...120)
      guard b > 0 else { return nil }
      let c = 180 - a - b
      let largest = max(a, b, c)
      let label =
        c <= 0 ? labels[3] : largest == 90 ? labels[1] : largest > 90 ? labels[2] : labels[0]
      let tenth = difficulty == .hard ? ".0" : ""
      return LabelCase(
        shown: "First angle: \(a)\(tenth)°, second angle: \(b)\(tenth)°", label: label,
        steps: ["Third angle: 180 - \(a) - \(b) = \(c).", "Largest angle: \(largest)."],
        wrong: [
          ("ignores-third-angle", max(a, b) == 90 ? "right" : max(a, b) > 90 ? "obtuse" : "acute"),
          ("skips-validity", largest > 90 ? "obtuse" : "acute"),
        ])
    }
  }

  private static let quadrant = ProceduralTemplate.label("value-quadrant", "values") {
    g, difficulty in
    let names = g.pick([
      ["I", "II", "III", "IV"], ["north-east", "north-west", "south-west", "south-east"],
    ])
    let (cx, cy) = difficulty == .easy ? (0, 0) : (g.integer(in: -20...20), g.integer(in: -20...20))
    return LabelRules(
      instruction:
        "In which part of the plane is the point, seen from the centre (\(cx), \(cy))? x larger and "
        + "y larger: \(names[0]); x smaller, y larger: \(names[1]); both smaller: \(names[2]); x larger, y "
        + "smaller: \(names[3]); equal in x or in y: axis.",
      labels: names + ["axis"]
    ) { g in
      let (x, y) = (
        g.oneIn(5) ? cx : g.integer(in: -60...60), g.oneIn(5) ? cy : g.integer(in: -60...60)
      )
      let place = { (dx: Int, dy: Int) in
        dx == 0 || dy == 0
          ? "axis" : dy > 0 ? (dx > 0 ? names[0] : names[1]) : (dx > 0 ? names[3] : names[2])
      }
      return LabelCase(
        shown: "Point: (\(x), \(y))", label: place(x - cx, y - cy),
        steps: ["Relative to the centre: (\(x - cx), \(y - cy))."],
        wrong: [
          ("ignores-centre", place(x, y)), ("swapped-axes", place(y - cy, x - cx)),
          ("mirrored", place(cx - x, y - cy)),
        ])
    }
  }

  private static let brackets = ProceduralTemplate.label("value-age-group", "values") {
    g, difficulty in
    let names = g.pick([
      ["child", "youth", "adult", "senior"], ["A", "B", "C", "D"],
      ["mini", "junior", "open", "masters"],
    ])
    let bounds = [g.integer(in: 8...13), g.integer(in: 16...20), g.integer(in: 50...67)]
    let year = g.integer(in: 2020...2026)
    let day = g.sampleDay(year: year)
    return LabelRules(
      instruction: difficulty == .easy
        ? "Find the age group: under \(bounds[0]) is \(names[0]), \(bounds[0]) to \(bounds[1] - 1) is \(names[1]), "
          + "\(bounds[1]) to \(bounds[2] - 1) is \(names[2]), \(bounds[2]) and over is \(names[3])."
        : "Find the age group on \(day) from the date of birth (completed years count): under \(bounds[0]) is "
          + "\(names[0]), \(bounds[0]) to \(bounds[1] - 1) is \(names[1]), \(bounds[1]) to \(bounds[2] - 1) is "
          + "\(names[2]), \(bounds[2]) and over is \(names[3]).",
      labels: names
    ) { g in
      let near = g.oneIn(2)
      let span = near ? g.pick(bounds) : g.integer(in: 1...90)
      let birthYear = year - span
      let birth = g.sampleDay(year: birthYear)
      let before = String(birth.dropFirst(5)) > String(day.dropFirst(5))
      let age = difficulty == .easy ? span : span - (before ? 1 : 0)
      let group = { (age: Int) in names[bounds.filter { age >= $0 }.count] }
      guard age >= 0 else { return nil }
      return LabelCase(
        shown: difficulty == .easy
          ? "\(g.samplePerson()), aged \(age)" : "\(g.samplePerson()), born \(birth)",
        label: group(age),
        steps: difficulty == .easy
          ? ["The age is \(age)."]
          : [
            "\(year) - \(birthYear) = \(span); the birthday \(before ? "has not yet come" : "has been reached").",
            "Age: \(age).",
          ],
        wrong: [
          ("ignores-birthday", group(span)), ("off-by-one", group(age + 1)),
          ("off-by-one-down", group(max(0, age - 1))),
        ])
    }
  }

  private static let quarter = ProceduralTemplate.label("value-quarter", "values") {
    g, difficulty in
    let start = difficulty == .easy ? 1 : g.integer(in: 2...12)
    let names = g.pick([["Q1", "Q2", "Q3", "Q4"], ["first", "second", "third", "fourth"]])
    return LabelRules(
      instruction: difficulty == .easy
        ? "Which quarter of the calendar year does the date (\(g.pick(["given as year-month-day", "ISO form"]))) fall into? January to March is \(names[0]), and so on in steps of three months."
        : "The business year starts on the first of month \(start). Its quarters are \(names.joined(separator: ", ")) in order, three months each. Which quarter does the date fall into?",
      labels: names
    ) { g in
      let date = g.sampleDay(year: g.integer(in: 1998...2031))
      let month = Int(date.dropFirst(5).prefix(2)) ?? 1
      let place = (month - start + 12) % 12 / 3
      let shown =
        difficulty == .hard
        ? "\(Int(date.suffix(2)) ?? 1) \(SampleNames.months[month - 1]) \(date.prefix(4))" : date
      return LabelCase(
        shown: "\(g.pick(["Invoice", "Booking", "Report", "Order"])) dated \(shown)",
        label: names[place],
        steps: [
          "The month is number \(month).",
          "It is \((month - start + 12) % 12) months after the start.",
        ],
        wrong: [
          ("calendar-quarter", names[(month - 1) / 3]),
          ("off-by-one-month", names[(month - start + 13) % 12 / 3]),
        ])
    }
  }

  private static let weekday = ProceduralTemplate.label("value-weekday", "values") {
    g, difficulty in
    let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    let holiday = g.integer(in: 0...4)
    let labels = difficulty == .easy ? ["workday", "weekend"] : ["workday", "weekend", "closed"]
    return LabelRules(
      instruction:
        "Saturday and Sunday are weekend\(difficulty == .easy ? "" : ", every \(days[holiday]) is closed"), all other days are "
        + "workday. Count on from the day given and classify the day reached.", labels: labels
    ) { g in
      let start = g.below(7)
      let shift = g.integer(in: 1...(difficulty == .easy ? 12 : difficulty == .medium ? 60 : 400))
      let back = difficulty == .hard && g.oneIn(2)
      let kind = { (day: Int) in
        day >= 5 ? "weekend" : difficulty != .easy && day == holiday ? "closed" : "workday"
      }
      let end = ((start + (back ? -shift : shift)) % 7 + 7) % 7
      return LabelCase(
        shown: "\(shift) days \(back ? "before" : "after") a \(days[start])", label: kind(end),
        steps: [
          "\(shift) mod 7 = \(shift % 7).",
          "\(shift % 7) days \(back ? "before" : "after") \(days[start]) is \(days[end]).",
        ],
        wrong: [
          ("off-by-one", kind((end + 1) % 7)),
          ("wrong-direction", kind(((start - (back ? -shift : shift)) % 7 + 7) % 7)),
          ("ignores-closing-day", end >= 5 ? "weekend" : "workday"),
        ])
    }
  }

  private static let leapYear = ProceduralTemplate.label("value-february", "values") {
    g, difficulty in
    let labels = ["leap", "common", "not-a-year"]
    let first = g.integer(in: 1583...1700)
    return LabelRules(
      instruction:
        "A year is leap if it is divisible by 4, except full centuries that are not divisible by 400; "
        + "other years are common. Anything below \(first) or not a whole number is not-a-year.",
      labels: labels
    ) { g in
      let pick = g.below(5)
      let year =
        pick == 0
        ? g.integer(in: 17...28) * 100
        : pick == 1
          ? g.integer(in: 100...1500)
          : pick == 2 ? g.integer(in: 440...700) * 4 : g.integer(in: 1710...2800)
      let fraction = difficulty != .easy && g.oneIn(7)
      let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      let label = fraction || year < first ? labels[2] : leap ? labels[0] : labels[1]
      return LabelCase(
        shown: "Value entered as the year: \(year)\(fraction ? ".5" : "")", label: label,
        steps: ["\(year) mod 4 = \(year % 4), mod 100 = \(year % 100), mod 400 = \(year % 400)."],
        wrong: [
          ("ignores-century-rule", year % 4 == 0 ? "leap" : "common"),
          ("ignores-bounds", leap ? "leap" : "common"),
        ])
    }
  }

  private static let shift = ProceduralTemplate.label("value-shift", "values") { g, difficulty in
    let names = g.pick([
      ["early", "late", "night"], ["red", "blue", "green"], ["team-1", "team-2", "team-3"],
    ])
    let start = g.integer(in: 4...8) * 60 + g.pick([0, 15, 30])
    let lengths =
      difficulty == .easy ? [480, 480] : [g.integer(in: 6...9) * 60, g.integer(in: 6...9) * 60]
    let text = { (minutes: Int) in "\(Padded.two(minutes / 60 % 24)):\(Padded.two(minutes % 60))" }
    let (second, third) = (start + lengths[0], start + lengths[0] + lengths[1])
    let zone = difficulty == .hard ? g.integer(in: 1...9) : 0
    return LabelRules(
      instruction:
        "Shifts: \(names[0]) from \(text(start)), \(names[1]) from \(text(second)), \(names[2]) from "
        + "\(text(third)) until \(names[0]) begins again. The first minute belongs to the new shift. Which shift "
        + "is on duty?"
        + (zone > 0 ? " The time stamp is UTC; the plant is \(zone) h ahead of it." : ""),
      labels: names
    ) { g in
      let local = g.oneIn(3) ? g.pick([start, second, third]) - g.below(2) : g.below(1440)
      let stamp = ((local - zone * 60) % 1440 + 1440) % 1440
      let place = { (minutes: Int) in
        let offset = ((minutes - start) % 1440 + 1440) % 1440
        return names[offset < lengths[0] ? 0 : offset < lengths[0] + lengths[1] ? 1 : 2]
      }
      return LabelCase(
        shown: "Event at \(text(stamp))\(zone > 0 ? " UTC" : "")", label: place(local),
        steps: [
          "Local time: \(text(((local % 1440) + 1440) % 1440)).",
          "It lies in the shift \(place(local)).",
        ],
        wrong: [
          ("ignores-time-zone", place(stamp)), ("off-by-one-minute", place(local - 1)),
          ("wrong-direction", place(local - 2 * zone * 60)),
        ])
    }
  }

  private static let sensor = ProceduralTemplate.label("value-hysteresis", "values") {
    g, difficulty in
    let (low, high) = (g.integer(in: 10...40), g.integer(in: 50...90))
    let names = g.pick([["on", "off"], ["open", "closed"], ["running", "stopped"]])
    let fault = difficulty == .hard
    let quantity = g.pick(["level", "pressure", "humidity", "load"])
    return LabelRules(
      instruction:
        "A \(g.pick(["pump", "fan", "valve", "heater"])) starts in the state \(names[1]). A \(quantity) of \(high) or "
        + "more switches it to \(names[0]), \(low) or less to \(names[1]); between the two it keeps its state."
        + (fault
          ? " A reading below 0 or above 100 is a fault; after a fault the final label is fault."
          : "")
        + " What is its state after the last reading?",
      labels: names + (fault ? ["fault"] : [])
    ) { g in
      let count = difficulty == .easy ? 4 : difficulty == .medium ? 7 : 10
      let readings = (0..<count).map { _ in
        fault && g.oneIn(22)
          ? g.integer(in: 101...140)
          : g.oneIn(3) ? g.pick([low, high, low + 1, high - 1]) : g.integer(in: 0...100)
      }
      var on = false
      for value in readings where value <= 100 {
        on = value >= high ? true : value <= low ? false : on
      }
      let broken = readings.contains { $0 > 100 }
      let label = broken && fault ? "fault" : on ? names[0] : names[1]
      let last = readings.last ?? 0
      return LabelCase(
        shown: "Readings of the \(quantity): \(readings.map(String.init).joined(separator: ", "))",
        label: label,
        steps: [
          "On from \(high), off from \(low) downwards.",
          "The last switching reading is \(readings.last { $0 >= high || $0 <= low }.map(String.init) ?? "none").",
        ],
        wrong: [
          ("ignores-memory", last >= high ? names[0] : names[1]),
          ("inverted-state", on ? names[1] : names[0]),
        ])
    }
  }

  private static let stockCover = ProceduralTemplate.label("value-stock-cover", "values") {
    g, difficulty in
    let labels = ["reorder", "fine", "overstock"]
    let low = g.integer(in: 4...12)
    let high = low + g.integer(in: 15...60)
    let transit = difficulty != .easy
    return LabelRules(
      instruction:
        "Days of cover = stock\(transit ? " plus units in transit" : ""), divided by daily sales. Below \(low) days: "
        + "reorder; above \(high) days: overstock; otherwise fine."
        + (difficulty == .hard ? " Reserved units are taken from the stock first." : ""),
      labels: labels
    ) { g in
      let daily = g.integer(in: 2...25)
      let days = g.oneIn(3) ? g.pick([low, high]) : g.integer(in: 1...(high + 30))
      let moving = transit ? g.integer(in: 0...(daily * 6)) : 0
      let reserved = difficulty == .hard ? g.integer(in: 0...(daily * 4)) : 0
      let stock = days * daily + g.below(daily) - moving + reserved
      guard stock >= reserved else { return nil }
      let decide = { (units: Int) in
        units < low * daily ? labels[0] : units > high * daily ? labels[2] : labels[1]
      }
      let units = stock + moving - reserved
      var text = "Article \(g.pick(SampleNames.products)): stock \(stock), sells \(daily) a day"
      if transit { text += ", in transit \(moving)" }
      if difficulty == .hard { text += ", reserved \(reserved)" }
      return LabelCase(
        shown: text, label: decide(units),
        steps: [
          "Usable units: \(units).",
          "\(units) / \(daily) is \(units / daily) days and \(units % daily) units over; the bounds are \(low) and \(high).",
        ],
        wrong: [
          ("ignores-transit", decide(stock - reserved)),
          ("ignores-reserved", decide(stock + moving)), ("stock-as-days", decide(stock * daily)),
        ])
    }
  }

  private static let grade = ProceduralTemplate.label("value-grade", "values") { g, difficulty in
    let bounds = [g.integer(in: 85...92), g.integer(in: 70...80), g.integer(in: 50...62)]
    let labels = ["A", "B", "C", "F"]
    let weight = g.pick([30, 40, 60])
    let total = difficulty != .easy
    return LabelRules(
      instruction: (total ? "The mark is \(weight) % project and \(100 - weight) % exam. " : "")
        + "From \(bounds[0]) up the grade is A, from \(bounds[1]) B, from \(bounds[2]) C, below F."
        + (difficulty == .hard
          ? " An exam under \(bounds[2] - 20) is always F. Do not round the mark." : ""),
      labels: labels
    ) { g in
      let (project, exam) = (g.integer(in: 20...100), g.integer(in: 20...100))
      let hundredfold = total ? project * weight + exam * (100 - weight) : exam * 100
      let decide = { (mark: Int) in labels[bounds.filter { mark < $0 * 100 }.count] }
      let failed = difficulty == .hard && exam < bounds[2] - 20
      return LabelCase(
        shown: total
          ? "\(g.samplePerson()): project \(project), exam \(exam)"
          : "\(g.samplePerson()): exam \(exam)",
        label: failed ? "F" : decide(hundredfold),
        steps: total
          ? [
            "\(project) × \(weight) % + \(exam) × \(100 - weight) % = \(Padded.hundredths(hundredfold))."
          ] + (failed ? ["The exam alone fails."] : [])
          : ["The mark is \(exam)."],
        wrong: [
          ("plain-average", decide((project + exam) * 50)),
          ("swapped-weights", decide(project * (100 - weight) + exam * weight)),
          ("ignores-minimum", decide(hundredfold)), ("off-by-one", decide(hundredfold + 500)),
        ])
    }
  }

  private static let trend = ProceduralTemplate.label("value-trend", "values") { g, difficulty in
    let tolerance = g.integer(in: 2...9)
    let labels = ["rising", "falling", "flat"]
    let half = difficulty != .easy
    return LabelRules(
      instruction: half
        ? "Compare the mean of the last three values with the mean of the first three. More than \(tolerance) higher is rising, more than \(tolerance) lower is falling, otherwise flat."
        : "Compare the last value with the first. More than \(tolerance) higher is rising, more than \(tolerance) lower is falling, otherwise flat.",
      labels: labels
    ) { g in
      let base = g.integer(in: 100...900)
      let slope = g.integer(in: -4...4)
      let count = difficulty == .easy ? 4 : difficulty == .medium ? 7 : 11
      let values = (0..<count).map { base + slope * $0 + g.integer(in: -6...6) }
      let decide = { (difference: Int, bound: Int) in
        difference > bound ? labels[0] : difference < -bound ? labels[1] : labels[2]
      }
      let edge = values[count - 1] - values[0]
      let sums = (values.prefix(3).reduce(0, +), values.suffix(3).reduce(0, +))
      return LabelCase(
        shown: "Values: \(values.map(String.init).joined(separator: " "))",
        label: half ? decide(sums.1 - sums.0, 3 * tolerance) : decide(edge, tolerance),
        steps: half
          ? [
            "First three add up to \(sums.0), last three to \(sums.1).",
            "Difference of the means: (\(sums.1) - \(sums.0)) / 3; tolerance \(tolerance).",
          ]
          : ["\(values[count - 1]) - \(values[0]) = \(edge); tolerance \(tolerance)."],
        wrong: [
          ("ends-only", decide(edge, tolerance)), ("ignores-tolerance", decide(edge, 0)),
          ("reversed", decide(half ? sums.0 - sums.1 : -edge, tolerance)),
        ])
    }
  }

  private static let deadline = ProceduralTemplate.label("value-deadline", "values") {
    g, difficulty in
    let hours = g.integer(in: 4...30)
    let labels = ["met", "at-risk", "breached"]
    let margin = g.integer(in: 1...3)
    return LabelRules(
      instruction:
        "A request must be closed within \(hours) hours of opening. Closed in time: met. Still open with more than "
        + "\(margin) hours left: met; with \(margin) hours or less left: at-risk. Closed late, or open past the limit: breached."
        + (difficulty == .hard ? " Time spent waiting for the customer does not count." : ""),
      labels: labels
    ) { g in
      let opened = g.integer(in: 0...600)
      let used =
        g.oneIn(2)
        ? hours * 60 - g.integer(in: -60...(margin * 60 + 60)) : g.integer(in: 20...(hours * 90))
      let waited = difficulty == .hard ? g.integer(in: 10...300) : 0
      let closed = g.oneIn(3)
      let end = opened + used + waited
      let text = { (minutes: Int) in
        "day \(minutes / 1440 + 1), \(Padded.two(minutes / 60 % 24)):\(Padded.two(minutes % 60))"
      }
      let decide = { (used: Int) in
        used > hours * 60
          ? labels[2] : closed || hours * 60 - used > margin * 60 ? labels[0] : labels[1]
      }
      return LabelCase(
        shown: "Opened \(text(opened)); \(closed ? "closed" : "still open at") \(text(end))"
          + (difficulty == .hard ? "; waited \(waited) min for the customer" : ""),
        label: decide(used),
        steps: [
          "Time that counts: \(used / 60) h \(used % 60) min of \(hours) h.",
          closed ? "It is closed." : "It is still open.",
        ],
        wrong: [
          ("ignores-waiting", decide(used + waited)),
          ("ignores-margin", used > hours * 60 ? labels[2] : labels[0]),
          ("open-means-risk", labels[1]),
        ])
    }
  }

  private static let numberKind = ProceduralTemplate.label("value-number-kind", "values") {
    g, difficulty in
    let divisor = g.integer(in: 3...9)
    let labels = ["square", "prime", "multiple", "odd", "even"]
    return LabelRules(
      instruction:
        "Give the first property that holds, in this order: square (of a whole number), prime, multiple (of \(divisor)), odd, even.",
      labels: labels
    ) { g in
      let most = difficulty == .easy ? 100 : difficulty == .medium ? 400 : 2000
      let n =
        g.oneIn(4)
        ? {
          let r = g.integer(in: 2...Int(Double(most).squareRoot())); return r * r
        }() : g.integer(in: 2...most)
      let root = Int(Double(n).squareRoot())
      let isSquare = root * root == n
      let divisorFound = (2...max(2, root)).first { $0 < n && n % $0 == 0 }
      let plain = n % 2 == 0 ? "even" : "odd"
      let rest = n % divisor == 0 ? "multiple" : plain
      let label = isSquare ? "square" : divisorFound == nil ? "prime" : rest
      return LabelCase(
        shown: "Number on the tag: \(n)", label: label,
        steps: [
          isSquare
            ? "\(root) × \(root) = \(n)."
            : "\(root) × \(root) = \(root * root), so it is no square.",
          divisorFound.map { "It is divisible by \($0)." } ?? "No smaller number divides it.",
          "\(n) mod \(divisor) = \(n % divisor).",
        ],
        wrong: [
          ("wrong-priority", rest), ("parity-only", plain),
          ("skips-square", divisorFound == nil ? "prime" : rest),
        ])
    }
  }

  private static let sequence = ProceduralTemplate.label("value-sequence", "values") {
    g, difficulty in
    let labels = ["arithmetic", "geometric", "alternating", "irregular"]
    return LabelRules(
      instruction:
        "Classify the sequence: arithmetic if the difference of neighbours is always the same, geometric if the "
        + "ratio is, alternating if two values take turns, otherwise irregular. The order of this list decides.",
      labels: labels
    ) { g in
      let count = difficulty == .easy ? 4 : difficulty == .medium ? 5 : 7
      let start = g.integer(in: 2...60)
      let kind = g.below(4)
      let step = g.integer(in: 2...25) * (g.oneIn(3) ? -1 : 1)
      let other = start + step
      var values: [Int]
      switch kind {
      case 0, 3: values = (0..<count).map { start + step * $0 }
      case 1:
        let ratio = g.integer(in: 2...4)
        values = [start]
        for _ in 1..<count { values.append(values[values.count - 1] * ratio) }
      default: values = (0..<count).map { $0 % 2 == 0 ? start : other }
      }
      if kind == 3 { values[g.integer(in: 1...(count - 1))] += g.pick([-2, -1, 1, 2]) }
      let differences = zip(values.dropFirst(), values).map { $0 - $1 }
      return LabelCase(
        shown: "Sequence: \(values.map(String.init).joined(separator: ", "))", label: labels[kind],
        steps: ["Differences: \(differences.map(String.init).joined(separator: ", "))."],
        wrong: [
          ("first-two-only", "arithmetic"),
          ("misses-the-break", kind == 3 ? "arithmetic" : "irregular"),
        ])
    }
  }

  private static let meanBand = ProceduralTemplate.label("value-mean-band", "values") {
    g, difficulty in
    let names = g.pick([
      ["quiet", "lively", "busy"], ["bronze", "silver", "gold"], ["light", "medium", "heavy"],
    ])
    let low = g.integer(in: 20...40)
    let high = low + g.integer(in: 10...25)
    let trimmed = difficulty == .hard
    let median = difficulty == .medium
    let what =
      trimmed ? "mean without the largest and the smallest value" : median ? "median" : "mean"
    return LabelRules(
      instruction:
        "Take the \(what) of the counts: below \(low) is \(names[0]), \(low) up to and including \(high) is \(names[1]), above is \(names[2]).",
      labels: names
    ) { g in
      let count = trimmed ? 7 : 5
      let centre = g.integer(in: low - 10...high + 10)
      let values = (0..<count).map { _ in
        max(0, centre + g.integer(in: -14...14) + (g.oneIn(6) ? 60 : 0))
      }
      let sorted = values.sorted()
      let decide = { (sum: Int, parts: Int) in
        sum < low * parts ? names[0] : sum <= high * parts ? names[1] : names[2]
      }
      let sum = values.reduce(0, +)
      let inner = sum - sorted[0] - sorted[count - 1]
      let label =
        trimmed ? decide(inner, count - 2) : median ? decide(sorted[2], 1) : decide(sum, count)
      return LabelCase(
        shown: "Counts: \(values.map(String.init).joined(separator: ", "))", label: label,
        steps: [
          "Sorted: \(sorted.map(String.init).joined(separator: ", ")).",
          trimmed
            ? "\(inner) / \(count - 2)"
            : median ? "The middle one is \(sorted[2])." : "\(sum) / \(count)",
        ],
        wrong: [
          ("plain-mean", decide(sum, count)), ("largest-value", decide(sorted[count - 1], 1)),
          ("middle-in-order-given", decide(values[count / 2], 1)),
        ])
    }
  }

  private static let temperature = ProceduralTemplate.label("value-cold-chain", "values") {
    g, difficulty in
    let (low, high) = (g.integer(in: 1...3), g.integer(in: 6...9))
    let allowed = difficulty == .easy ? 0 : g.integer(in: 1...2)
    return LabelRules(
      instruction:
        "A cooled shipment should stay from \(low) to \(high) °C, both included. With \(allowed == 0 ? "no reading" : "at most \(allowed) reading\(allowed == 1 ? "" : "s")") outside it is "
        + "accept; more make it inspect; any reading below 0 or above \(high + 6) makes it reject, whatever the rest.",
      labels: ["accept", "inspect", "reject"]
    ) { g in
      let count = difficulty == .easy ? 5 : difficulty == .medium ? 8 : 12
      let odds = g.integer(in: 3...14)
      let values = (0..<count).map { _ in
        g.oneIn(odds)
          ? g.integer(in: high...(high + 4))
          : g.oneIn(30) ? g.pick([-2, -1, high + 7, high + 9]) : g.integer(in: low...high)
      }
      let outside = values.filter { $0 < low || $0 > high }.count
      let severe = values.contains { $0 < 0 || $0 > high + 6 }
      let soft = { (count: Int) in count > allowed ? "inspect" : "accept" }
      return LabelCase(
        shown: "Logger (°C): \(values.map(String.init).joined(separator: ", "))",
        label: severe ? "reject" : soft(outside),
        steps: [
          "Outside \(low)–\(high): \(outside).",
          severe ? "One reading is beyond the hard limits." : "None is beyond the hard limits.",
        ],
        wrong: [
          ("ignores-hard-limit", soft(outside)),
          ("bound-excluded", soft(values.filter { $0 <= low || $0 >= high }.count)),
          ("reject-any-outside", outside > 0 ? "reject" : "accept"),
        ])
    }
  }
}
