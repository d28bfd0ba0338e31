internal import ExpertRecord

/// Queries with subqueries, window functions, set operations and date arithmetic.
extension SQLShapes {
  static let nested: [SQLShape] = [
    aboveAverage, existsMatch, maxPerParent, scalarSubquery, commonTable, setOperation,
    runningTotal,
    firstPerParent, rankRows, differenceToPrevious, daysUntil, weekday, secondHighest, neverKind,
  ]

  static let aboveAverage = SQLShape("above-average", "subquery") { g, difficulty, s in
    let above = g.oneIn(2)
    let sign = above ? ">" : "<"
    let correlated = difficulty == .hard
    let scope = correlated ? " AS i WHERE i.\(s.kind) = o.\(s.kind)" : ""
    let build = { (sign: String, function: String, scope: String) in
      [
        "SELECT o.id, o.\(s.amount)", "FROM \(s.childTable) AS o",
        "WHERE o.\(s.amount) \(sign) (SELECT \(function)(\(s.amount)) FROM \(s.childTable)\(scope))",
        "ORDER BY o.\(s.amount) DESC, o.id",
      ]
    }
    let whose =
      correlated ? "the \(s.childrenNoun) of the same `\(s.kind)`" : "all \(s.childrenNoun)"
    return SQLQuery(
      g.pick([
        "Which \(s.childrenNoun) lie \(above ? "above" : "below") the average `\(s.amount)` of "
          + "\(whose)? Return `id` and `\(s.amount)`, highest first, ties by `id`.",
        "Find \(s.childrenNoun) with a `\(s.amount)` strictly \(above ? "greater" : "smaller") than "
          + "the mean over \(whose). Columns `id`, `\(s.amount)`; descending `\(s.amount)`, then `id`.",
      ]), build(sign, "AVG", scope),
      steps: [
        "The average is a scalar subquery, for an aggregate cannot stand in WHERE itself.",
        correlated
          ? "It is correlated by `\(s.kind)`, so each row meets the mean of its own kind."
          : "It is computed once over the whole table.",
      ],
      wrong: [
        .init("reversed-comparison", "WHERE", build(above ? "<" : ">", "AVG", scope)),
        .init("wrong-aggregate", "WHERE", build(sign, "MAX", scope)),
        .init(
          "wrong-scope", "WHERE", build(sign, "AVG", correlated ? "" : " AS i WHERE i.id = o.id")),
        .init(
          "aggregate-in-where", "WHERE",
          [
            "SELECT id, \(s.amount)", "FROM \(s.childTable)",
            "WHERE \(s.amount) \(sign) AVG(\(s.amount))", "ORDER BY \(s.amount) DESC, id",
          ]),
      ])
  }

  static let existsMatch = SQLShape("exists", "subquery") { g, difficulty, s in
    let condition = SQLCondition(&g, difficulty, s, prefix: "c.")
    let build = { (test: String, inner: String) in
      [
        "SELECT p.\(s.label), p.\(s.group)", "FROM \(s.parentTable) AS p",
        "WHERE \(test) (SELECT 1 FROM \(s.childTable) AS c WHERE \(inner))",
        "ORDER BY p.\(s.label)",
      ]
    }
    let link = "c.\(s.foreign) = p.id AND "
    return SQLQuery(
      g.pick([
        "Which \(s.parentsNoun) have at least one \(s.child) where \(condition.words)? Each once: "
          + "`\(s.label)` and `\(s.group)`, by `\(s.label)`.",
        "List `\(s.label)` and `\(s.group)` of the \(s.parentsNoun) for whom some \(s.child) "
          + "exists where \(condition.words); one row each, sorted by `\(s.label)`.",
      ]), build("EXISTS", link + condition.sql),
      steps: [
        "EXISTS asks whether the subquery has a row, so no \(s.parent) appears twice.",
        "The subquery is tied to the outer row by c.\(s.foreign) = p.id.",
      ],
      wrong: [
        .init("not-correlated", "WHERE", build("EXISTS", condition.sql)),
        .init("negated-exists", "WHERE", build("NOT EXISTS", link + condition.sql)),
        .init(
          "duplicate-rows", "JOIN",
          [
            "SELECT p.\(s.label), p.\(s.group)", "FROM \(s.parentTable) AS p",
            "JOIN \(s.childTable) AS c ON c.\(s.foreign) = p.id", condition.clause,
            "ORDER BY p.\(s.label)",
          ]),
        .init("missing-condition", "WHERE", build("EXISTS", "c.\(s.foreign) = p.id")),
      ],
      alternative: (
        "with IN and a subquery in place of EXISTS",
        SQLQuery.statement([
          "SELECT p.\(s.label), p.\(s.group)", "FROM \(s.parentTable) AS p",
          "WHERE p.id IN (SELECT c.\(s.foreign) FROM \(s.childTable) AS c \(condition.clause))",
          "ORDER BY p.\(s.label)",
        ])
      ))
  }

