internal import ExpertRecord

/// Tables and key-value texts, which people read and write.
extension DocumentFormats {
  static let tables: [DocumentFormat] = [
    csvOrders, tsvSamples, markdownTable, podTable, staffTable, statement, emailHeaders, iniFile,
    httpRequests, invoice, contactCards, yamlList,
  ]

  private static func csv(_ text: String) -> String {
    let special = text.contains { $0 == "," || $0 == "\"" }
    return special ? "\"\(text.replacingAll("\"", with: "\"\""))\"" : text
  }

  static let csvOrders = DocumentFormat(
    id: "csv-orders", noun: "CSV file", row: "order", rows: "orders",
    fields: [
      .init("order_id", "`order_id`", .key), .init("customer", "`customer`", .text),
      .init("country", "`country`", .category), .init("item", "`item`", .text),
      .init("channel", "`channel`", .category), .init("quantity", "`quantity`", .number),
      .init("total", "`total`", .number),
    ], note: "Quotes that only enclose a CSV field do not belong to its value, and \"\" means \".",
    make: { g, count, difficulty in
      let countries = g.sample(["AT", "BR", "CL", "DE", "EG", "FI", "GR", "IN", "JP"], count: 3)
      let ids = DocumentDraw.ascending(&g, count, from: g.integer(in: 100...8000), step: 1...40)
      return ids.map { id in
        var item = "\(g.pick(SampleNames.adjectives)) \(g.pick(SampleNames.products))"
        if difficulty != .easy, g.oneIn(3) { item = "\(g.pick(SampleNames.products)), \(item)" }
        if difficulty == .hard, g.oneIn(4) { item = "\(g.integer(in: 10...32))\" \(item)" }
        return [
          "\(id)", DocumentDraw.person(&g, difficulty), g.pick(countries), item,
          g.pick(["web", "shop", "phone"]), "\(g.integer(in: 1...24))",
          Padded.hundredths(g.integer(in: 300...90_000)),
        ]
      }
    },
    render: { _, rows in
      .init(
        header: ["order_id,customer,country,item,channel,quantity,total"],
        rows: rows.map { $0.map(csv).joined(separator: ",") })
    },
    damage: { g, line in
      g.oneIn(2)
        ? line + ",\(g.below(90))"
        : String(line.reversed().drop { $0 != "," }.dropFirst().reversed())
    })

  static let tsvSamples = DocumentFormat(
    id: "tsv-samples", noun: "tab-separated table", row: "sample", rows: "samples",
    fields: [
      .init("sample", "`sample`", .key), .init("station", "`station`", .category),
      .init("substance", "`substance`", .category), .init("depth_m", "`depth_m`", .number),
      .init("value", "`value`", .number), .init("taken", "`taken`", .text),
    ],
    make: { g, count, _ in
      let stations = g.sample(SampleNames.cities, count: 3)
      let substances = g.sample(["nitrate", "lead", "zinc", "oxygen", "sulfate"], count: 3)
      let ids = DocumentDraw.distinct(count) {
        "S\(g.integer(in: 100...999))\(g.pick(["A", "B", "C", "D"]))"
      }
      return ids.map {
        [
          $0, g.pick(stations), g.pick(substances), "\(g.integer(in: 1...90))",
          Padded.hundredths(g.integer(in: 5...9000)), g.sampleDay(year: 2025),
        ]
      }
    },
    render: { _, rows in
      .init(
        header: [
          ["sample", "station", "substance", "depth_m", "value", "taken"].joined(separator: "\t")
        ],
        rows: rows.map { $0.joined(separator: "\t") })
    },
    damage: { _, line in
      let cells = line.split(separator: "\t").map(String.init)
      return (cells.prefix(3) + cells.dropFirst(4)).joined(separator: "\t")
    })

  static let markdownTable = DocumentFormat(
    id: "markdown-table", noun: "Markdown table", row: "ticket", rows: "tickets",
    fields: [
      .init("ticket", "Ticket", .key), .init("title", "Title", .text),
      .init("assignee", "Assignee", .category), .init("priority", "Priority", .category),
      .init("points", "Points", .number),
    ],
    make: { g, count, difficulty in
      let people = DocumentDraw.distinct(3) { DocumentDraw.person(&g, difficulty) }
      let prefix = g.pick(["OPS", "WEB", "APP", "DATA", "INFRA"])
      let ids = g.shuffled(DocumentDraw.ascending(&g, count, from: 10, step: 1...90))
      return ids.map {
        [
          "\(prefix)-\($0)",
          "\(g.pick(["Fix", "Add", "Drop", "Test", "Move"])) \(g.pick(SampleNames.services)) "
            + "\(g.pick(["page", "job", "alert", "export", "test", "cache"]))",
          g.pick(people), g.pick(["low", "medium", "high"]), "\(g.integer(in: 1...21))",
        ]
      }
    },
    render: { _, rows in
      .init(
        header: ["| Ticket | Title | Assignee | Priority | Points |", "|---|---|---|---|---:|"],
        rows: rows.map { "| \($0.joined(separator: " | ")) |" })
    },
    damage: { g, line in
      var cells = line.split(separator: "|").map(String.init)
      cells.remove(at: g.below(cells.count))
      return "|\(cells.joined(separator: "|"))|"
    })

  static let podTable = DocumentFormat(
    id: "pod-table", noun: "command output", row: "pod", rows: "pods",
    fields: [
      .init("name", "NAME", .key), .init("ready", "READY", .text),
      .init("status", "STATUS", .category), .init("restarts", "RESTARTS", .number),
      .init("node", "NODE", .category),
    ],
    make: { g, count, _ in
      let nodes = DocumentDraw.distinct(3) { g.sampleHost() }
      let states = g.sample(
        ["Running", "Pending", "Completed", "Evicted", "Unknown", "Terminating"], count: 3)
      let names = DocumentDraw.distinct(count) {
        "\(g.pick(SampleNames.services))-\(String(g.integer(in: 46_656...1_600_000), radix: 36))"
      }
      return names.map { name in
        let all = g.integer(in: 1...4)
        return [
          name, "\(g.below(all + 1))/\(all)", g.pick(states), "\(g.below(60))", g.pick(nodes),
        ]
      }
    },
    render: { _, rows in aligned(["NAME", "READY", "STATUS", "RESTARTS", "NODE"], rows, gap: "   ")
    })

  static let staffTable = DocumentFormat(
    id: "psql-table", noun: "query output", row: "row", rows: "rows",
    fields: [
      .init("id", "`id`", .key), .init("name", "`name`", .text),
      .init("team", "`team`", .category), .init("office", "`office`", .category),
      .init("hours", "`hours`", .number),
    ],
    make: { g, count, difficulty in
      let teams = g.sample(["sales", "legal", "design", "support", "research"], count: 3)
      let offices = g.sample(SampleNames.cities, count: 3)
      let ids = DocumentDraw.ascending(&g, count, from: g.integer(in: 1...500), step: 1...30)
      return ids.map {
        [
          "\($0)", DocumentDraw.person(&g, difficulty), g.pick(teams), g.pick(offices),
          "\(g.integer(in: 4...60))",
        ]
      }
    },
    render: { _, rows in
      var text = aligned(["id", "name", "team", "office", "hours"], rows, gap: " | ")
      let width = text.header[0].count
      text.header.append(String(repeating: "-", count: width))
      text.footer = ["(\(rows.count) rows)"]
      return text
    })

  /// Columns padded to their widest cell.
  private static func aligned(
    _ header: [String], _ rows: [[String]], gap: String
  ) -> DocumentFormat.Text {
    let widths = header.indices.map { column in
      ([header] + rows).map { $0[column].count }.max() ?? 0
    }
    let lines = ([header] + rows).map { row in
      zip(row, widths).map { Padded.right($0, $1) }.joined(separator: gap).trimmedRight
    }
    return .init(header: [lines[0]], rows: Array(lines.dropFirst()))
  }

  static let statement = DocumentFormat(
    id: "bank-statement", noun: "account statement", row: "booking", rows: "bookings",
    fields: [
      .init("day", "day", .text), .init("reference", "reference", .key),
      .init("kind", "kind", .category), .init("payee", "payee", .text),
      .init("amount", "amount", .number),
    ],
    make: { g, count, _ in
      let kinds = g.sample(["card", "transfer", "fee", "refund", "cash"], count: 3)
      let month = g.integer(in: 1...12)
      let days = (0..<count).map { _ in g.integer(in: 1...28) }.sorted()
      let references = DocumentDraw.distinct(count) { "REF\(g.integer(in: 1000...9999))" }
      return zip(days, references).map { day, reference in
        [
          "2026-\(Padded.two(month))-\(Padded.two(day))", reference, g.pick(kinds),
          g.pick(SampleNames.companies), Padded.hundredths(g.integer(in: 90...70_000)),
        ]
      }
    },
    render: { g, rows in
      .init(
        header: ["STATEMENT OF \(g.samplePerson().uppercased())", "all amounts in euros"],
        rows: rows.map {
          "\($0[0])  \($0[1])  \(Padded.right($0[2], 9))\(Padded.right($0[3], 19))\($0[4])"
        })
    })

  static let emailHeaders = DocumentFormat(
    id: "email-headers", noun: "collection of e-mail headers", row: "message", rows: "messages",
    fields: [
      .init("from", "sender address", .category), .init("to", "recipient address", .text),
      .init("subject", "subject", .text), .init("id", "Message-ID (without angle brackets)", .key),
      .init("priority", "X-Priority", .category), .init("size", "X-Size", .number),
    ],
    make: { g, count, _ in
      let senders = DocumentDraw.distinct(2) { g.sampleMail() }
      let ids = DocumentDraw.distinct(count) {
        "\(g.integer(in: 1000...99_999)).\(g.pick(SampleNames.hostWords))@\(g.sampleMailDomain())"
      }
      return ids.map {
        [
          g.pick(senders), g.sampleMail(),
          "\(g.pick(["Re: ", "Fwd: ", "", ""]))\(g.pick(["Invoice", "Offer", "Minutes", "Delay", "Visit"])) "
            + "\(g.pick(SampleNames.companies))", $0, g.pick(["1", "3", "5"]),
          "\(g.integer(in: 900...90_000))",
        ]
      }
    },
    render: { g, rows in
      .init(
        rows: rows.map {
          "From: \(g.pick(SampleNames.first)) <\($0[0])>\nTo: \($0[1])\nSubject: \($0[2])\n"
            + "Message-ID: <\($0[3])>\nX-Priority: \($0[4])\nX-Size: \($0[5])"
        }, separator: "\n\n")
    }, isBlock: true)

  static let iniFile = DocumentFormat(
    id: "ini-file", noun: "INI file", row: "section", rows: "sections",
    fields: [
      .init("section", "section name", .key), .init("host", "`host`", .text),
      .init("port", "`port`", .number), .init("mode", "`mode`", .category),
      .init("enabled", "`enabled`", .category), .init("timeout", "`timeout`", .number),
    ],
    make: { g, count, _ in
      g.sample(SampleNames.services, count: count).map {
        [
          $0, "\(g.sampleHost()).example.net", "\(g.integer(in: 1024...65_000))",
          g.pick(["active", "standby", "readonly"]), g.pick(["yes", "no"]),
          "\(g.integer(in: 1...300))",
        ]
      }
    },
    render: { g, rows in
      let comment = g.pick([
        "; generated, do not edit", "# reviewed in spring", "; see the handbook",
      ])
      return .init(
        header: [comment],
        rows: rows.map {
          "[\($0[0])]\nhost = \($0[1])\nport=\($0[2])\nmode = \($0[3])\nenabled = \($0[4])\n"
            + "timeout = \($0[5])"
        }, separator: "\n\n")
    }, isBlock: true)

  static let httpRequests = DocumentFormat(
    id: "http-requests", noun: "capture of HTTP request headers", row: "request", rows: "requests",
    fields: [
      .init("method", "method", .category), .init("path", "path", .key),
      .init("host", "Host", .category), .init("type", "Content-Type", .category),
      .init("length", "Content-Length", .number), .init("agent", "User-Agent", .text),
    ],
    make: { g, count, _ in
      let hosts = g.sample(["api.example.com", "img.example.org", "www.example.net"], count: 2)
      let types = g.sample(["application/json", "text/csv", "image/png", "text/plain"], count: 2)
      let paths = DocumentDraw.distinct(count) {
        "/v\(g.integer(in: 1...3))/\(g.pick(SampleNames.services))/\(g.integer(in: 1...900))"
      }
      return paths.map {
        [
          g.pick(["POST", "PUT", "PATCH"]), $0, g.pick(hosts), g.pick(types),
          "\(g.integer(in: 10...90_000))",
          "\(g.pick(SampleNames.services))-client/\(g.integer(in: 1...9)).\(g.below(20))",
        ]
      }
    },
    render: { _, rows in
      .init(
        rows: rows.map {
          "\($0[0]) \($0[1]) HTTP/1.1\nHost: \($0[2])\nContent-Type: \($0[3])\n"
            + "Content-Length: \($0[4])\nUser-Agent: \($0[5])"
        }, separator: "\n\n")
    }, isBlock: true)

  static let invoice = DocumentFormat(
    id: "invoice", noun: "invoice", row: "line item", rows: "line items",
    fields: [
      .init("article", "article number", .key), .init("description", "description", .text),
      .init("tax", "tax rate", .category), .init("quantity", "quantity", .number),
      .init("price", "unit price", .number), .init("amount", "amount", .number),
    ],
    make: { g, count, difficulty in
      let articles = DocumentDraw.distinct(count) {
        "\(g.pick(["AX", "BK", "CM", "DT", "EL"]))-\(g.integer(in: 100...999))"
      }
      return articles.map { article in
        let quantity = g.integer(in: 1...20)
        let price = g.integer(in: 80...20_000)
        return [
          article, "\(g.pick(SampleNames.adjectives)) \(g.pick(SampleNames.products))",
          g.pick(["7%", "19%", "0%"]), "\(quantity)", Padded.hundredths(price),
          Padded.hundredths(quantity * price),
        ]
      }
    },
    render: { g, rows in
      let total = rows.map { DocumentNumber.units($0[5]) }.reduce(0, +)
      return .init(
        header: [
          "Invoice no.: 2026-\(g.integer(in: 1000...9999))",
          "Seller: \(g.pick(SampleNames.companies))", "Bill to: \(g.samplePerson())",
          "Due: \(g.sampleDay(year: 2026))", "",
        ],
        rows: rows.map {
          "\($0[0])  \($0[1])  qty \($0[3]) x \($0[4])  tax \($0[2])  = \($0[5])"
        }, footer: ["", "Total: \(Padded.hundredths(total))"])
    })

  static let contactCards = DocumentFormat(
    id: "contact-cards", noun: "contact list", row: "contact", rows: "contacts",
    fields: [
      .init("name", "name", .key), .init("company", "company", .text),
      .init("city", "city", .category), .init("role", "role", .category),
      .init("mail", "mail address", .text), .init("extension", "extension", .number),
    ],
    make: { g, count, difficulty in
      let cities = g.sample(SampleNames.cities, count: 2)
      let roles = g.sample(["buyer", "engineer", "manager", "driver", "clerk"], count: 2)
      return DocumentDraw.distinct(count) { DocumentDraw.person(&g, difficulty) }.map {
        [
          $0, g.pick(SampleNames.companies), g.pick(cities), g.pick(roles), g.sampleMail(),
          "\(g.integer(in: 100...199))",
        ]
      }
    },
    render: { _, rows in
      .init(
        rows: rows.map {
          "Name: \($0[0])\nCompany: \($0[1])\nCity: \($0[2])\nRole: \($0[3])\nMail: \($0[4])\n"
            + "Extension: \($0[5])"
        }, separator: "\n\n")
    }, isBlock: true)

  static let yamlList = DocumentFormat(
    id: "yaml-list", noun: "YAML list of services", row: "service", rows: "services",
    fields: [
      .init("name", "`name`", .key), .init("owner", "`owner`", .text),
      .init("tier", "`tier`", .category), .init("region", "`region`", .category),
      .init("replicas", "`replicas`", .number), .init("memory", "`memory` in MiB", .number),
    ],
    make: { g, count, difficulty in
      let regions = g.sample(["north", "south", "east", "west", "central"], count: 2)
      return g.sample(SampleNames.services, count: count).map {
        [
          $0, DocumentDraw.person(&g, difficulty), g.pick(["gold", "silver", "bronze"]),
          g.pick(regions), "\(g.integer(in: 1...30))", "\(g.integer(in: 1...64) * 128)",
        ]
      }
    },
    render: { _, rows in
      .init(
        header: ["services:"],
        rows: rows.map {
          "  - name: \($0[0])\n    owner: \"\($0[1])\"\n    tier: \($0[2])\n    region: \($0[3])\n"
            + "    replicas: \($0[4])\n    memory: \($0[5])"
        })
    }, isBlock: true)
}
