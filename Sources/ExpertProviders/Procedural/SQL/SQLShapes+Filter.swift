internal import ExpertRecord

/// Queries over one table: which rows, in which order, how many of them.
enum SQLShapes {
  static let filter: [SQLShape] = [
    filterRows, parentEquals, likePattern, nullCheck, distinctKinds, topRows, page, caseLabel,
    coalesceNote, betweenDays, precedence, computedColumn,
  ]

  /// Wrong queries made by swapping the WHERE clause.
  static func wrongWheres(
    _ condition: SQLCondition, _ build: (String) -> [String]
  ) -> [SQLQuery.Wrong] {
    condition.wrongClauses.map { SQLQuery.Wrong($0.name, "WHERE", build($0.clause)) }
  }

  static let filterRows = SQLShape("filter-rows", "filter") { g, difficulty, s in
    let condition = SQLCondition(&g, difficulty, s)
    let extra = g.pick([s.amount, s.day, s.kind])
    let build = { (clause: String) in
      ["SELECT id, \(extra)", "FROM \(s.childTable)", clause, "ORDER BY id"]
    }
    return SQLQuery(
      g.pick([
        "Return `id` and `\(extra)` of every \(s.child) whose \(condition.words), by ascending `id`.",
        "Which \(s.childrenNoun) have this property: \(condition.words)? Show `id`, `\(extra)`, "
          + "smallest `id` first.",
        "List the \(s.childrenNoun) where \(condition.words): columns `id` and `\(extra)`, "
          + "ordered by `id`.",
      ]), build(condition.clause),
      steps: [
        "All columns asked for are in `\(s.childTable)`, so no join is needed.",
        "The condition becomes \(condition.sql).", "ORDER BY id gives the order asked for.",
      ],
      wrong: wrongWheres(condition, build)
        + [
          .init(
            "missing-column", "SELECT",
            ["SELECT id", "FROM \(s.childTable)", condition.clause, "ORDER BY id"])
        ],
      trace: "SELECT id FROM \(s.childTable) \(condition.clause) ORDER BY id")
  }

  static let parentEquals = SQLShape("parent-equals", "select") { g, difficulty, s in
    let row = g.pick(s.parents)
    let bound = g.pick(s.parents).level
    let extra = difficulty == .easy ? "" : " AND \(s.level) <= \(bound)"
    let words = difficulty == .easy ? "" : " and whose `\(s.level)` is at most \(bound)"
    let build = { (clause: String, order: String) in
      ["SELECT \(s.label), \(s.level)", "FROM \(s.parentTable)", clause, order]
    }
    let clause = "WHERE \(s.group) = '\(row.group)'\(extra)"
    let order = "ORDER BY \(s.level) DESC, \(s.label)"
    return SQLQuery(
      g.pick([
        "List `\(s.label)` and `\(s.level)` of the \(s.parentsNoun) whose `\(s.group)` is "
          + "'\(row.group)'\(words), highest `\(s.level)` first, equal ones by `\(s.label)`.",
        "For `\(s.group)` '\(row.group)', show each \(s.parent)'s `\(s.label)` and "
          + "`\(s.level)`\(words.isEmpty ? "" : ", only those with `\(s.level)` up to \(bound)"); "
          + "sort by `\(s.level)` descending, then `\(s.label)`.",
      ]), build(clause, order),
      steps: [
        "The rows come from `\(s.parentTable)`.",
        "The text constant stands in single quotes: \(clause).",
        "DESC belongs to `\(s.level)` only; `\(s.label)` breaks ties upwards.",
      ],
      wrong: [
        .init("missing-where", "WHERE", build("", order)),
        .init("ascending-order", "ORDER BY", build(clause, "ORDER BY \(s.level), \(s.label)")),
        .init(
          "negated-condition", "WHERE", build("WHERE \(s.group) <> '\(row.group)'\(extra)", order)),
        .init("quoted-identifier", "WHERE", build("WHERE \(s.group) = \(s.level)", order)),
      ])
  }