  static let maxPerParent = SQLShape("maximum-per-parent", "subquery") { g, difficulty, s in
    let largest = g.oneIn(2)
    let function = largest ? "MAX" : "MIN"
    let extra = difficulty == .hard ? " AND i.\(s.note) IS NULL" : ""
    let outer = difficulty == .hard ? " AND o.\(s.note) IS NULL" : ""
    let words = difficulty == .hard ? " (only \(s.childrenNoun) without a `\(s.note)` count)" : ""
    let build = { (function: String, link: String) in
      [
        "SELECT o.\(s.foreign), o.id, o.\(s.amount)", "FROM \(s.childTable) AS o",
        "WHERE o.\(s.amount) = (SELECT \(function)(i.\(s.amount)) FROM \(s.childTable) AS i "
          + "WHERE \(link)\(extra))\(outer)", "ORDER BY o.\(s.foreign), o.id",
      ]
    }
    return SQLQuery(
      "For each `\(s.foreign)`, return the \(s.child) or \(s.childrenNoun) with its "
        + "\(largest ? "largest" : "smallest") `\(s.amount)`\(words): `\(s.foreign)`, `id` and "
        + "`\(s.amount)`, by `\(s.foreign)`, then `id`. Keep ties.",
      build(function, "i.\(s.foreign) = o.\(s.foreign)"),
      steps: [
        "A correlated subquery gives the \(function) within the same `\(s.foreign)`.",
        "Comparing with = keeps every row that reaches it, ties included.",
      ],
      wrong: [
        .init("not-correlated", "WHERE", build(function, "1 = 1")),
        .init(
          "wrong-aggregate", "WHERE",
          build(largest ? "MIN" : "MAX", "i.\(s.foreign) = o.\(s.foreign)")),
        .init("wrong-correlation", "WHERE", build(function, "i.\(s.kind) = o.\(s.kind)")),
      ],
      alternative: extra.isEmpty
        ? (
          "with a join to a grouped subquery",
          SQLQuery.statement([
            "SELECT o.\(s.foreign), o.id, o.\(s.amount)", "FROM \(s.childTable) AS o",
            "JOIN (SELECT \(s.foreign) AS owner, \(function)(\(s.amount)) AS best "
              + "FROM \(s.childTable) GROUP BY \(s.foreign)) AS m",
            "  ON m.owner = o.\(s.foreign) AND m.best = o.\(s.amount)",
            "ORDER BY o.\(s.foreign), o.id",
          ])
        ) : nil)
  }

