internal import ExpertRecord

/// How a numeric answer is to be written; the instruction says it, so that the answer is unique.
enum AnswerForm: Sendable, Hashable {
  case whole
  /// Two decimals, no currency sign.
  case money
  /// Rounded half up to so many decimals, which are always written.
  case rounded(Int)
  /// The exact decimal without padding zeros.
  case exact
  /// A fraction in lowest terms, or a whole number.
  case fraction
  /// Minutes after midnight as HH:MM on a 24-hour clock.
  case clock
  /// Minutes as `3 h 5 min`.
  case duration

  func text(_ value: Rational) -> String {
    switch self {
    case .whole: value.fixed(0)
    case .money: value.fixed(2)
    case .rounded(let places): value.fixed(places)
    case .exact: value.plain()
    case .fraction: value.fraction
    case .clock: Self.clock(Int(value.fixed(0)) ?? 0)
    case .duration: Self.duration(Int(value.fixed(0)) ?? 0)
    }
  }

  /// `07:05`; hours wrap at midnight.
  static func clock(_ minutes: Int) -> String {
    let day = ((minutes % 1440) + 1440) % 1440
    let (hour, minute) = (day / 60, day % 60)
    return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
  }

  static func duration(_ minutes: Int) -> String { "\(minutes / 60) h \(minutes % 60) min" }

  func phrase(_ g: inout SeededGenerator) -> String {
    switch self {
    case .whole:
      Phrasing.only(g.pick(["the whole number", "the number", "an integer", "one number"]), &g)
    case .money:
      g.pick([
        "Write the amount with two decimals and no currency sign.",
        "Give just the amount, two digits after the point.",
        "Answer as a plain amount such as 12.50.", "Only the sum, with two decimals.",
        "State the amount to the cent, without a currency symbol.",
        "Reply with the amount alone, in the form 0.00.",
      ])
    case .rounded(let places):
      g.pick([
        "Round half up to \(Phrasing.counted(places, "decimal")); always write the decimals.",
        "Give the number with exactly \(Phrasing.counted(places, "decimal place")), rounded.",
        "Answer with \(Phrasing.counted(places, "digit")) after the point (halves go up).",
        "Only the number, rounded to \(Phrasing.counted(places, "decimal")), zeros kept.",
      ])
    case .exact:
      g.pick([
        "Give the exact number, as a decimal if needed, without padding zeros.",
        "Only the exact value, without superfluous zeros.",
        "Answer with the exact decimal number.", "Write the exact number and no unit.",
        "State the exact value; use a decimal point if it is not whole.",
      ])
    case .fraction:
      g.pick([
        "Answer with a fraction in lowest terms such as 3/4, or a whole number.",
        "Write the reduced fraction a/b (a whole number if b would be 1).",
        "Give the fraction fully reduced, in the form a/b; a whole number stays whole.",
        "Use lowest terms: a/b, or just a if the value is whole.",
      ])
    case .clock:
      g.pick([
        "Answer in 24-hour time as HH:MM.", "Write the time as HH:MM (24-hour clock).",
        "Use the form HH:MM, hours from 00 to 23.", "Give only the time, like 08:05 or 17:40.",
      ])
    case .duration:
      g.pick([
        "Answer in the form \"2 h 5 min\".", "Write hours and minutes like 3 h 0 min.",
        "Use the form H h M min, for example 1 h 45 min.",
      ])
    }
  }
}

/// A story, a question and an exact answer.
struct WordProblem {
  /// Tellings of the same story, of which one is taken.
  var story: [String]
  var ask: [String]
  var form: AnswerForm
  var value: Rational
  /// The steps; the answer is appended.
  var steps: String
  /// What usual mistakes give.
  var wrong: [(name: String, value: Rational)]

  /// The problem as an item: with scene-setting, and with a number that does not matter when hard.
  func item(_ g: inout SeededGenerator, _ d: Difficulty) -> ProceduralItem {
    let answer = form.text(value)
    var told = g.pick(story)
    if g.once(in: 2) { told = Scene.opening(&g) + " " + told }
    if d == .hard || (d == .medium && g.once(in: 3)) { told += " " + Scene.distraction(&g) }
    told = Phrasing.articled(told)
    let question = Phrasing.articled(g.pick(ask))
    let phrase = form.phrase(&g)
    let apart = g.once(in: 3)
    let instruction =
      apart ? "\(Scene.lead(&g)) \(phrase)" : "\(told) \(question) \(phrase)"
    return ProceduralItem(
      instruction: instruction, input: apart ? "\(told) \(question)" : "", output: answer,
      reasoning: "\(steps) The answer is \(answer).", answerKind: .literal,
      corruptions: Wrong.answers(
        answer,
        wrong.map { .init($0.name, form.text($0.value)) } + [
          .init("off-by-one", form.text(value + 1)), .init("doubled", form.text(value * 2)),
        ]))
  }
}

/// Sentences around a problem that change nothing of it.
enum Scene {
  static func opening(_ g: inout SeededGenerator) -> String {
    let city = g.pick(Vocabulary.cities)
    let day = g.pick(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"])
    let look = g.pick(Vocabulary.adjectives)
    return g.pick([
      "It is a \(look) \(day) in \(city).", "This happened in \(city) last \(day).",
      "Here is a question from a school in \(city).", "A visitor to \(city) wrote this down.",
      "On \(day), people in \(city) were busy.", "Consider this case from \(city).",
      "The following was overheard near \(city).", "A \(look) problem, sent in from \(city):",
    ])
  }

  static func distraction(_ g: inout SeededGenerator) -> String {
    let number = g.integer(in: 3...97)
    let person = g.pick(Vocabulary.firstNames)
    let thing = g.pick(Vocabulary.nouns)
    return g.pick([
      "\(person), who is \(number), watches.", "A \(thing) nearby bears the number \(number).",
      "By the way, \(person) owns \(number) stamps with a \(thing) on them.",
      "The radio has been on for \(number) minutes.", "\(person) lives at number \(number).",
      "The last bus of \(person)'s line is number \(number).",
      "A poster of a \(thing) on the wall is \(number) years old.",
    ])
  }

  static func lead(_ g: inout SeededGenerator) -> String {
    g.pick([
      "Solve the word problem.", "Work out the answer to the question.",
      "Read the text and compute what is asked.", "Find the result.",
      "Calculate the answer.", "Answer the following arithmetic question.",
      "Do the computation that the text asks for.", "Solve this exercise.",
    ])
  }
}
