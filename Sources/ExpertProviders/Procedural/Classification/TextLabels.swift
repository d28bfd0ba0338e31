internal import ExpertRecord

/// Texts that are classified by stated words, marks and counts.
enum TextLabels {
  static let all: [ProceduralTemplate] = [
    sentiment, topic, policy, spam, language, register, commitType, sentenceKind, urgency, intent,
  ]

  private static let good = [
    "bright", "calm", "clean", "clever", "cosy", "crisp", "fair", "fast", "fresh", "friendly",
    "gentle", "helpful", "honest", "kind", "lovely", "neat", "polite", "prompt", "quiet",
    "reliable",
    "smooth", "solid", "sturdy", "tasty", "tidy", "warm",
  ]
  private static let bad = [
    "bitter", "bland", "broken", "clumsy", "cold", "cracked", "cramped", "dirty", "dull", "faulty",
    "flimsy", "greasy", "grumpy", "late", "leaky", "loud", "messy", "noisy", "pricey", "rude",
    "rusty", "shaky", "slow", "sticky", "stale", "torn",
  ]
  private static let things = [
    "room", "staff", "soup", "bed", "price", "service", "lamp", "app", "road", "seat", "door",
    "packaging", "battery", "screen", "waiter", "garden", "lift", "menu", "handle", "manual",
    "fabric",
    "sound", "smell", "driver", "reply", "website",
  ]
  private static let plain = [
    "table", "window", "river", "letter", "morning", "corner", "ticket", "garden", "paper",
    "yellow",
    "street", "number", "carry", "bring", "often", "around", "between", "near", "open", "walk",
    "autumn", "station", "pencil", "visit", "later", "bottle", "under", "wooden", "picture",
    "small",
  ]

  /// Counts of stated words decide; when hard, "not" before a word turns it round.
  private static let sentiment = ProceduralTemplate.label("text-sentiment", "text") {
    g, difficulty in
    let size = difficulty == .easy ? 4 : difficulty == .medium ? 6 : 8
    let (plus, minus) = (g.sample(good, count: size), g.sample(bad, count: size))
    let negates = difficulty == .hard
    let labels = g.pick([
      ["positive", "neutral", "negative"], ["praise", "balanced", "complaint"],
      ["pro", "even", "contra"],
    ])
    let pick = { (score: Int) in score > 0 ? labels[0] : score < 0 ? labels[2] : labels[1] }
    return LabelRules(
      instruction: g.pick([
        "Judge the review by word counts only.", "Label the mood of the review by counting words.",
      ]) + " Positive words: \(plus.joined(separator: ", ")). Negative words: "
        + "\(minus.joined(separator: ", ")). More positive than negative words give \(labels[0]), "
        + "fewer give \(labels[2]), equal numbers give \(labels[1])."
        + (negates ? " A listed word directly after \"not\" counts for the other side." : ""),
      labels: labels
    ) { g in
      var (score, careless) = (0, 0)
      var steps: [String] = []
      let count = g.integer(in: negates ? 4...7 : 3...5)
      let clauses = (0..<count).map { _ -> String in
        let positive = g.oneIn(2)
        let listed = !g.oneIn(4)
        let word = listed ? g.pick(positive ? plus : minus) : g.pick(plain)
        let turned = negates && listed && g.oneIn(3)
        if listed {
          careless += positive ? 1 : -1
          score += positive != turned ? 1 : -1
          steps.append("\(turned ? "not " : "")\(word): \(positive != turned ? "+1" : "-1")")
        }
        return "the \(g.pick(things)) was \(turned ? "not " : "")\(word)"
      }
      steps.append("Balance: \(score).")
      return LabelCase(
        shown: "\"\(clauses.joined(separator: ", "))\"", label: pick(score), steps: steps,
        wrong: [
          ("ignores-negation", pick(careless)), ("miscounted", pick(score + (score >= 0 ? -1 : 1))),
        ])
    }
  }

  private static let topics: [(String, [String])] = [
    ("sport", ["goal", "match", "coach", "league", "referee", "stadium", "medal", "sprint"]),
    ("finance", ["loan", "bond", "interest", "budget", "dividend", "audit", "tax", "invoice"]),
    (
      "weather",
      ["storm", "frost", "drizzle", "forecast", "humidity", "thunder", "breeze", "heatwave"]
    ),
    ("cooking", ["oven", "garlic", "simmer", "recipe", "dough", "whisk", "pepper", "broth"]),
    (
      "travel",
      ["passport", "luggage", "platform", "hostel", "ferry", "itinerary", "customs", "visa"]
    ),
    ("health", ["fever", "dose", "clinic", "bandage", "nurse", "vaccine", "allergy", "pulse"]),
    ("music", ["chord", "drummer", "tempo", "melody", "violin", "choir", "encore", "tuning"]),
  ]