  static let likePattern = SQLShape("like-pattern", "filter") { g, _, s in
    let label = g.pick(s.parents).label
    guard let first = label.first, first.isASCII, first.isLetter else { return nil }
    let end = String(label.suffix(2))
    guard !end.contains("'") else { return nil }
    let starts = g.oneIn(2)
    let right = starts ? "\(first)%" : "%\(end)"
    let words = starts ? "starts with '\(first)'" : "ends in '\(end)'"
    let flipped = starts ? "%\(first)" : "\(end)%"
    let build = { (pattern: String) in
      [
        "SELECT id, \(s.label)", "FROM \(s.parentTable)", "WHERE \(s.label) LIKE '\(pattern)'",
        "ORDER BY id",
      ]
    }
    return SQLQuery(
      g.pick([
        "Find the \(s.parentsNoun) whose `\(s.label)` \(words) (LIKE ignores the case of ASCII "
          + "letters). Return `id` and `\(s.label)` by `id`.",
        "Which \(s.parentsNoun) have a `\(s.label)` that \(words), upper and lower case alike? "
          + "Give `id` and `\(s.label)`, ordered by `id`.",
      ]), build(right),
      steps: [
        "A prefix or suffix test is LIKE with % standing for any text.",
        "The % goes on the \(starts ? "right" : "left"): '\(right)'.",
      ],
      wrong: [
        .init("wrong-wildcard-side", "WHERE", build(flipped)),
        .init("missing-wildcard", "WHERE", build(starts ? "\(first)" : end)),
        .init("wildcard-both-sides", "WHERE", build(starts ? "%\(first)%" : "%\(end)%")),
        .init("single-character-wildcard", "WHERE", build(starts ? "\(first)_" : "_\(end)")),
      ],
      alternative: (
        "without LIKE, comparing lower-case text cut by substr",
        SQLQuery.statement([
          "SELECT id, \(s.label)", "FROM \(s.parentTable)",
          starts
            ? "WHERE lower(substr(\(s.label), 1, 1)) = '\(first.lowercased())'"
            : "WHERE lower(substr(\(s.label), -2)) = '\(end.lowercased())'",
          "ORDER BY id",
        ])
      ))
  }

  static let nullCheck = SQLShape("null-check", "filter") { g, difficulty, s in
    let missing = g.oneIn(2)
    let kind = g.pick(s.children).kind
    let extra = difficulty == .easy ? "" : " AND \(s.kind) <> '\(kind)'"
    let words = difficulty == .easy ? "" : " and a `\(s.kind)` other than '\(kind)'"
    let test = missing ? "IS NULL" : "IS NOT NULL"
    let build = { (test: String, extra: String) in
      [
        "SELECT id, \(s.kind), \(s.day)", "FROM \(s.childTable)",
        "WHERE \(s.note) \(test)\(extra)", "ORDER BY \(s.day), id",
      ]
    }
    return SQLQuery(
      "\(g.pick(["Show", "List", "Return"])) `id`, `\(s.kind)` and `\(s.day)` of the "
        + "\(s.childrenNoun) with \(missing ? "no" : "a") `\(s.note)` (NULL means none)\(words), "
        + "oldest `\(s.day)` first, then by `id`.", build(test, extra),
      steps: [
        "NULL is not equal to anything, not even to NULL, so the test is \(test).",
        difficulty == .easy
          ? "No other condition applies." : "The second condition is joined by AND.",
      ],
      wrong: [
        .init("equals-null", "WHERE", build(missing ? "= NULL" : "<> NULL", extra)),
        .init("negated-condition", "WHERE", build(missing ? "IS NOT NULL" : "IS NULL", extra)),
        .init("empty-string-for-null", "WHERE", build(missing ? "= ''" : "= '\(s.note)'", extra)),
        .init("missing-condition", "WHERE", build(test, "")),
      ],
      trace: "SELECT id FROM \(s.childTable) WHERE \(s.note) \(test) ORDER BY id")
  }

  static let distinctKinds = SQLShape("distinct-values", "select") { g, difficulty, s in
    let condition = SQLCondition(&g, difficulty, s, without: [0])
    let build = { (distinct: String, clause: String, order: String) in
      ["SELECT \(distinct)\(s.kind)", "FROM \(s.childTable)", clause, order]
    }
    let order = "ORDER BY \(s.kind)"
    return SQLQuery(
      g.pick([
        "Which different values of `\(s.kind)` occur among the \(s.childrenNoun) where "
          + "\(condition.words)? Each once, in alphabetical order.",
        "List every `\(s.kind)` without repetition, alphabetically, counting only "
          + "\(s.childrenNoun) where \(condition.words).",
      ]), build("DISTINCT ", condition.clause, order),
      steps: ["DISTINCT removes repeated values.", "The condition is \(condition.sql)."],
      wrong: [
        .init("missing-distinct", "SELECT", build("", condition.clause, order)),
        .init(
          "descending-order", "ORDER BY", build("DISTINCT ", condition.clause, "\(order) DESC")),
      ] + wrongWheres(condition) { build("DISTINCT ", $0, order) },
      alternative: (
        "with GROUP BY in place of DISTINCT",
        SQLQuery.statement([
          "SELECT \(s.kind)", "FROM \(s.childTable)", condition.clause, "GROUP BY \(s.kind)", order,
        ])
      ))
  }