  static let scalarSubquery = SQLShape("scalar-subquery", "subquery") { g, difficulty, s in
    let row = g.pick(s.children)
    let function = g.pick(["SUM", "MAX", "MIN"])
    let words = ["SUM": "total", "MAX": "largest", "MIN": "smallest"][function] ?? ""
    let condition = difficulty == .easy ? "" : " AND c.\(s.kind) = '\(row.kind)'"
    let scope = difficulty == .easy ? "" : " of `\(s.kind)` '\(row.kind)'"
    let filled = difficulty == .hard
    let inner = { (function: String, link: String) in
      let query = "(SELECT \(function)(c.\(s.amount)) FROM \(s.childTable) AS c WHERE \(link))"
      return filled ? "COALESCE(\(query), 0)" : query
    }
    let build = { (function: String, link: String) in
      [
        "SELECT p.id, p.\(s.label),", "  \(inner(function, link)) AS value",
        "FROM \(s.parentTable) AS p", "ORDER BY p.id",
      ]
    }
    let link = "c.\(s.foreign) = p.id\(condition)"
    return SQLQuery(
      "For every \(s.parent) return `id`, `\(s.label)` and the \(words) `\(s.amount)` of its own "
        + "\(s.childrenNoun)\(scope) as `value` (\(filled ? "0" : "NULL") where there are none), "
        + "by `id`.", build(function, link),
      steps: [
        "A scalar subquery in the SELECT list gives one value for each \(s.parent).",
        "With no matching row \(function) is NULL\(filled ? ", which COALESCE turns into 0" : "").",
      ],
      wrong: [
        .init("not-correlated", "SELECT", build(function, "1 = 1\(condition)")),
        .init("wrong-aggregate", "SELECT", build(function == "SUM" ? "COUNT" : "SUM", link)),
        .init("missing-condition", "SELECT", build(function, "c.\(s.foreign) = p.id")),
        .init(
          "inner-join", "JOIN",
          [
            "SELECT p.id, p.\(s.label), \(function)(c.\(s.amount)) AS value",
            "FROM \(s.parentTable) AS p", "JOIN \(s.childTable) AS c ON \(link)", "GROUP BY p.id",
            "ORDER BY p.id",
          ]),
      ])
  }

  static let commonTable = SQLShape("common-table", "subquery") { g, difficulty, s in
    let above = g.oneIn(2)
    let condition = SQLCondition(&g, difficulty == .hard ? .medium : .easy, s)
    let clause = difficulty == .easy ? "" : " \(condition.clause)"
    let words = difficulty == .easy ? "" : " (only \(s.childrenNoun) where \(condition.words))"
    let build = { (what: String, clause: String, sign: String) in
      [
        "WITH totals AS (",
        "  SELECT \(s.foreign) AS owner, \(what) AS total FROM \(s.childTable)\(clause)"
          + " GROUP BY \(s.foreign)", ")", "SELECT owner, total", "FROM totals",
        "WHERE total \(sign) (SELECT AVG(total) FROM totals)", "ORDER BY owner",
      ]
    }
    let sum = "SUM(\(s.amount))"
    return SQLQuery(
      "First total `\(s.amount)` for each `\(s.foreign)` in `\(s.childTable)`\(words); then keep the "
        + "totals that are \(above ? "above" : "below") the average of these totals. Return them as "
        + "`owner` and `total`, by `owner`.", build(sum, clause, above ? ">" : "<"),
      steps: [
        "A common table expression holds one total for each `\(s.foreign)`.",
        "It is read twice: for its rows and for their average.",
      ],
      wrong: [
        .init("reversed-comparison", "WHERE", build(sum, clause, above ? "<" : ">")),
        .init("wrong-aggregate", "SELECT", build("COUNT(*)", clause, above ? ">" : "<")),
        .init("missing-where", "WHERE", build(sum, "", above ? ">" : "<")),
        .init(
          "average-of-rows", "WHERE",
          [
            "SELECT \(s.foreign) AS owner, \(sum) AS total", "FROM \(s.childTable)",
            clause.trimmedLeft, "GROUP BY \(s.foreign)",
            "HAVING total \(above ? ">" : "<") (SELECT AVG(\(s.amount)) FROM \(s.childTable))",
            "ORDER BY owner",
          ]),
      ])
  }

  static let setOperation = SQLShape("set-operation", "subquery") { g, difficulty, s in
    let kinds = g.sample(Array(Set(s.children.map(\.kind))).sorted(), count: 2)
    guard kinds.count == 2 else { return nil }
    let operation = g.pick(difficulty == .easy ? ["UNION"] : ["EXCEPT", "INTERSECT", "UNION"])
    let words =
      switch operation {
      case "UNION": "'\(kinds[0])' or '\(kinds[1])' (or both)"
      case "EXCEPT": "'\(kinds[0])' but never '\(kinds[1])'"
      default: "both '\(kinds[0])' and '\(kinds[1])'"
      }
    let bound = difficulty == .hard ? " AND \(s.amount) <> \(g.pick(s.children).amount)" : ""
    let scope =
      bound.isEmpty
      ? "" : ", ignoring rows whose `\(s.amount)` is \(bound.split(separator: " ").last ?? "")"
    let build = { (operation: String, first: String, second: String) in
      [
        "SELECT \(s.foreign) FROM \(s.childTable) WHERE \(s.kind) = '\(first)'\(bound)", operation,
        "SELECT \(s.foreign) FROM \(s.childTable) WHERE \(s.kind) = '\(second)'\(bound)",
        "ORDER BY \(s.foreign)",
      ]
    }
    return SQLQuery(
      "Which `\(s.foreign)` values occur in `\(s.childTable)` with `\(s.kind)` \(words)\(scope)? "
        + "Each once, ascending; use a set operation.", build(operation, kinds[0], kinds[1]),
      steps: ["\(operation) of the two lists is what is asked.", "It removes repeats by itself."],
      wrong: [
        .init("union-all", "SET", build("UNION ALL", kinds[0], kinds[1])),
        .init(
          "wrong-set-operation", "SET",
          build(operation == "INTERSECT" ? "EXCEPT" : "INTERSECT", kinds[0], kinds[1])),
        .init("swapped-sides", "SET", build("EXCEPT", kinds[1], kinds[0])),
      ])
  }