  private static let topic = ProceduralTemplate.label("text-topic", "text") { g, difficulty in
    let chosen = g.sample(topics, count: difficulty == .easy ? 3 : difficulty == .medium ? 4 : 5)
    let size = difficulty == .easy ? 4 : 6
    let lists = chosen.map { ($0.0, g.sample($0.1, count: size)) }
    let labels = lists.map(\.0) + ["none"]
    return LabelRules(
      instruction: "Find the topic of the note by its key words: "
        + lists.map { "\($0.0) (\($0.1.joined(separator: ", ")))" }.joined(separator: "; ")
        + ". The topic with the most key words in the text wins, each occurrence counting; without "
        + "any, or when the first place is shared, the label is none.", labels: labels
    ) { g in
      var counts = [String: Int]()
      var words = g.sample(plain, count: g.integer(in: 6...10))
      for (name, list) in lists {
        let number = g.below(4)
        counts[name] = number
        for _ in 0..<number { words.append(g.pick(list)) }
      }
      let ranked = lists.map(\.0).sorted { (counts[$0] ?? 0) > (counts[$1] ?? 0) }
      let tie = counts[ranked[0]] == counts[ranked[1]]
      return LabelCase(
        shown: g.shuffled(words).joined(separator: " "), label: tie ? "none" : ranked[0],
        steps: lists.map { "\($0.0): \(counts[$0.0] ?? 0)" } + [
          tie ? "The first place is shared." : "Most: \(ranked[0])."
        ],
        wrong: [("ignores-tie", ranked[0]), ("second-place", ranked[1])])
    }
  }

  private static let policy = ProceduralTemplate.label("text-policy", "text") { g, difficulty in
    let words = g.sample(SampleNames.products + things, count: 12)
    let size = difficulty == .easy ? 3 : difficulty == .medium ? 4 : 5
    let banned = Array(words.prefix(size))
    let watched = Array(words.dropFirst(size).prefix(size))
    let least = difficulty == .easy ? 1 : 2
    let whole = difficulty == .hard
    return LabelRules(
      instruction: "Check the listing against the shop's policy. Any of these words blocks it: "
        + "\(banned.joined(separator: ", ")). \(least == 1 ? "Any" : "At least \(least)") of these, "
        + "repeats counted, sends it to review: \(watched.joined(separator: ", ")). Otherwise it "
        + "passes. Blocking goes before review."
        + (whole
          ? " Only whole words count: a longer word that contains a listed one does not." : ""),
      labels: ["block", "review", "pass"]
    ) { g in
      var text = g.sample(plain, count: g.integer(in: 6...9))
      let bans = g.oneIn(3) ? 1 : 0
      let watches = g.below(4)
      for _ in 0..<bans { text.append(g.pick(banned)) }
      for _ in 0..<watches { text.append(g.pick(watched)) }
      if whole, g.oneIn(2) { text.append("\(g.pick(banned))like") }
      let label = bans > 0 ? "block" : watches >= least ? "review" : "pass"
      return LabelCase(
        shown: g.shuffled(text).joined(separator: " "), label: label,
        steps: ["Blocking words: \(bans).", "Review words: \(watches), \(least) needed."],
        wrong: [
          ("wrong-priority", watches >= least ? "review" : "pass"),
          ("part-of-word", "block"), ("off-by-one", watches + 1 >= least ? "review" : "pass"),
        ])
    }
  }