  static let topRows = SQLShape("top-rows", "select") { g, difficulty, s in
    let count = g.integer(in: 2...(difficulty == .easy ? 3 : 4))
    let largest = g.oneIn(2)
    let clause = difficulty == .easy ? "" : "WHERE \(s.kind) <> '\(g.pick(s.children).kind)'"
    let words =
      difficulty == .easy
      ? "" : " whose `\(s.kind)` is not \(clause.split(separator: " ").dropFirst(3).joined())"
    let direction = largest ? " DESC" : ""
    let build = { (clause: String, direction: String, count: String) in
      [
        "SELECT id, \(s.amount)", "FROM \(s.childTable)", clause,
        "ORDER BY \(s.amount)\(direction), id", count,
      ]
    }
    guard !words.contains("''") else { return nil }
    return SQLQuery(
      g.pick([
        "Give `id` and `\(s.amount)` of the \(count) \(s.childrenNoun)\(words) with the "
          + "\(largest ? "largest" : "smallest") `\(s.amount)`, in that order; equal amounts by `id`.",
        "Rank the \(s.childrenNoun)\(words) by `\(s.amount)`, \(largest ? "highest" : "lowest") "
          + "first and ties by `id`, and return `id`, `\(s.amount)` of the first \(count).",
      ]), build(clause, direction, "LIMIT \(count)"),
      steps: [
        "Sort by `\(s.amount)`\(largest ? " downwards" : " upwards"), ties by `id` upwards.",
        "LIMIT \(count) keeps the first \(count) rows after sorting.",
      ],
      wrong: [
        .init(
          "wrong-direction", "ORDER BY", build(clause, largest ? "" : " DESC", "LIMIT \(count)")),
        .init("off-by-one", "LIMIT", build(clause, direction, "LIMIT \(count - 1)")),
        .init("missing-limit", "LIMIT", build(clause, direction, "")),
        .init(
          "unsorted", "ORDER BY",
          [
            "SELECT id, \(s.amount)", "FROM \(s.childTable)", clause, "ORDER BY id",
            "LIMIT \(count)",
          ]),
      ])
  }

  static let page = SQLShape("page", "select") { g, difficulty, s in
    let size = g.integer(in: 2...3)
    let number = g.integer(in: 2...(difficulty == .hard ? 3 : 2))
    let skip = size * (number - 1)
    let build = { (limit: String, order: String) in
      ["SELECT id, \(s.day), \(s.amount)", "FROM \(s.childTable)", order, limit]
    }
    let order = "ORDER BY \(s.day) DESC, id DESC"
    return SQLQuery(
      g.pick([
        "The \(s.childrenNoun) are shown newest first (`\(s.day)` descending, then `id` descending), "
          + "\(size) to a page. Return `id`, `\(s.day)` and `\(s.amount)` for page \(number).",
        "Pages hold \(size) \(s.childrenNoun) each, sorted by `\(s.day)` and then `id`, both "
          + "descending. Which rows (`id`, `\(s.day)`, `\(s.amount)`) are on page \(number)?",
      ]), build("LIMIT \(size) OFFSET \(skip)", order),
      steps: [
        "Page \(number) starts after \(number - 1) × \(size) = \(skip) rows.",
        "So the page is LIMIT \(size) OFFSET \(skip) of the sorted rows.",
      ],
      wrong: [
        .init("off-by-one-page", "LIMIT", build("LIMIT \(size) OFFSET \(size * number)", order)),
        .init("first-page", "LIMIT", build("LIMIT \(size)", order)),
        .init("offset-without-size", "LIMIT", build("LIMIT \(size) OFFSET \(number)", order)),
        .init(
          "wrong-direction", "ORDER BY",
          build("LIMIT \(size) OFFSET \(skip)", "ORDER BY \(s.day), id")),
      ])
  }

