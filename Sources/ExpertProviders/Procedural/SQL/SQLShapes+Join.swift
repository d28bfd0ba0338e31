internal import ExpertRecord

/// Queries over both tables.
extension SQLShapes {
  static let join: [SQLShape] = [
    innerJoin, childless, leftCount, joinGroupSum, joinHaving, joinParentFilter, joinLatest,
  ]

  /// The join condition, with `p` for the parent table and `c` for the child table.
  private static func on(_ s: SQLScenario) -> String { "c.\(s.foreign) = p.id" }

  static let innerJoin = SQLShape("inner-join", "join") { g, difficulty, s in
    let condition = SQLCondition(&g, difficulty, s, prefix: "c.")
    let build = { (on: String, clause: String) in
      [
        "SELECT c.id, p.\(s.label), c.\(s.amount)", "FROM \(s.childTable) AS c",
        "JOIN \(s.parentTable) AS p\(on)", clause, "ORDER BY c.id",
      ]
    }
    let right = " ON \(SQLShapes.on(s))"
    return SQLQuery(
      g.pick([
        "For every \(s.child) where \(condition.words), return its `id`, the `\(s.label)` of its "
          + "\(s.parent) and its `\(s.amount)`, by the \(s.child)'s `id`.",
        "Show `id`, the \(s.parent)'s `\(s.label)` and `\(s.amount)` of the \(s.childrenNoun) for "
          + "which \(condition.words); sort by the \(s.child)'s `id`.",
      ]), build(right, condition.clause),
      steps: [
        "`\(s.label)` is in `\(s.parentTable)`, so the tables are joined on \(SQLShapes.on(s)).",
        "Both tables have `id`, so the columns are qualified.", "Filter: \(condition.sql).",
      ],
      wrong: [
        .init("wrong-join-key", "JOIN", build(" ON c.id = p.id", condition.clause)),
        .init("missing-join-condition", "JOIN", build("", condition.clause)),
      ] + wrongWheres(condition) { build(right, $0) },
      alternative: (
        "with a scalar subquery for the `\(s.label)` in place of the join",
        SQLQuery.statement([
          "SELECT c.id,",
          "  (SELECT p.\(s.label) FROM \(s.parentTable) AS p WHERE p.id = c.\(s.foreign))"
            + " AS \(s.label),",
          "  c.\(s.amount)", "FROM \(s.childTable) AS c", condition.clause, "ORDER BY c.id",
        ])
      ))
  }

  static let childless = SQLShape("without-match", "join") { g, difficulty, s in
    let kind = g.pick(s.children).kind
    let extra = difficulty == .easy ? "" : " AND c.\(s.kind) = '\(kind)'"
    let words = difficulty == .easy ? "" : " with `\(s.kind)` '\(kind)'"
    let build = { (join: String, extra: String, clause: String) in
      [
        "SELECT p.\(s.label)", "FROM \(s.parentTable) AS p",
        "\(join) \(s.childTable) AS c ON \(SQLShapes.on(s))\(extra)", clause,
        "ORDER BY p.\(s.label)",
      ]
    }
    return SQLQuery(
      g.pick([
        "Which \(s.parentsNoun) have no \(s.child)\(words) at all? Return `\(s.label)` "
          + "alphabetically.",
        "List the `\(s.label)` of every \(s.parent) without any \(s.child)\(words), in "
          + "alphabetical order.",
      ]), build("LEFT JOIN", extra, "WHERE c.id IS NULL"),
      steps: [
        "A LEFT JOIN keeps \(s.parentsNoun) without a match and fills c's columns with NULL.",
        "c.id IS NULL keeps only those.",
        extra.isEmpty
          ? "No further condition is needed."
          : "The condition on `\(s.kind)` belongs in ON: in WHERE it would drop the NULL rows.",
      ],
      wrong: [
        .init("inner-join", "JOIN", build("JOIN", extra, "WHERE c.id IS NULL")),
        .init("missing-null-test", "WHERE", build("LEFT JOIN", extra, "")),
        .init("negated-null-test", "WHERE", build("LEFT JOIN", extra, "WHERE c.id IS NOT NULL")),
        .init(
          "condition-in-where", "WHERE",
          build("LEFT JOIN", "", "WHERE c.id IS NULL\(extra.isEmpty ? " AND p.id < 0" : extra)")),
      ],
      alternative: (
        "with NOT EXISTS in place of the outer join",
        SQLQuery.statement([
          "SELECT p.\(s.label)", "FROM \(s.parentTable) AS p",
          "WHERE NOT EXISTS (SELECT 1 FROM \(s.childTable) AS c WHERE \(SQLShapes.on(s))\(extra))",
          "ORDER BY p.\(s.label)",
        ])
      ))
  }