  private static let spam = ProceduralTemplate.label("text-spam", "text") { g, difficulty in
    let words = g.sample(
      [
        "winner", "prize", "urgent", "click", "free", "bonus", "cash", "offer", "limited",
        "guarantee", "trial", "credit",
      ],
      count: difficulty == .easy ? 3 : difficulty == .medium ? 5 : 7)
    let points = words.map { ($0, g.integer(in: 1...5)) }
    let exclaim = difficulty == .hard ? 1 : 0
    let limit = g.integer(in: 6...10)
    let half = limit / 2
    return LabelRules(
      instruction: "Score the subject line of a mail: "
        + points.map { "\"\($0.0)\" \($0.1)" }.joined(separator: ", ")
        + " points, once for each occurrence"
        + (exclaim > 0 ? ", and \(exclaim) for every exclamation mark" : "")
        + ". \(limit) or more is spam, \(half) to \(limit - 1) is suspect, less is clean.",
      labels: ["spam", "suspect", "clean"]
    ) { g in
      var score = 0
      var steps: [String] = []
      var text = g.sample(plain, count: g.integer(in: 4...7))
      for _ in 0..<g.below(4) {
        let (word, value) = g.pick(points)
        score += value
        steps.append("\(word): \(value)")
        text.append(word)
      }
      let marks = exclaim > 0 ? g.below(4) : 0
      let grade = { (score: Int) in score >= limit ? "spam" : score >= half ? "suspect" : "clean" }
      if marks > 0 { steps.append("exclamation marks: \(marks)") }
      let total = score + marks
      steps.append("Total: \(total).")
      return LabelCase(
        shown:
          "Subject: \(g.shuffled(text).joined(separator: " "))\(String(repeating: "!", count: marks))",
        label: grade(total), steps: steps,
        wrong: [("ignores-marks", grade(score)), ("exclusive-bound", grade(total - 1))])
    }
  }

  private static let markers: [(String, [String])] = [
    ("english", ["the", "and", "with", "from", "this"]),
    ("german", ["und", "nicht", "der", "ein", "mit"]),
    ("french", ["le", "une", "avec", "dans", "pas"]),
    ("spanish", ["el", "una", "con", "por", "pero"]),
    ("dutch", ["het", "een", "niet", "van", "naar"]),
    ("polish", ["jest", "nie", "dla", "oraz", "przez"]),
    ("finnish", ["ja", "on", "ei", "mutta", "kun"]),
    ("turkish", ["ve", "bir", "ile", "ama", "gibi"]),
  ]

  private static let language = ProceduralTemplate.label("text-language", "text") { g, difficulty in
    let chosen = g.sample(markers, count: difficulty == .easy ? 2 : difficulty == .medium ? 3 : 4)
    let labels = chosen.map(\.0) + ["unknown"]
    return LabelRules(
      instruction: "Guess the language by marker words: "
        + chosen.map { "\($0.0) = \($0.1.joined(separator: ", "))" }.joined(separator: "; ")
        + ". Most markers win; with no marker or with a shared first place the label is unknown.",
      labels: labels
    ) { g in
      var words = (0..<g.integer(in: 4...7)).map { _ in g.pick(SampleNames.cities) }
      var counts: [String: Int] = [:]
      for (name, list) in chosen {
        let count = g.below(4)
        counts[name] = count
        for _ in 0..<count { words.append(g.pick(list)) }
      }
      let ranked = chosen.map(\.0).sorted { (counts[$0] ?? 0) > (counts[$1] ?? 0) }
      let tie = counts[ranked[0]] == counts[ranked[1]]
      return LabelCase(
        shown: g.shuffled(words).joined(separator: " "), label: tie ? "unknown" : ranked[0],
        steps: chosen.map { "\($0.0): \(counts[$0.0] ?? 0)" },
        wrong: [("ignores-tie", ranked[0]), ("second-place", ranked[1])])
    }
  }

