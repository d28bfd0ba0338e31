internal import ExpertRecord

/// Queries that fold many rows into one value, or into one row for each group.
extension SQLShapes {
  static let aggregate: [SQLShape] = [
    countWhere, sumWhere, averageWhere, minMax, countDistinct, countNullable, groupCount, groupSum,
    groupHaving, groupMonth, conditionalSum, groupShare,
  ]

  static let countWhere = SQLShape("count-where", "aggregate") { g, difficulty, s in
    let condition = SQLCondition(&g, difficulty, s)
    let build = { (what: String, clause: String) in
      ["SELECT \(what)", "FROM \(s.childTable)", clause]
    }
    return SQLQuery(
      g.pick([
        "How many \(s.childrenNoun) are there where \(condition.words)?",
        "Count the \(s.childrenNoun) for which \(condition.words).",
      ]), build("COUNT(*)", condition.clause),
      steps: ["COUNT(*) counts rows.", "Only rows with \(condition.sql) may count."],
      wrong: wrongWheres(condition) { build("COUNT(*)", $0) } + [
        .init("wrong-aggregate", "SELECT", build("SUM(\(s.amount))", condition.clause))
      ], trace: "SELECT id FROM \(s.childTable) \(condition.clause) ORDER BY id")
  }

  static let sumWhere = SQLShape("sum-where", "aggregate") { g, difficulty, s in
    let condition = SQLCondition(&g, difficulty, s)
    let build = { (what: String, clause: String) in
      ["SELECT \(what)", "FROM \(s.childTable)", clause]
    }
    return SQLQuery(
      g.pick([
        "What is the total `\(s.amount)` of the \(s.childrenNoun) where \(condition.words)?",
        "Add up `\(s.amount)` over all \(s.childrenNoun) for which \(condition.words).",
      ]), build("SUM(\(s.amount))", condition.clause),
      steps: ["SUM adds the column over the rows that remain.", "They satisfy \(condition.sql)."],
      wrong: wrongWheres(condition) { build("SUM(\(s.amount))", $0) } + [
        .init("wrong-aggregate", "SELECT", build("COUNT(\(s.amount))", condition.clause)),
        .init(
          "distinct-values-only", "SELECT", build("SUM(DISTINCT \(s.amount))", condition.clause)),
      ], trace: "SELECT \(s.amount) FROM \(s.childTable) \(condition.clause) ORDER BY id")
  }

  static let averageWhere = SQLShape("average-where", "aggregate") { g, difficulty, s in
    let condition = SQLCondition(&g, difficulty, s)
    let build = { (what: String, clause: String) in
      ["SELECT \(what)", "FROM \(s.childTable)", clause]
    }
    let right = "ROUND(AVG(\(s.amount)), 2)"
    return SQLQuery(
      g.pick([
        "What is the mean `\(s.amount)`, rounded to two decimals, of the \(s.childrenNoun) where "
          + "\(condition.words)?",
        "Compute the average `\(s.amount)` (two decimals) over \(s.childrenNoun) for which "
          + "\(condition.words).",
      ]), build(right, condition.clause),
      steps: ["AVG divides the sum by the number of rows.", "ROUND(…, 2) gives two decimals."],
      wrong: [
        .init("wrong-aggregate", "SELECT", build("SUM(\(s.amount))", condition.clause)),
        .init(
          "integer-division", "SELECT",
          build("SUM(\(s.amount)) / COUNT(*) - COUNT(*) % 1", condition.clause)),
      ] + wrongWheres(condition) { build(right, $0) },
      trace: "SELECT \(s.amount) FROM \(s.childTable) \(condition.clause) ORDER BY id")
  }