  static let leftCount = SQLShape("left-join-count", "join") { g, difficulty, s in
    let kind = g.pick(s.children).kind
    let extra = difficulty == .hard ? " AND c.\(s.kind) <> '\(kind)'" : ""
    let words = difficulty == .hard ? " whose `\(s.kind)` is not '\(kind)'" : ""
    let sum = difficulty != .easy
    let total = sum ? ", COALESCE(SUM(c.\(s.amount)), 0) AS total" : ""
    let totalWords = sum ? " and their total `\(s.amount)` as `total` (0, not NULL)" : ""
    let build = { (join: String, count: String, extra: String) in
      [
        "SELECT p.\(s.label), \(count) AS n\(total)", "FROM \(s.parentTable) AS p",
        "\(join) \(s.childTable) AS c ON \(SQLShapes.on(s))\(extra)", "GROUP BY p.id",
        "ORDER BY n DESC, p.\(s.label)",
      ]
    }
    return SQLQuery(
      "For each \(s.parent), those without \(s.childrenNoun) included, return `\(s.label)`, the "
        + "number of its \(s.childrenNoun)\(words) as `n`\(totalWords). Highest `n` first, equal "
        + "ones by `\(s.label)`.", build("LEFT JOIN", "COUNT(c.id)", extra),
      steps: [
        "LEFT JOIN keeps the \(s.parentsNoun) without \(s.childrenNoun).",
        "COUNT(c.id) is 0 for them; COUNT(*) would say 1.",
      ],
      wrong: [
        .init("inner-join", "JOIN", build("JOIN", "COUNT(c.id)", extra)),
        .init("count-star", "SELECT", build("LEFT JOIN", "COUNT(*)", extra)),
        .init("wrong-join-key", "JOIN", build("LEFT JOIN", "COUNT(c.id)", " AND c.id = p.id")),
        .init(
          "missing-group-by", "GROUP BY",
          [
            "SELECT p.\(s.label), COUNT(c.id) AS n\(total)", "FROM \(s.parentTable) AS p",
            "LEFT JOIN \(s.childTable) AS c ON \(SQLShapes.on(s))\(extra)",
            "ORDER BY n DESC, p.\(s.label)",
          ]),
      ],
      alternative: sum
        ? nil
        : (
          "with a correlated subquery in place of the join",
          SQLQuery.statement([
            "SELECT p.\(s.label),",
            "  (SELECT COUNT(*) FROM \(s.childTable) AS c WHERE \(SQLShapes.on(s))) AS n",
            "FROM \(s.parentTable) AS p", "ORDER BY n DESC, p.\(s.label)",
          ])
        ))
  }

