internal import ExpertRecord

/// Documents that machines write line by line.
enum DocumentFormats {
  static let logs: [DocumentFormat] = [
    syslog, accessLog, jsonLines, logfmt, auditTrail, buildLog, stackTrace, queryStrings, cronTable,
  ]

  private static let messages = [
    "connection reset by peer", "cache refreshed", "job finished", "retrying in 5 s",
    "disk quota reached", "certificate renewed", "queue drained", "invalid checksum",
    "session expired", "worker restarted", "schema migrated", "lock released", "payload too large",
    "token refreshed", "index rebuilt", "upstream timed out", "snapshot stored", "lease lost",
  ]

  private static func cut(_ g: inout SeededGenerator, _ line: String) -> String {
    String(line.prefix(line.count * g.integer(in: 30...60) / 100))
  }

  static let syslog = DocumentFormat(
    id: "syslog", noun: "syslog excerpt", row: "line", rows: "lines",
    fields: [
      .init("time", "time stamp", .text), .init("host", "host name", .category),
      .init("program", "program name", .category), .init("pid", "process id", .key),
      .init("message", "message", .text),
    ],
    make: { g, count, difficulty in
      let hosts = DocumentDraw.distinct(difficulty == .easy ? 2 : 3) { g.sampleHost() }
      let programs = g.sample(
        ["sshd", "cron", "kernel", "nginx", "dockerd", "postfix", "ntpd", "named", "cupsd"],
        count: 3)
      let month = g.pick(SampleNames.months)
      let day = g.integer(in: 10...28)
      let pids = g.shuffled(DocumentDraw.ascending(&g, count, from: 400, step: 3...900))
      return zip(DocumentDraw.times(&g, count), pids).map { time, pid in
        [
          "\(month) \(day) \(DocumentDraw.clock(time))", g.pick(hosts), g.pick(programs), "\(pid)",
          "\(g.pick(messages)) (\(g.pick(SampleNames.services)))",
        ]
      }
    },
    render: { _, rows in
      .init(rows: rows.map { "\($0[0]) \($0[1]) \($0[2])[\($0[3])]: \($0[4])" })
    }, damage: { g, line in cut(&g, line) })

  static let accessLog = DocumentFormat(
    id: "access-log", noun: "web server access log", row: "request", rows: "requests",
    fields: [
      .init("client", "client address", .key), .init("user", "user name", .text),
      .init("time", "time stamp", .text), .init("method", "method", .category),
      .init("path", "path", .text), .init("status", "status code", .category),
      .init("bytes", "number of bytes", .number),
    ],
    make: { g, count, _ in
      let clients = DocumentDraw.distinct(count) { g.sampleAddress() }
      let statuses = g.sample(["200", "201", "204", "301", "403", "404", "500", "503"], count: 3)
      let methods = g.sample(["GET", "POST", "PUT", "DELETE", "HEAD"], count: 3)
      let date = "\(g.integer(in: 10...28))/\(g.pick(SampleNames.months))/2026"
      return zip(DocumentDraw.times(&g, count), clients).map { time, client in
        [
          client, g.oneIn(3) ? "-" : g.pick(SampleNames.first).lowercased(),
          "\(date):\(DocumentDraw.clock(time)) +0000", g.pick(methods),
          "/\(g.pick(SampleNames.services))/\(g.integer(in: 1...999))", g.pick(statuses),
          "\(g.integer(in: 80...48_000))",
        ]
      }
    },
    render: { g, rows in
      let agents = g.sample(
        ["curl/8.5.0", "Mozilla/5.0 (X11; Linux x86_64)", "python-requests/2.31", "Wget/1.21"],
        count: 2)
      return .init(
        rows: rows.map {
          "\($0[0]) - \($0[1]) [\($0[2])] \"\($0[3]) \($0[4]) HTTP/1.1\" \($0[5]) \($0[6]) \"-\" "
            + "\"\(g.pick(agents))\""
        })
    }, damage: { g, line in cut(&g, line) })