  static let minMax = SQLShape("min-max", "aggregate") { g, difficulty, s in
    let condition = SQLCondition(&g, difficulty, s, without: [1])
    let column = g.oneIn(2) ? s.amount : s.day
    let build = { (low: String, high: String, clause: String) in
      ["SELECT \(low) AS lowest, \(high) AS highest", "FROM \(s.childTable)", clause]
    }
    let (low, high) = ("MIN(\(column))", "MAX(\(column))")
    return SQLQuery(
      "Return one row with the smallest `\(column)` as `lowest` and the largest as `highest`, over "
        + "the \(s.childrenNoun) where \(condition.words).", build(low, high, condition.clause),
      steps: ["MIN and MAX over the same rows give one row.", "The filter is \(condition.sql)."],
      wrong: [
        .init("swapped-columns", "SELECT", build(high, low, condition.clause)),
        .init("wrong-aggregate", "SELECT", build(low, "COUNT(\(column))", condition.clause)),
      ] + wrongWheres(condition) { build(low, high, $0) },
      trace: "SELECT \(column) FROM \(s.childTable) \(condition.clause) ORDER BY 1")
  }

  static let countDistinct = SQLShape("count-distinct", "aggregate") { g, difficulty, s in
    let condition = SQLCondition(&g, difficulty, s, without: [0])
    let build = { (what: String, clause: String) in
      ["SELECT \(what)", "FROM \(s.childTable)", clause]
    }
    let column = g.oneIn(2) ? s.kind : s.foreign
    let words = column == s.kind ? "different `\(s.kind)` values" : "different \(s.parentsNoun)"
    return SQLQuery(
      g.pick([
        "How many \(words) appear among the \(s.childrenNoun) where \(condition.words)?",
        "Count the \(words) over those \(s.childrenNoun) for which \(condition.words).",
      ]), build("COUNT(DISTINCT \(column))", condition.clause),
      steps: ["Repeated values count once: COUNT(DISTINCT \(column))."],
      wrong: [
        .init("missing-distinct", "SELECT", build("COUNT(\(column))", condition.clause)),
        .init("distinct-outside", "SELECT", build("DISTINCT COUNT(\(column))", condition.clause)),
      ] + wrongWheres(condition) { build("COUNT(DISTINCT \(column))", $0) },
      alternative: (
        "by counting the rows of a DISTINCT subquery",
        SQLQuery.statement([
          "SELECT COUNT(*)",
          "FROM (SELECT DISTINCT \(column) FROM \(s.childTable) \(condition.clause))",
        ])
      ), trace: "SELECT \(column) FROM \(s.childTable) \(condition.clause) ORDER BY 1")
  }

  static let countNullable = SQLShape("count-present", "aggregate") { g, difficulty, s in
    let condition = SQLCondition(&g, difficulty == .hard ? .medium : .easy, s, without: [3])
    let clause = difficulty == .easy ? "" : condition.clause
    let words = difficulty == .easy ? "" : ", taking only those where \(condition.words)"
    let build = { (all: String, with: String, clause: String) in
      ["SELECT \(all) AS total, \(with) AS with_note", "FROM \(s.childTable)", clause]
    }
    return SQLQuery(
      "In one row, return the number of \(s.childrenNoun) as `total` and the number of those that "
        + "have a `\(s.note)` as `with_note`\(words).",
      build("COUNT(*)", "COUNT(\(s.note))", clause),
      steps: [
        "COUNT(*) counts every row.", "COUNT(\(s.note)) skips NULL, which is what is wanted.",
      ],
      wrong: [
        .init("count-star-for-column", "SELECT", build("COUNT(*)", "COUNT(*)", clause)),
        .init("swapped-columns", "SELECT", build("COUNT(\(s.note))", "COUNT(*)", clause)),
        .init(
          "distinct-values-only", "SELECT", build("COUNT(*)", "COUNT(DISTINCT \(s.note))", clause)),
        .init(
          "filtered-total", "WHERE",
          build(
            "COUNT(*)", "COUNT(\(s.note))",
            clause.isEmpty ? "WHERE \(s.note) IS NOT NULL" : clause + " AND \(s.note) IS NOT NULL")),
      ],
      alternative: (
        "with SUM over a CASE expression for `with_note`",
        SQLQuery.statement(
          build(
            "COUNT(*)", "SUM(CASE WHEN \(s.note) IS NOT NULL THEN 1 ELSE 0 END)", clause))
      ))
  }