  static let joinGroupSum = SQLShape("join-group-sum", "join") { g, difficulty, s in
    let condition = SQLCondition(&g, difficulty == .hard ? .medium : .easy, s, prefix: "c.")
    let clause = difficulty == .easy ? "" : condition.clause
    let words =
      difficulty == .easy ? "" : ", counting only \(s.childrenNoun) where \(condition.words)"
    let build = { (column: String, what: String, clause: String) in
      [
        "SELECT p.\(column), \(what) AS total", "FROM \(s.parentTable) AS p",
        "JOIN \(s.childTable) AS c ON \(SQLShapes.on(s))", clause, "GROUP BY p.\(column)",
        "ORDER BY total DESC, p.\(column)",
      ]
    }
    let what = "SUM(c.\(s.amount))"
    return SQLQuery(
      g.pick([
        "Sum `\(s.amount)` over all \(s.childrenNoun) per `\(s.group)` of the \(s.parent)\(words). "
          + "Columns `\(s.group)` and `total`, largest total first, ties by `\(s.group)`.",
        "Which `\(s.group)` brings how much? Return `\(s.group)` and the summed `\(s.amount)` of "
          + "its \(s.parentsNoun)' \(s.childrenNoun) as `total`\(words), highest first, ties by "
          + "`\(s.group)`.",
      ]), build(s.group, what, clause),
      steps: [
        "`\(s.group)` is in `\(s.parentTable)` and `\(s.amount)` in `\(s.childTable)`: join, then group.",
        "The sum is taken inside each `\(s.group)`.",
      ],
      wrong: [
        .init("wrong-group", "GROUP BY", build(s.label, what, clause)),
        .init("wrong-aggregate", "SELECT", build(s.group, "COUNT(*)", clause)),
        .init("missing-where", "WHERE", build(s.group, what, "")),
        .init(
          "missing-join-condition", "JOIN",
          [
            "SELECT p.\(s.group), \(what) AS total",
            "FROM \(s.parentTable) AS p, \(s.childTable) AS c", clause, "GROUP BY p.\(s.group)",
            "ORDER BY total DESC, p.\(s.group)",
          ]),
      ])
  }

  static let joinHaving = SQLShape("join-having", "join") { g, difficulty, s in
    let bound = g.pick(s.children).amount
    let least = g.integer(in: 1...2)
    let test =
      difficulty == .easy
      ? "COUNT(*) > \(least)" : "COUNT(*) > \(least) AND MAX(c.\(s.amount)) >= \(bound)"
    let words =
      difficulty == .easy
      ? "more than \(least) \(least == 1 ? s.child : s.childrenNoun)"
      : "more than \(least) \(least == 1 ? s.child : s.childrenNoun), at least one of them with "
        + "`\(s.amount)` \(bound) or higher"
    let clause = difficulty == .hard ? "WHERE c.\(s.note) IS NULL" : ""
    let scope =
      difficulty == .hard ? " Leave \(s.childrenNoun) with a `\(s.note)` out of account." : ""
    let build = { (having: String, clause: String) in
      [
        "SELECT p.\(s.label), COUNT(*) AS n", "FROM \(s.parentTable) AS p",
        "JOIN \(s.childTable) AS c ON \(SQLShapes.on(s))", clause, "GROUP BY p.id", having,
        "ORDER BY p.\(s.label)",
      ]
    }
    return SQLQuery(
      "Which \(s.parentsNoun) have \(words)? Return `\(s.label)` and the number of their "
        + "\(s.childrenNoun) as `n`, by `\(s.label)`.\(scope)", build("HAVING \(test)", clause),
      steps: ["Join and group by the \(s.parent).", "The test on the group is HAVING \(test)."],
      wrong: [
        .init("missing-having", "HAVING", build("", clause)),
        .init("off-by-one", "HAVING", build("HAVING COUNT(*) >= \(least)", clause)),
        .init("missing-where", "WHERE", build("HAVING \(test)", "")),
        .init("where-for-having", "WHERE", build("", "WHERE COUNT(*) > \(least)")),
      ])
  }