  static let runningTotal = SQLShape("running-total", "window") { g, difficulty, s in
    let partition = difficulty == .easy ? "" : "PARTITION BY \(s.kind) "
    let clause = difficulty == .hard ? "WHERE \(s.note) IS NULL" : ""
    let build = { (window: String, clause: String) in
      [
        "SELECT id, \(s.amount), SUM(\(s.amount)) OVER (\(window)) AS running",
        "FROM \(s.childTable)", clause, "ORDER BY id",
      ]
    }
    let within = difficulty == .easy ? "" : " within its `\(s.kind)`"
    return SQLQuery(
      "For each \(s.child)\(clause.isEmpty ? "" : " without a `\(s.note)`") show `id`, `\(s.amount)` "
        + "and `running`, the running total of `\(s.amount)`\(within) in order of `\(s.day)`, then "
        + "`id`. Sort the result by `id`.", build("\(partition)ORDER BY \(s.day), id", clause),
      steps: [
        "SUM(…) OVER (ORDER BY …) adds up all rows up to the current one.",
        difficulty == .easy
          ? "There is one partition." : "PARTITION BY restarts it for each `\(s.kind)`.",
      ],
      wrong: [
        .init(
          "missing-window-order", "WINDOW",
          build(difficulty == .easy ? "" : partition.trimmedRight, clause)),
        .init("wrong-window-order", "WINDOW", build("\(partition)ORDER BY id", clause)),
        .init(
          "wrong-partition", "WINDOW",
          build(
            difficulty == .easy
              ? "PARTITION BY \(s.kind) ORDER BY \(s.day), id" : "ORDER BY \(s.day), id", clause)),
        .init(
          "descending-window", "WINDOW",
          build("\(partition)ORDER BY \(s.day) DESC, id DESC", clause)),
      ])
  }

  static let firstPerParent = SQLShape("first-per-parent", "window") { g, difficulty, s in
    let newest = g.oneIn(2)
    let count = difficulty == .easy ? 1 : 2
    let clause = difficulty == .hard ? " WHERE \(s.kind) <> '\(g.pick(s.children).kind)'" : ""
    let build = { (partition: String, order: String, test: String, clause: String) in
      [
        "SELECT \(s.foreign), id, \(s.day)",
        "FROM (SELECT *, ROW_NUMBER() OVER (\(partition)ORDER BY \(order)) AS place "
          + "FROM \(s.childTable)\(clause))", "WHERE place \(test)", "ORDER BY \(s.foreign), place",
      ]
    }
    let order = newest ? "\(s.day) DESC, id DESC" : "\(s.day), id"
    let opposite = newest ? "\(s.day), id" : "\(s.day) DESC, id DESC"
    let part = "PARTITION BY \(s.foreign) "
    let kind =
      clause.isEmpty ? "" : " with `\(s.kind)` other than\(clause.split(separator: ">").last ?? "")"
    return SQLQuery(
      "Return the \(count == 1 ? "single" : "two") \(newest ? "newest" : "oldest") "
        + "\(count == 1 ? s.child : s.childrenNoun)\(kind) of each `\(s.foreign)` (fewer where there "
        + "are fewer): `\(s.foreign)`, `id`, `\(s.day)`. \(newest ? "Newest means largest" : "Oldest means smallest") "
        + "`\(s.day)`, equal days by the \(newest ? "larger" : "smaller") `id`. Sort by "
        + "`\(s.foreign)`, then \(newest ? "newest" : "oldest") first.",
      build(part, order, "<= \(count)", clause),
      steps: [
        "ROW_NUMBER numbers the \(s.childrenNoun) of each `\(s.foreign)` in the order asked for.",
        "Numbers up to \(count) are kept.",
      ],
      wrong: [
        .init("missing-partition", "WINDOW", build("", order, "<= \(count)", clause)),
        .init("wrong-direction", "WINDOW", build(part, opposite, "<= \(count)", clause)),
        .init("off-by-one", "WHERE", build(part, order, "<= \(count + 1)", clause)),
        .init("missing-where", "WHERE", build(part, order, "<= \(count)", "")),
      ])
  }