  static let groupCount = SQLShape("group-count", "group") { g, difficulty, s in
    let condition = SQLCondition(&g, difficulty == .hard ? .medium : .easy, s, without: [0])
    let clause = difficulty == .easy ? "" : condition.clause
    let words = difficulty == .easy ? "" : " where \(condition.words)"
    let build = { (clause: String, group: String, order: String) in
      ["SELECT \(s.kind), COUNT(*) AS n", "FROM \(s.childTable)", clause, group, order]
    }
    let (group, order) = ("GROUP BY \(s.kind)", "ORDER BY n DESC, \(s.kind)")
    return SQLQuery(
      g.pick([
        "For each `\(s.kind)`, count the \(s.childrenNoun)\(words) as `n`. Most frequent first, "
          + "ties alphabetically by `\(s.kind)`.",
        "How are the \(s.childrenNoun)\(words) spread over `\(s.kind)`? Return `\(s.kind)` and the "
          + "number `n`, largest `n` first, then `\(s.kind)` alphabetically.",
      ]), build(clause, group, order),
      steps: ["One row for each `\(s.kind)` means GROUP BY \(s.kind).", "Then \(order)."],
      wrong: [
        .init("missing-group-by", "GROUP BY", build(clause, "", order)),
        .init("ascending-order", "ORDER BY", build(clause, group, "ORDER BY n, \(s.kind)")),
        .init("wrong-group", "GROUP BY", build(clause, "GROUP BY \(s.foreign)", order)),
        .init(
          "missing-tie-break", "ORDER BY", build(clause, group, "ORDER BY n DESC, \(s.kind) DESC")),
      ])
  }

  static let groupSum = SQLShape("group-sum", "group") { g, difficulty, s in
    let condition = SQLCondition(&g, difficulty == .hard ? .medium : .easy, s, without: [0])
    let clause = difficulty == .easy ? "" : condition.clause
    let words = difficulty == .easy ? "" : ", counting only rows where \(condition.words)"
    let build = { (what: String, clause: String, group: String) in
      [
        "SELECT \(s.kind), \(what) AS total", "FROM \(s.childTable)", clause, group,
        "ORDER BY \(s.kind)",
      ]
    }
    return SQLQuery(
      g.pick([
        "Give the total `\(s.amount)` per `\(s.kind)` as `total`, alphabetically by "
          + "`\(s.kind)`\(words).",
        "For every `\(s.kind)` add up `\(s.amount)` (column `total`) and sort the rows by "
          + "`\(s.kind)`\(words).",
      ]), build("SUM(\(s.amount))", clause, "GROUP BY \(s.kind)"),
      steps: ["Group by `\(s.kind)` and sum `\(s.amount)` within each group."],
      wrong: [
        .init("wrong-aggregate", "SELECT", build("COUNT(*)", clause, "GROUP BY \(s.kind)")),
        .init("missing-group-by", "GROUP BY", build("SUM(\(s.amount))", clause, "")),
        .init("max-for-sum", "SELECT", build("MAX(\(s.amount))", clause, "GROUP BY \(s.kind)")),
        .init(
          "missing-where", "WHERE", build("SUM(\(s.amount))", "", "GROUP BY \(s.kind)")),
      ])
  }