  static let joinParentFilter = SQLShape("join-parent-filter", "join") { g, difficulty, s in
    let group = g.pick(s.parents).group
    let condition = SQLCondition(&g, difficulty == .hard ? .medium : .easy, s, prefix: "c.")
    let extra = difficulty == .easy ? "" : " AND \(condition.sql)"
    let words = difficulty == .easy ? "" : " and where \(condition.words)"
    let build = { (clause: String, on: String) in
      [
        "SELECT c.id, c.\(s.day)", "FROM \(s.childTable) AS c",
        "JOIN \(s.parentTable) AS p ON \(on)", clause, "ORDER BY c.\(s.day), c.id",
      ]
    }
    let clause = "WHERE p.\(s.group) = '\(group)'\(extra)"
    return SQLQuery(
      "List `id` and `\(s.day)` of the \(s.childrenNoun) that belong to a \(s.parent) with "
        + "`\(s.group)` '\(group)'\(words). Earliest `\(s.day)` first, then by `id`.",
      build(clause, SQLShapes.on(s)),
      steps: [
        "The \(s.child) knows its \(s.parent) by `\(s.foreign)`; `\(s.group)` is read after the join.",
        "Filter: \(clause.dropFirst(6)).",
      ],
      wrong: [
        .init(
          "missing-parent-filter", "WHERE",
          build(extra.isEmpty ? "" : "WHERE \(condition.sql)", SQLShapes.on(s))),
        .init("wrong-join-key", "JOIN", build(clause, "c.id = p.id")),
        .init(
          "negated-condition", "WHERE",
          build("WHERE p.\(s.group) <> '\(group)'\(extra)", SQLShapes.on(s))),
        .init(
          "wrong-table", "WHERE", build("WHERE c.\(s.group) = '\(group)'\(extra)", SQLShapes.on(s))),
      ],
      alternative: (
        "with IN and a subquery in place of the join",
        SQLQuery.statement([
          "SELECT c.id, c.\(s.day)", "FROM \(s.childTable) AS c",
          "WHERE c.\(s.foreign) IN (SELECT id FROM \(s.parentTable) WHERE \(s.group) = '\(group)')"
            + extra, "ORDER BY c.\(s.day), c.id",
        ])
      ))
  }

  static let joinLatest = SQLShape("join-extreme-day", "join") { g, difficulty, s in
    let latest = g.oneIn(2)
    let function = latest ? "MAX" : "MIN"
    let outer = difficulty != .easy
    let join = outer ? "LEFT JOIN" : "JOIN"
    let build = { (join: String, function: String, group: String) in
      [
        "SELECT p.\(s.label), \(function)(c.\(s.day)) AS day", "FROM \(s.parentTable) AS p",
        "\(join) \(s.childTable) AS c ON \(SQLShapes.on(s))", "GROUP BY p.\(group)",
        "ORDER BY p.\(s.label)",
      ]
    }
    let missing =
      outer ? "NULL for a \(s.parent) that has none" : "leave out \(s.parentsNoun) that have none"
    return SQLQuery(
      g.pick([
        "When did each \(s.parent) have the \(latest ? "latest" : "first") \(s.child)? Return "
          + "`\(s.label)` and that `\(s.day)` as `day`; \(missing). Order by `\(s.label)`.",
        "For each \(s.parent) give `\(s.label)` and `day`, the \(latest ? "last" : "earliest") "
          + "`\(s.day)` among its \(s.childrenNoun); \(missing). Sort by `\(s.label)`.",
      ]), build(join, function, "id"),
      steps: [
        "\(function) over text dates gives the \(latest ? "latest" : "earliest") day.",
        outer
          ? "LEFT JOIN keeps \(s.parentsNoun) without \(s.childrenNoun)."
          : "An inner join leaves out \(s.parentsNoun) without \(s.childrenNoun).",
      ],
      wrong: [
        .init("wrong-aggregate", "SELECT", build(join, latest ? "MIN" : "MAX", "id")),
        .init("wrong-join-type", "JOIN", build(outer ? "JOIN" : "LEFT JOIN", function, "id")),
        .init("wrong-group", "GROUP BY", build(join, function, s.group)),
      ])
  }
}