  static let rankRows = SQLShape("rank", "window") { g, difficulty, s in
    let function = g.pick(difficulty == .easy ? ["RANK"] : ["RANK", "DENSE_RANK"])
    let partition = difficulty == .hard ? "PARTITION BY \(s.foreign) " : ""
    let build = { (function: String, window: String) in
      [
        "SELECT id, \(s.amount), \(function)() OVER (\(window)) AS place", "FROM \(s.childTable)",
        "ORDER BY id",
      ]
    }
    let gaps =
      function == "RANK"
      ? "equal amounts share a place and the next place is skipped (1, 2, 2, 4)"
      : "equal amounts share a place and no place is skipped (1, 2, 2, 3)"
    return SQLQuery(
      "Give every \(s.child) its `place` by `\(s.amount)`, largest first"
        + "\(partition.isEmpty ? "" : ", separately for each `\(s.foreign)`"); \(gaps). Return `id`, "
        + "`\(s.amount)`, `place`, by `id`.",
      build(function, "\(partition)ORDER BY \(s.amount) DESC"),
      steps: [
        "\(function) treats ties as described.", "The window is ordered by `\(s.amount)` DESC.",
      ],
      wrong: [
        .init("wrong-direction", "WINDOW", build(function, "\(partition)ORDER BY \(s.amount)")),
        .init(
          "wrong-tie-rule", "SELECT",
          build(function == "RANK" ? "DENSE_RANK" : "RANK", "\(partition)ORDER BY \(s.amount) DESC")
        ),
        .init("missing-window-order", "WINDOW", build(function, partition.trimmedRight)),
        .init(
          "wrong-partition", "WINDOW",
          build(function, "PARTITION BY \(s.kind) ORDER BY \(s.amount) DESC")),
      ])
  }

  static let differenceToPrevious = SQLShape("difference-to-previous", "window") {
    g, difficulty, s in
    let partition = difficulty == .easy ? "" : "PARTITION BY \(s.foreign) "
    let fallback = difficulty == .hard ? "0" : ""
    let build = { (function: String, window: String) in
      let term = "\(s.amount) - \(function)(\(s.amount)) OVER (\(window))"
      return [
        "SELECT id, \(fallback.isEmpty ? term : "COALESCE(\(term), 0)") AS change",
        "FROM \(s.childTable)", "ORDER BY id",
      ]
    }
    let previous =
      difficulty == .easy
      ? "the previous \(s.child)" : "the previous \(s.child) of the same `\(s.foreign)`"
    return SQLQuery(
      "For each \(s.child) return `id` and `change`, its `\(s.amount)` minus that of \(previous); "
        + "previous means next lower `id`. `change` is \(fallback.isEmpty ? "NULL" : "0") where there "
        + "is none. Order by `id`.", build("LAG", "\(partition)ORDER BY id"),
      steps: ["LAG reads the row before the current one in the window's order.", "Subtract it."],
      wrong: [
        .init("next-for-previous", "SELECT", build("LEAD", "\(partition)ORDER BY id")),
        .init("wrong-direction", "WINDOW", build("LAG", "\(partition)ORDER BY id DESC")),
        .init(
          "wrong-partition", "WINDOW",
          build(
            "LAG", difficulty == .easy ? "PARTITION BY \(s.foreign) ORDER BY id" : "ORDER BY id")),
      ])
  }