  static let groupHaving = SQLShape("group-having", "group") { g, difficulty, s in
    let least = g.integer(in: 2...3)
    let bound = g.pick(s.children).amount
    let byCount = difficulty == .easy || g.oneIn(2)
    let test = byCount ? "COUNT(*) >= \(least)" : "SUM(\(s.amount)) > \(bound)"
    let slip = byCount ? "COUNT(*) > \(least)" : "MAX(\(s.amount)) > \(bound)"
    let words =
      byCount ? "at least \(least) \(s.childrenNoun)" : "a total `\(s.amount)` above \(bound)"
    let condition = SQLCondition(&g, .easy, s, without: [0])
    let clause = difficulty == .hard ? condition.clause : ""
    let scope = difficulty == .hard ? " Only \(s.childrenNoun) where \(condition.words) count." : ""
    let build = { (clause: String, having: String) in
      [
        "SELECT \(s.kind), COUNT(*) AS n, SUM(\(s.amount)) AS total", "FROM \(s.childTable)",
        clause, "GROUP BY \(s.kind)", having, "ORDER BY \(s.kind)",
      ]
    }
    return SQLQuery(
      "Which values of `\(s.kind)` have \(words)? Return `\(s.kind)`, the number of rows `n` and the "
        + "sum of `\(s.amount)` as `total`, ordered by `\(s.kind)`.\(scope)",
      build(clause, "HAVING \(test)"),
      steps: [
        "A condition on a whole group stands in HAVING, after GROUP BY: \(test).",
        "A condition on single rows would stand in WHERE.",
      ],
      wrong: [
        .init("missing-having", "HAVING", build(clause, "")),
        .init("aggregate-in-where", "WHERE", build("WHERE \(test)", "")),
        .init("wrong-having", "HAVING", build(clause, "HAVING \(slip)")),
        .init("reversed-having", "HAVING", build(clause, "HAVING NOT (\(test))")),
      ],
      alternative: (
        "with a subquery and WHERE in place of HAVING",
        SQLQuery.statement([
          "SELECT \(s.kind), n, total",
          "FROM (SELECT \(s.kind), COUNT(*) AS n, SUM(\(s.amount)) AS total FROM \(s.childTable) "
            + "\(clause.isEmpty ? "" : clause + " ")GROUP BY \(s.kind))",
          "WHERE \(byCount ? "n >= \(least)" : "total > \(bound)")", "ORDER BY \(s.kind)",
        ])
      ))
  }

  static let groupMonth = SQLShape("group-month", "date") { g, difficulty, s in
    let condition = SQLCondition(&g, difficulty == .hard ? .medium : .easy, s, without: [2])
    let clause = difficulty == .easy ? "" : condition.clause
    let words = difficulty == .easy ? "" : ", only rows where \(condition.words)"
    let build = { (month: String, clause: String, what: String) in
      [
        "SELECT \(month) AS month, \(what) AS value", "FROM \(s.childTable)", clause,
        "GROUP BY month", "ORDER BY month",
      ]
    }
    let sum = g.oneIn(2)
    let what = sum ? "SUM(\(s.amount))" : "COUNT(*)"
    let right = "strftime('%Y-%m', \(s.day))"
    return SQLQuery(
      "For each month (`month`, as YYYY-MM, from `\(s.day)`) return "
        + "\(sum ? "the sum of `\(s.amount)`" : "the number of \(s.childrenNoun)") as `value`\(words). "
        + "Earliest month first; months without rows are left out.", build(right, clause, what),
      steps: ["strftime('%Y-%m', …) cuts a date to its month.", "Group and sort by that text."],
      wrong: [
        .init("year-only", "SELECT", build("strftime('%Y', \(s.day))", clause, what)),
        .init("whole-date", "SELECT", build(s.day, clause, what)),
        .init("month-without-year", "SELECT", build("strftime('%m', \(s.day))", clause, what)),
        .init(
          "wrong-aggregate", "SELECT", build(right, clause, sum ? "COUNT(*)" : "SUM(\(s.amount))")),
      ],
      alternative: (
        "cutting the date with substr in place of strftime",
        SQLQuery.statement(build("substr(\(s.day), 1, 7)", clause, what))
      ))
  }