  static let jsonLines = DocumentFormat(
    id: "json-lines", noun: "JSON lines log", row: "event", rows: "events",
    fields: [
      .init("ts", "`ts`", .text), .init("level", "`level`", .category),
      .init("service", "`service`", .category), .init("request", "`request`", .key),
      .init("ms", "`ms`", .number), .init("msg", "`msg`", .text),
    ], note: "Escapes inside JSON strings are to be resolved.",
    make: { g, count, difficulty in
      let services = g.sample(SampleNames.services, count: 3)
      let levels = g.sample(["debug", "info", "warn", "error", "fatal"], count: 3)
      let day = g.sampleDay(year: 2026)
      let ids = DocumentDraw.distinct(count) {
        "r-\(String(g.integer(in: 4096...65_535), radix: 16))"
      }
      return zip(DocumentDraw.times(&g, count), ids).map { time, id in
        var message = "\(g.pick(messages)) for \(g.pick(SampleNames.first))"
        if difficulty == .hard, g.oneIn(4) { message = "said \"\(message)\"" }
        return [
          "\(day)T\(DocumentDraw.clock(time))Z", g.pick(levels), g.pick(services), id,
          "\(g.integer(in: 1...4000))", message,
        ]
      }
    },
    render: { _, rows in
      .init(
        rows: rows.map { row in
          "{\"ts\":\"\(row[0])\",\"level\":\"\(row[1])\",\"service\":\"\(row[2])\","
            + "\"request\":\"\(row[3])\",\"ms\":\(row[4]),\"msg\":\(AnswerText.quote(row[5]))}"
        })
    },
    damage: { g, line in
      switch g.below(3) {
      case 0: String(line.dropLast())
      case 1: line.replacingAll("\"level\":", with: "\"level\"")
      default: line.replacingAll("\",\"service\"", with: ",\"service\"")
      }
    })

  static let logfmt = DocumentFormat(
    id: "logfmt", noun: "logfmt log", row: "entry", rows: "entries",
    fields: [
      .init("at", "`at`", .text), .init("level", "`level`", .category),
      .init("svc", "`svc`", .category), .init("job", "`job`", .key),
      .init("took_ms", "`took_ms`", .number), .init("msg", "`msg`", .text),
    ], note: "Quotes around a value do not belong to it.",
    make: { g, count, _ in
      let services = g.sample(SampleNames.services, count: 3)
      let levels = g.sample(["trace", "info", "notice", "warning", "error"], count: 3)
      let jobs = g.shuffled(DocumentDraw.ascending(&g, count, from: 1000, step: 5...700))
      return zip(DocumentDraw.times(&g, count), jobs).map { time, job in
        [
          DocumentDraw.clock(time), g.pick(levels), g.pick(services), "\(job)",
          "\(g.integer(in: 2...9000))", "\(g.pick(messages)) on \(g.sampleHost())",
        ]
      }
    },
    render: { _, rows in
      .init(
        rows: rows.map {
          "at=\($0[0]) level=\($0[1]) svc=\($0[2]) job=\($0[3]) took_ms=\($0[4]) msg=\"\($0[5])\""
        })
    },
    damage: { g, line in
      g.oneIn(2) ? line.replacingAll("level=", with: "level ") : String(line.dropLast())
    })

  static let auditTrail = DocumentFormat(
    id: "audit-trail", noun: "audit trail", row: "record", rows: "records",
    fields: [
      .init("time", "time", .text), .init("actor", "actor", .category),
      .init("action", "action", .category), .init("object", "object", .key),
      .init("result", "result", .category), .init("source", "source address", .text),
    ],
    make: { g, count, _ in
      let actors = DocumentDraw.distinct(3) { g.pick(SampleNames.first).lowercased() }
      let actions = g.sample(["read", "create", "delete", "export", "approve", "share"], count: 3)
      let kinds = g.sample(["invoice", "report", "key", "user", "bucket", "policy"], count: 3)
      let day = g.sampleDay(year: 2026)
      let objects = DocumentDraw.distinct(count) { "\(g.pick(kinds))/\(g.integer(in: 10...9999))" }
      return zip(DocumentDraw.times(&g, count), objects).map { time, object in
        [
          "\(day)T\(DocumentDraw.clock(time))Z", g.pick(actors), g.pick(actions), object,
          g.pick(["granted", "granted", "denied"]), g.sampleAddress(),
        ]
      }
    },
    render: { g, rows in
      let order = g.oneIn(2)
      return .init(
        rows: rows.map {
          order
            ? "\($0[0]) actor=\($0[1]) action=\($0[2]) object=\($0[3]) result=\($0[4]) src=\($0[5])"
            : "\($0[0]) \($0[4].uppercased()) \($0[1]) -> \($0[2]) \($0[3]) from \($0[5])"
        })
    }, damage: { g, line in cut(&g, line) })