  private static let register = ProceduralTemplate.label("text-register", "text") { g, difficulty in
    let formal = g.sample(
      ["regards", "hereby", "furthermore", "kindly", "pursuant", "sincerely", "enclosed", "madam"],
      count: 5)
    let casual = g.sample(
      ["hey", "cheers", "gonna", "yep", "folks", "thx", "cool", "btw"], count: 5)
    let lead = difficulty == .easy ? 1 : 2
    return LabelRules(
      instruction: "Decide whether the message is formal or casual. Formal words: "
        + "\(formal.joined(separator: ", ")). Casual words: \(casual.joined(separator: ", ")). One side "
        + "must lead by at least \(lead)\(difficulty == .hard ? "; a greeting \"hey\" at the very start counts twice" : ""); otherwise it is mixed.",
      labels: ["formal", "casual", "mixed"]
    ) { g in
      var words = g.sample(plain, count: g.integer(in: 5...8))
      let (a, b) = (g.below(4), g.below(4))
      for _ in 0..<a { words.append(g.pick(formal)) }
      let rest = casual.filter { $0 != "hey" }
      for _ in 0..<b { words.append(g.pick(rest)) }
      words = g.shuffled(words)
      let greets = difficulty == .hard && casual.contains("hey") && g.oneIn(2)
      if greets { words.insert("hey", at: 0) }
      let decide = { (formal: Int, casual: Int, lead: Int) in
        formal - casual >= lead ? "formal" : casual - formal >= lead ? "casual" : "mixed"
      }
      let total = b + (greets ? 2 : 0)
      return LabelCase(
        shown: words.joined(separator: " "), label: decide(a, total, lead),
        steps: [
          "Formal: \(a).", "Casual: \(total)\(greets ? ", the greeting twice" : "").",
          "Lead needed: \(lead).",
        ],
        wrong: [("ignores-lead", decide(a, total, 1)), ("miscounted", decide(a, total + 1, lead))])
    }
  }

  private static let commitType = ProceduralTemplate.label("text-commit", "text") { g, difficulty in
    let verbs: [(String, [String])] = [
      ("feature", ["add", "allow", "introduce", "support"]),
      ("fix", ["fix", "correct", "repair", "prevent"]),
      ("docs", ["document", "explain", "describe", "clarify"]),
      ("cleanup", ["rename", "remove", "move", "simplify"]),
      ("test", ["test", "cover", "check", "verify"]),
    ]
    let chosen = g.sample(verbs, count: difficulty == .easy ? 3 : difficulty == .medium ? 4 : 5)
    let breaking = difficulty == .hard
    return LabelRules(
      instruction: "Classify the commit title by its first word, case ignored: "
        + chosen.map { "\($0.1.joined(separator: ", ")) → \($0.0)" }.joined(separator: "; ")
        + "; any other first word → other."
        + (breaking
          ? " A title that contains \"BREAKING\" is breaking whatever its first word." : ""),
      labels: chosen.map(\.0) + ["other"] + (breaking ? ["breaking"] : [])
    ) { g in
      let known = !g.oneIn(chosen.count + 1)
      let (name, list) = g.pick(chosen)
      let verb =
        known ? g.pick(list) : g.pick(["bump", "tune", "polish", "merge", "align", "speed up"])
      let later = g.pick(g.pick(chosen).1)
      let isBreaking = breaking && g.oneIn(4)
      let title =
        "\(g.oneIn(2) ? verb.prefix(1).uppercased() + verb.dropFirst() : verb) the "
        + "\(g.pick(SampleNames.services)) \(g.pick(["page", "job", "parser", "cache", "report"])) and "
        + "\(later) its \(g.pick(["log", "tests", "limits", "errors", "names"]))"
      let plainLabel = known ? name : "other"
      let second = chosen.first { $0.1.contains(later) }?.0 ?? "other"
      return LabelCase(
        shown: isBreaking ? "\(title) (BREAKING)" : title,
        label: isBreaking ? "breaking" : plainLabel,
        steps: [
          "The first word is \(verb).",
          isBreaking ? "The title says BREAKING." : "It belongs to \(plainLabel).",
        ],
        wrong: [("later-verb", second), ("ignores-breaking", plainLabel)])
    }
  }

  private static let sentenceKind = ProceduralTemplate.label("text-sentence-kind", "text") {
    g, difficulty in
    let labels = ["question", "exclamation", "order", "statement"]
    let verbs = g.sample(
      ["open", "send", "bring", "close", "check", "write", "call", "wash"],
      count: difficulty == .easy ? 3 : 5)
    return LabelRules(
      instruction:
        "Sort the sentence: it is a question if it ends in ?, an exclamation if it ends in "
        + "!, otherwise an order if its first word is \(AnswerText.list(verbs, "or")), otherwise a "
        + "statement."
        + (difficulty == .easy
          ? "" : " Closing quotation marks and blanks at the end are ignored."),
      labels: labels
    ) { g in
      let kind = g.below(5)
      let order = kind == 2 || kind == 3
      let verb = g.pick(verbs)
      let end = kind == 0 ? "?" : kind == 1 || kind == 3 ? "!" : "."
      let body =
        order
        ? "\(verb.prefix(1).uppercased() + verb.dropFirst()) the \(g.pick(SampleNames.adjectives)) \(g.pick(SampleNames.products)) for \(g.pick(SampleNames.first))"
        : "\(g.pick(SampleNames.first)) will \(g.pick(verbs)) the \(g.pick(SampleNames.adjectives)) \(g.pick(SampleNames.products)) in \(g.pick(SampleNames.cities))"
      let label = end == "?" ? labels[0] : end == "!" ? labels[1] : order ? labels[2] : labels[3]
      let closing = difficulty == .easy ? "" : g.pick(["", "\"", "\" "])
      return LabelCase(
        shown: "\(closing.isEmpty ? "" : "\"")\(body)\(end)\(closing)", label: label,
        steps: [
          "The last mark is \(end)",
          order ? "The first word is \(verb)." : "The first word is no listed verb.",
        ],
        wrong: [("wrong-priority", order ? "order" : "statement"), ("ignores-mark", "statement")])
    }
  }

  private static let urgency = ProceduralTemplate.label("text-urgency", "text") { g, difficulty in
    let hours = g.pick([4, 6, 8, 12, 24])
    let days = g.integer(in: 2...6)
    let labels = g.pick([
      ["now", "soon", "whenever"], ["red", "amber", "green"], ["first", "second", "third"],
    ])
    let vip = difficulty == .hard ? g.pick(SampleNames.companies) : ""
    return LabelRules(
      instruction:
        "Find the deadline in the message. Up to and including \(hours) hours is \(labels[0]); "
        + "longer, but at most \(days) days, is \(labels[1]); everything later is \(labels[2])."
        + (vip.isEmpty
          ? ""
          : " Messages from \(vip) go one step up (\(labels[2]) becomes \(labels[1]), \(labels[1]) becomes \(labels[0])).")
        + (difficulty == .easy ? "" : " One day is 24 hours."),
      labels: labels
    ) { g in
      let unit = g.pick(difficulty == .easy ? ["hours"] : ["hours", "days", "weeks"])
      let number =
        unit == "hours"
        ? g.integer(in: 1...(days * 30))
        : unit == "days" ? g.integer(in: 1...9) : g.integer(in: 1...2)
      let amount = g.oneIn(4) && unit == "hours" ? hours : number
      let total = amount * (unit == "hours" ? 1 : unit == "days" ? 24 : 168)
      let isVIP = !vip.isEmpty && g.oneIn(2)
      var place = total <= hours ? 0 : total <= days * 24 ? 1 : 2
      let before = place
      if isVIP { place = max(0, place - 1) }
      let company = isVIP ? vip : g.pick(SampleNames.companies.filter { $0 != vip })
      return LabelCase(
        shown: "\(g.samplePerson()) of \(company): the \(g.pick(SampleNames.adjectives)) "
          + "\(g.pick(SampleNames.products)) is needed within \(amount) \(unit).",
        label: labels[place],
        steps: [
          "\(amount) \(unit) are \(total) hours.",
          "The bounds are \(hours) and \(days * 24) hours.",
        ]
          + (isVIP ? ["\(vip) moves one step up."] : []),
        wrong: [
          ("ignores-exception", labels[before]), ("wrong-unit", labels[amount <= hours ? 0 : 1]),
        ])
    }
  }

  private static let intent = ProceduralTemplate.label("text-intent", "text") { g, difficulty in
    let intents: [(String, [String])] = [
      ("cancel", ["cancel", "stop", "terminate"]), ("order", ["buy", "order", "purchase"]),
      ("complain", ["unhappy", "complain", "unacceptable"]),
      ("track", ["track", "parcel", "arrive"]),
      ("change-address", ["moved", "address", "relocated"]),
      ("invoice", ["invoice", "receipt", "bill"]),
    ]
    let chosen = g.shuffled(intents).prefix(difficulty == .easy ? 3 : difficulty == .medium ? 4 : 6)
    let latest = difficulty == .hard
    return LabelRules(
      instruction: "Find the intent by trigger words: "
        + chosen.map { "\($0.0) (\($0.1.joined(separator: ", ")))" }.joined(separator: "; ")
        + ". If triggers of several intents occur, the one that appears \(latest ? "last" : "first") in "
        + "the text counts; without a trigger it is other.",
      labels: chosen.map(\.0) + ["other"]
    ) { g in
      let count = g.below(4)
      let found = (0..<count).map { _ in g.pick(Array(chosen)) }
      var words: [String] = []
      for (_, list) in found { words += g.sample(plain, count: 2) + [g.pick(list)] }
      words += g.sample(plain, count: g.integer(in: 3...5))
      let label = (latest ? found.last : found.first)?.0 ?? "other"
      return LabelCase(
        shown: words.joined(separator: " "), label: label,
        steps: found.isEmpty
          ? ["No trigger occurs."]
          : ["Triggers in order: \(found.map(\.0).joined(separator: ", "))."],
        wrong: [
          ("wrong-end", (latest ? found.first : found.last)?.0 ?? chosen[0].0),
          ("misses-trigger", "other"),
        ])
    }
  }
}