  static let conditionalSum = SQLShape("conditional-sum", "aggregate") { g, difficulty, s in
    let kinds = g.sample(Array(Set(s.children.map(\.kind))).sorted(), count: 2)
    guard kinds.count == 2 else { return nil }
    let value = difficulty == .easy ? "1" : s.amount
    let words = difficulty == .easy ? "the number of" : "the sum of `\(s.amount)` over"
    let term = { (kind: String, name: String, value: String) in
      "SUM(CASE WHEN \(s.kind) = '\(kind)' THEN \(value) ELSE 0 END) AS \(name)"
    }
    let build = { (first: String, second: String) in
      [
        "SELECT \(s.foreign),", "  \(first),", "  \(second)", "FROM \(s.childTable)",
        "GROUP BY \(s.foreign)", "ORDER BY \(s.foreign)",
      ]
    }
    return SQLQuery(
      "For each `\(s.foreign)` that occurs, return \(words) its '\(kinds[0])' \(s.childrenNoun) as "
        + "`first_kind` and \(words) its '\(kinds[1])' \(s.childrenNoun) as `second_kind` "
        + "(`\(s.kind)` decides; 0 where there are none), by `\(s.foreign)`.",
      build(term(kinds[0], "first_kind", value), term(kinds[1], "second_kind", value)),
      steps: [
        "A CASE inside SUM adds only the rows of one kind and 0 for the others.",
        "WHERE would remove the \(s.parentsNoun) that have none of the two kinds.",
      ],
      wrong: [
        .init(
          "swapped-columns", "SELECT",
          build(term(kinds[1], "first_kind", value), term(kinds[0], "second_kind", value))),
        .init(
          "count-for-sum", "SELECT",
          build(
            "COUNT(CASE WHEN \(s.kind) = '\(kinds[0])' THEN \(value) ELSE 0 END) AS first_kind",
            term(kinds[1], "second_kind", value))),
        .init(
          "where-for-case", "WHERE",
          [
            "SELECT \(s.foreign), SUM(\(value)) AS first_kind, SUM(\(value)) AS second_kind",
            "FROM \(s.childTable)", "WHERE \(s.kind) IN ('\(kinds[0])', '\(kinds[1])')",
            "GROUP BY \(s.foreign)", "ORDER BY \(s.foreign)",
          ]),
      ])
  }

  static let groupShare = SQLShape("group-share", "group") { g, difficulty, s in
    let decimals = difficulty == .easy ? 0 : difficulty == .medium ? 1 : 2
    let column = difficulty == .hard ? "SUM(\(s.amount))" : "COUNT(*)"
    guard s.children.allSatisfy({ $0.amount >= 0 }) else { return nil }
    let build = { (top: String, bottom: String) in
      [
        "SELECT \(s.kind),",
        "  ROUND(100.0 * \(top) / (SELECT \(bottom) FROM \(s.childTable)), \(decimals)) AS percent",
        "FROM \(s.childTable)", "GROUP BY \(s.kind)", "ORDER BY \(s.kind)",
      ]
    }
    let what =
      difficulty == .hard ? "all `\(s.amount)` taken together" : "all \(s.childrenNoun)"
    return SQLQuery(
      g.pick([
        "What percentage of \(what) belongs to each `\(s.kind)`? Return `\(s.kind)` and `percent` "
          + "rounded to \(decimals) decimals, by `\(s.kind)`.",
        "Show the share of each `\(s.kind)` in \(what), in per cent with \(decimals) decimals "
          + "(`percent`), sorted by `\(s.kind)`.",
      ]), build(column, column),
      steps: [
        "The whole is a scalar subquery over the table, the part is the group's \(column).",
        "100.0 rather than 100 keeps the division from being a whole-number one.",
      ],
      wrong: [
        .init(
          "integer-division", "SELECT",
          [
            "SELECT \(s.kind),",
            "  \(column) / (SELECT \(column) FROM \(s.childTable)) * 100 AS percent",
            "FROM \(s.childTable)", "GROUP BY \(s.kind)", "ORDER BY \(s.kind)",
          ]),
        .init(
          "wrong-whole", "SELECT",
          build(column, column == "COUNT(*)" ? "COUNT(DISTINCT \(s.kind))" : "MAX(\(s.amount))")),
        .init(
          "missing-group-by", "GROUP BY",
          [
            "SELECT \(s.kind),",
            "  ROUND(100.0 * \(column) / (SELECT \(column) FROM \(s.childTable)), \(decimals)) AS percent",
            "FROM \(s.childTable)", "ORDER BY \(s.kind)",
          ]),
      ])
  }
}