  static let caseLabel = SQLShape("case-label", "select") { g, difficulty, s in
    let sorted = s.children.map(\.amount).sorted()
    guard let low = sorted.dropFirst(sorted.count / 3).first,
      let high = sorted.dropFirst(2 * sorted.count / 3).first, low < high
    else { return nil }
    let names = g.pick([
      ["small", "medium", "large"], ["low", "mid", "top"], ["C", "B", "A"],
      ["minor", "usual", "major"],
    ])
    let clause = difficulty == .hard ? "WHERE \(s.note) IS NULL" : ""
    let build = { (first: String, second: String, clause: String) in
      [
        "SELECT id,", "  CASE \(first)", "    \(second)", "    ELSE '\(names[0])' END AS size",
        "FROM \(s.childTable)", clause, "ORDER BY id",
      ]
    }
    let top = "WHEN \(s.amount) >= \(high) THEN '\(names[2])'"
    let middle = "WHEN \(s.amount) >= \(low) THEN '\(names[1])'"
    return SQLQuery(
      "For each \(s.child)\(clause.isEmpty ? "" : " without a `\(s.note)`") return `id` and a "
        + "column `size`: '\(names[2])' from \(high) of `\(s.amount)` upwards, '\(names[1])' from "
        + "\(low) up to below \(high), otherwise '\(names[0])'. Order by `id`.",
      build(top, middle, clause),
      steps: [
        "CASE takes the first branch that is true, so the higher bound comes first.",
        "\(high) and more: '\(names[2])'; then \(low) and more: '\(names[1])'; else '\(names[0])'.",
      ],
      wrong: [
        .init("branches-swapped", "CASE", build(middle, top, clause)),
        .init(
          "exclusive-bound", "CASE",
          build(
            "WHEN \(s.amount) > \(high) THEN '\(names[2])'",
            "WHEN \(s.amount) > \(low) THEN '\(names[1])'", clause)),
        .init(
          "labels-swapped", "CASE",
          build(
            "WHEN \(s.amount) >= \(high) THEN '\(names[1])'",
            "WHEN \(s.amount) >= \(low) THEN '\(names[2])'", clause)),
        .init("missing-where", "WHERE", build(top, middle, "")),
      ])
  }

  static let coalesceNote = SQLShape("coalesce", "select") { g, difficulty, s in
    let word = g.pick(["none", "unknown", "-", "n/a", "(empty)"])
    let condition = SQLCondition(&g, difficulty == .hard ? .medium : .easy, s, without: [3])
    let clause = difficulty == .easy ? "" : condition.clause
    let words = difficulty == .easy ? "" : " where \(condition.words)"
    let build = { (expression: String, clause: String) in
      ["SELECT id, \(expression) AS shown", "FROM \(s.childTable)", clause, "ORDER BY id"]
    }
    let right = "COALESCE(\(s.note), '\(word)')"
    return SQLQuery(
      "Return `id` and a column `shown` for the \(s.childrenNoun)\(words): the `\(s.note)`, or "
        + "'\(word)' where it is NULL. Order by `id`.", build(right, clause),
      steps: ["COALESCE returns its first argument that is not NULL.", "So: \(right)."],
      wrong: [
        .init("null-left", "SELECT", build(s.note, clause)),
        .init("wrong-function", "SELECT", build("NULLIF(\(s.note), '\(word)')", clause)),
        .init("constant-for-all", "SELECT", build("COALESCE('\(word)', \(s.note))", clause)),
        .init(
          "equals-null", "SELECT",
          build("CASE WHEN \(s.note) = NULL THEN '\(word)' ELSE \(s.note) END", clause)),
      ],
      alternative: (
        "with a CASE expression in place of COALESCE",
        SQLQuery.statement(
          build("CASE WHEN \(s.note) IS NULL THEN '\(word)' ELSE \(s.note) END", clause))
      ))
  }

  static let betweenDays = SQLShape("between-days", "date") { g, difficulty, s in
    let days = g.sample(s.children.map(\.day), count: 2).sorted()
    guard days.count == 2, days[0] < days[1] else { return nil }
    let condition = SQLCondition(&g, difficulty == .hard ? .medium : .easy, s, without: [2])
    let extra = difficulty == .easy ? "" : " AND \(condition.sql)"
    let words = difficulty == .easy ? "" : ", and where \(condition.words)"
    let build = { (test: String, extra: String) in
      [
        "SELECT id, \(s.day)", "FROM \(s.childTable)", "WHERE \(test)\(extra)",
        "ORDER BY \(s.day), id",
      ]
    }
    return SQLQuery(
      g.pick([
        "Which \(s.childrenNoun) fall between \(days[0]) and \(days[1]), both days included"
          + "\(words)? Return `id` and `\(s.day)` by `\(s.day)`, then `id`.",
        "List `id` and `\(s.day)` of the \(s.childrenNoun) from \(days[0]) to \(days[1]) "
          + "inclusive\(words), in order of `\(s.day)`, then `id`.",
      ]), build("\(s.day) BETWEEN '\(days[0])' AND '\(days[1])'", extra),
      steps: [
        "Dates in the form YYYY-MM-DD compare correctly as text.", "BETWEEN includes both ends.",
      ],
      wrong: [
        .init(
          "exclusive-bound", "WHERE",
          build("\(s.day) > '\(days[0])' AND \(s.day) < '\(days[1])'", extra)
        ),
        .init(
          "reversed-bounds", "WHERE", build("\(s.day) BETWEEN '\(days[1])' AND '\(days[0])'", extra)
        ),
        .init("missing-upper-bound", "WHERE", build("\(s.day) >= '\(days[0])'", extra)),
        .init(
          "unquoted-date", "WHERE", build("\(s.day) BETWEEN \(days[0]) AND \(days[1])", extra)),
      ],
      alternative: (
        "with two comparisons in place of BETWEEN",
        SQLQuery.statement(
          build("\(s.day) >= '\(days[0])' AND \(s.day) <= '\(days[1])'", extra))
      ))
  }