  static let daysUntil = SQLShape("days-between", "date") { g, difficulty, s in
    let last = s.children.map(\.day).max() ?? ""
    guard last.count == 10 else { return nil }
    let end = "\(last.prefix(4))-12-\(Padded.two(g.integer(in: 29...31)))"
    let bound = g.integer(in: 20...200)
    let clause = difficulty == .easy ? "" : "WHERE age \(difficulty == .hard ? ">" : ">=") \(bound)"
    let words =
      difficulty == .easy
      ? "" : " Keep only ages \(difficulty == .hard ? "above \(bound)" : "of \(bound) and more")."
    let expression = "CAST(julianday('\(end)') - julianday(\(s.day)) AS INTEGER)"
    let build = { (expression: String, clause: String) in
      [
        "SELECT id, age", "FROM (SELECT id, \(expression) AS age FROM \(s.childTable))", clause,
        "ORDER BY id",
      ]
    }
    return SQLQuery(
      "How many days before \(end) is each \(s.child)'s `\(s.day)`? Return `id` and the whole number "
        + "of days as `age`, by `id`.\(words)", build(expression, clause),
      steps: [
        "julianday turns a date into a day number, so a difference is a number of days.",
        "The age is \(expression).",
      ],
      wrong: [
        .init(
          "reversed-difference", "SELECT",
          build("CAST(julianday(\(s.day)) - julianday('\(end)') AS INTEGER)", clause)),
        .init("text-subtraction", "SELECT", build("'\(end)' - \(s.day)", clause)),
        .init("off-by-one", "SELECT", build("\(expression) + 1", clause)),
        .init("missing-where", "WHERE", build(expression, "")),
      ])
  }

  static let weekday = SQLShape("weekday", "date") { g, difficulty, s in
    let names = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    let grouped = difficulty != .easy
    let clause = difficulty == .hard ? "WHERE \(s.note) IS NULL" : ""
    let digit = "CAST(strftime('%w', \(s.day)) AS INTEGER)"
    let scope = clause.isEmpty ? "" : " Only \(s.childrenNoun) without a `\(s.note)` count."
    if grouped {
      let build = { (digit: String, clause: String, order: String) in
        [
          "SELECT \(digit) AS weekday, COUNT(*) AS n", "FROM \(s.childTable)", clause,
          "GROUP BY weekday", order,
        ]
      }
      return SQLQuery(
        "Count the \(s.childrenNoun) per weekday of `\(s.day)`, weekdays as numbers from 0 = Sunday "
          + "to 6 = Saturday: columns `weekday` and `n`, by `weekday`; days without any are left "
          + "out.\(scope)", build(digit, clause, "ORDER BY weekday"),
        steps: [
          "strftime('%w', …) gives 0 for Sunday to 6 for Saturday, as text.", "Group by it.",
        ],
        wrong: [
          .init(
            "day-of-month", "SELECT",
            build("CAST(strftime('%d', \(s.day)) AS INTEGER)", clause, "ORDER BY weekday")),
          .init("monday-first", "SELECT", build("(\(digit) + 6) % 7", clause, "ORDER BY weekday")),
          .init("descending-order", "ORDER BY", build(digit, clause, "ORDER BY weekday DESC")),
        ])
    }
    let wanted = g.integer(in: 0...6)
    let build = { (sign: String, value: Int) in
      [
        "SELECT id, \(s.day)", "FROM \(s.childTable)",
        "WHERE strftime('%w', \(s.day)) \(sign) '\(value)'",
        "ORDER BY id",
      ]
    }
    return SQLQuery(
      "Which \(s.childrenNoun) have a `\(s.day)` that is not a \(names[wanted])? Return `id` and "
        + "`\(s.day)` by `id`.", build("<>", wanted),
      steps: [
        "strftime('%w', …) gives '0' for Sunday to '6' for Saturday.",
        "\(names[wanted]) is '\(wanted)'.",
      ],
      wrong: [
        .init("negated-condition", "WHERE", build("=", wanted)),
        .init("off-by-one", "WHERE", build("<>", (wanted + 1) % 7)),
        .init("monday-is-zero", "WHERE", build("<>", (wanted + 6) % 7)),
      ])
  }