  static let buildLog = DocumentFormat(
    id: "build-log", noun: "build log", row: "step", rows: "steps",
    fields: [
      .init("time", "time", .text), .init("status", "status", .category),
      .init("module", "module", .key), .init("phase", "phase", .category),
      .init("ms", "duration in ms", .number), .init("files", "number of files", .number),
    ],
    make: { g, count, _ in
      let modules = g.sample(SampleNames.services, count: count)
      let phases = g.sample(["compile", "link", "test", "package", "lint"], count: 3)
      return zip(DocumentDraw.times(&g, count), modules).map { time, module in
        [
          DocumentDraw.clock(time), g.pick(["OK", "OK", "WARN", "FAIL"]), module, g.pick(phases),
          "\(g.integer(in: 40...9000))", "\(g.integer(in: 1...140))",
        ]
      }
    },
    render: { _, rows in
      .init(
        rows: rows.map {
          "[\($0[0])] \(Padded.right($0[1], 4)) \($0[3]) of \($0[2]) took \($0[4]) ms "
            + "(\($0[5]) files)"
        })
    }, damage: { g, line in cut(&g, line) })

  static let stackTrace = DocumentFormat(
    id: "stack-trace", noun: "stack trace", row: "frame", rows: "frames",
    fields: [
      .init("package", "package", .category), .init("class", "class", .category),
      .init("method", "method", .key), .init("file", "file name", .text),
      .init("line", "line number", .number),
    ],
    make: { g, count, _ in
      let packages = g.sample(SampleNames.services, count: 3).map { "com.example.\($0)" }
      let classes = g.sample(
        ["Handler", "Mapper", "Store", "Client", "Parser", "Router", "Loader", "Guard"], count: 3)
      let methods = DocumentDraw.distinct(count) {
        g.pick(["load", "save", "find", "apply", "parse", "send", "open", "check", "merge", "read"])
          + g.pick(["All", "Batch", "Config", "Entry", "Index", "Page", "Row", "Token", "User"])
      }
      return methods.map { method in
        let name = g.pick(classes)
        return [g.pick(packages), name, method, "\(name).java", "\(g.integer(in: 12...980))"]
      }
    },
    render: { g, rows in
      let error = g.pick([
        "java.lang.IllegalStateException", "java.io.UncheckedIOException",
        "java.lang.NullPointerException", "java.util.NoSuchElementException",
      ])
      return .init(
        header: ["Exception in thread \"main\" \(error): \(g.pick(messages))"],
        rows: rows.map { "    at \($0[0]).\($0[1]).\($0[2])(\($0[3]):\($0[4]))" })
    })

  static let queryStrings = DocumentFormat(
    id: "query-strings", noun: "list of URLs", row: "URL", rows: "URLs",
    fields: [
      .init("visit", "`visit` parameter", .key), .init("q", "`q` parameter", .text),
      .init("sort", "`sort` parameter", .category), .init("lang", "`lang` parameter", .category),
      .init("page", "`page` parameter", .number),
    ], note: "Percent-encoded characters and + (a blank) are to be decoded.",
    make: { g, count, difficulty in
      let languages = g.sample(["en", "de", "fr", "pl", "pt", "tr"], count: 3)
      let visits = g.shuffled(DocumentDraw.ascending(&g, count, from: 2000, step: 11...800))
      return visits.map { visit in
        let product = "\(g.pick(SampleNames.adjectives)) \(g.pick(SampleNames.products))"
        let query = difficulty == .hard && g.oneIn(3) ? "\(product) 50% & more" : product
        return [
          "\(visit)", query, g.pick(["price", "date", "rating"]), g.pick(languages),
          "\(g.integer(in: 1...40))",
        ]
      }
    },
    render: { g, rows in
      let host = g.pick(["shop.example.com", "www.example.org", "search.example.net"])
      return .init(
        rows: rows.map { row in
          let query = row[1].replacingAll("%", with: "%25").replacingAll("&", with: "%26")
            .replacingAll(" ", with: "+")
          return "https://\(host)/search?q=\(query)&sort=\(row[2])&page=\(row[4])&lang=\(row[3])"
            + "&visit=\(row[0])"
        })
    })

  static let cronTable = DocumentFormat(
    id: "crontab", noun: "crontab", row: "job", rows: "jobs",
    fields: [
      .init("minute", "minute", .number), .init("hour", "hour", .number),
      .init("weekday", "weekday field", .category), .init("user", "user", .category),
      .init("command", "command", .key),
    ],
    make: { g, count, _ in
      let users = g.sample(["root", "backup", "www", "deploy", "report"], count: 3)
      let commands = DocumentDraw.distinct(count) {
        "/opt/\(g.pick(SampleNames.services))/bin/\(g.pick(["run", "sync", "clean", "send", "check"]))"
      }
      return commands.map {
        [
          "\(g.below(60))", "\(g.below(24))", g.pick(["*", "1-5", "0", "6"]), g.pick(users), $0,
        ]
      }
    },
    render: { _, rows in
      .init(
        header: ["# minute hour day month weekday user command"],
        rows: rows.map { "\($0[0]) \($0[1]) * * \($0[2]) \($0[3]) \($0[4])" })
    })
}