  static let precedence = SQLShape("and-or-precedence", "filter") { g, difficulty, s in
    let kinds = g.sample(Array(Set(s.children.map(\.kind))).sorted(), count: 2)
    guard kinds.count == 2 else { return nil }
    let bound = g.pick(s.children).amount
    let either = "\(s.kind) = '\(kinds[0])' OR \(s.kind) = '\(kinds[1])'"
    let extra = difficulty == .hard ? " AND \(s.note) IS NULL" : ""
    let build = { (clause: String) in
      ["SELECT id, \(s.kind), \(s.amount)", "FROM \(s.childTable)", clause, "ORDER BY id"]
    }
    return SQLQuery(
      "Return `id`, `\(s.kind)` and `\(s.amount)`, by `id`, of the \(s.childrenNoun) that are "
        + "'\(kinds[0])' or '\(kinds[1])' in `\(s.kind)` and, in both cases, have a `\(s.amount)` "
        + "above \(bound)\(extra.isEmpty ? "" : " and no `\(s.note)`").",
      build("WHERE (\(either)) AND \(s.amount) > \(bound)\(extra)"),
      steps: [
        "AND binds tighter than OR, so the two kinds need parentheses.",
        "The bound on `\(s.amount)` then holds for both.",
      ],
      wrong: [
        .init(
          "missing-parentheses", "WHERE",
          build("WHERE \(either) AND \(s.amount) > \(bound)\(extra)")),
        .init(
          "and-for-or", "WHERE",
          build(
            "WHERE \(s.kind) = '\(kinds[0])' AND \(s.kind) = '\(kinds[1])' AND \(s.amount) > \(bound)"
          )),
        .init(
          "inclusive-bound", "WHERE", build("WHERE (\(either)) AND \(s.amount) >= \(bound)\(extra)")
        ),
        .init("missing-condition", "WHERE", build("WHERE (\(either))\(extra)")),
      ],
      alternative: (
        "with IN in place of OR",
        SQLQuery.statement(
          build(
            "WHERE \(s.kind) IN ('\(kinds[0])', '\(kinds[1])') AND \(s.amount) > \(bound)\(extra)"))
      ))
  }

  static let computedColumn = SQLShape("computed-column", "select") { g, difficulty, s in
    let factor = g.integer(in: 2...9)
    let shift = g.integer(in: 3...60)
    let expression =
      switch difficulty {
      case .easy: "\(s.amount) * \(factor)"
      case .medium: "\(s.amount) * \(factor) + \(shift)"
      case .hard: "(\(s.amount) + \(shift)) * \(factor)"
      }
    let words =
      switch difficulty {
      case .easy: "\(factor) times `\(s.amount)`"
      case .medium: "\(factor) times `\(s.amount)`, plus \(shift)"
      case .hard: "the sum of `\(s.amount)` and \(shift), multiplied by \(factor)"
      }
    let slip =
      switch difficulty {
      case .easy: "\(s.amount) + \(factor)"
      case .medium: "\(s.amount) * (\(factor) + \(shift))"
      case .hard: "\(s.amount) + \(shift) * \(factor)"
      }
    let kind = g.pick(s.children).kind
    let build = { (expression: String, clause: String) in
      ["SELECT id, \(expression) AS adjusted", "FROM \(s.childTable)", clause, "ORDER BY id"]
    }
    let clause = "WHERE \(s.kind) = '\(kind)'"
    return SQLQuery(
      "For the \(s.childrenNoun) with `\(s.kind)` '\(kind)', return `id` and a column `adjusted` "
        + "that is \(words). Order by `id`.", build(expression, clause),
      steps: ["The new column is \(expression) AS adjusted.", "Only '\(kind)' rows count."],
      wrong: [
        .init("wrong-expression", "SELECT", build(slip, clause)),
        .init("missing-where", "WHERE", build(expression, "")),
        .init("unchanged-column", "SELECT", build(s.amount, clause)),
      ])
  }
}