  static let secondHighest = SQLShape("nth-highest", "subquery") { g, difficulty, s in
    let place = difficulty == .easy ? 2 : g.integer(in: 2...4)
    let words = ["second", "third", "fourth"][place - 2]
    let largest = g.oneIn(2)
    let direction = largest ? " DESC" : ""
    let condition = SQLCondition(&g, .easy, s, without: [1])
    let clause = difficulty == .hard ? condition.clause : ""
    let scope = difficulty == .hard ? " Only \(s.childrenNoun) where \(condition.words) count." : ""
    let build = { (distinct: String, direction: String, offset: Int) in
      [
        "SELECT \(distinct)\(s.amount)", "FROM \(s.childTable)", clause,
        "ORDER BY \(s.amount)\(direction)", "LIMIT 1 OFFSET \(offset)",
      ]
    }
    return SQLQuery(
      g.pick([
        "What is the \(words) \(largest ? "highest" : "lowest") different value of `\(s.amount)` "
          + "among the \(s.childrenNoun)?\(scope)",
        "Return the \(words) \(largest ? "largest" : "smallest") `\(s.amount)` of all "
          + "\(s.childrenNoun), equal values counted once.\(scope)",
      ]), build("DISTINCT ", direction, place - 1),
      steps: [
        "DISTINCT counts equal amounts once.", "After sorting, \(place - 1) values are skipped.",
      ],
      wrong: [
        .init("off-by-one", "LIMIT", build("DISTINCT ", direction, place)),
        .init("wrong-direction", "ORDER BY", build("DISTINCT ", largest ? "" : " DESC", place - 1)),
        .init("missing-distinct", "SELECT", build("", direction, place - 1)),
        .init("first-value", "LIMIT", build("DISTINCT ", direction, 0)),
      ], trace: "SELECT DISTINCT \(s.amount) FROM \(s.childTable) \(clause) ORDER BY 1\(direction)")
  }

  static let neverKind = SQLShape("not-in", "subquery") { g, difficulty, s in
    let kind = g.pick(s.children).kind
    let condition = SQLCondition(&g, .easy, s, without: [0])
    let extra = difficulty == .hard ? " AND \(condition.sql)" : ""
    let words = difficulty == .hard ? " where \(condition.words)" : ""
    let level = difficulty == .easy ? "" : " AND \(s.level) >= \(s.parents.map(\.level).min() ?? 0)"
    let scope =
      difficulty == .easy
      ? "" : " Their `\(s.level)` must be at least \(s.parents.map(\.level).min() ?? 0)."
    let build = { (test: String, inner: String) in
      [
        "SELECT id, \(s.label)", "FROM \(s.parentTable)",
        "WHERE id \(test) (SELECT \(s.foreign) FROM \(s.childTable)\(inner))\(level)",
        "ORDER BY id",
      ]
    }
    let inner = " WHERE \(s.kind) = '\(kind)'\(extra)"
    return SQLQuery(
      "Which \(s.parentsNoun) never had a \(s.child) with `\(s.kind)` '\(kind)'\(words)? Return `id` "
        + "and `\(s.label)` by `id`.\(scope)", build("NOT IN", inner),
      steps: [
        "The subquery lists the \(s.parentsNoun) that did.",
        "NOT IN keeps the others, among them those without any \(s.child).",
      ],
      wrong: [
        .init("negated-condition", "WHERE", build("IN", inner)),
        .init(
          "any-other-row", "WHERE", build("IN", " WHERE \(s.kind) <> '\(kind)'\(extra)")),
        .init("missing-inner-condition", "WHERE", build("NOT IN", "")),
      ],
      alternative: (
        "with NOT EXISTS in place of NOT IN",
        SQLQuery.statement([
          "SELECT id, \(s.label)", "FROM \(s.parentTable) AS p",
          "WHERE NOT EXISTS (SELECT 1 FROM \(s.childTable) WHERE \(s.foreign) = p.id AND "
            + "\(s.kind) = '\(kind)'\(extra))\(level)", "ORDER BY id",
        ])
      ))
  }
}

extension String {
  /// The text without the blanks at its start.
  var trimmedLeft: String { String(drop { $0 == " " }) }
  /// The text without the blanks at its end.
  var trimmedRight: String {
    var result = self
    while result.hasSuffix(" ") { result.removeLast() }
    return result
  }
}
