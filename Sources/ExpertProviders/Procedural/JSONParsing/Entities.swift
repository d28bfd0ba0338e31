internal import ExpertRecord

/// The kinds of thing that generated documents describe.
enum Entities {
  typealias Entity = DocumentFactory.Entity
  typealias Field = DocumentFactory.Field

  static let all: [Entity] = [
    Entity(
      name: "order", plural: "orders", label: "order_no", measure: "total", group: "status",
      fields: [
        code("order_no"), money("total", 500...90000), choice("status", orderStates),
        person("customer"), whole("quantity", 1...40), flag("paid"), day("ordered_on"),
        choice("channel", ["web", "shop", "phone", "partner"]),
      ]),
    Entity(
      name: "user", plural: "users", label: "username", measure: "logins", group: "role",
      fields: [
        username("username"), whole("logins", 0...980), choice("role", roles),
        whole("age", 18...88),
        flag("verified"), city("city"), choice("plan", ["free", "basic", "team", "pro"]),
        day("joined"),
      ]),
    Entity(
      name: "product", plural: "products", label: "sku", measure: "price", group: "color",
      fields: [
        code("sku"), money("price", 99...39900), choice("color", Vocabulary.colors),
        choice("name", Vocabulary.products), whole("stock", 0...750), flag("available"),
        money("weight_kg", 5...4000), company("brand"),
      ]),
    Entity(
      name: "sensor", plural: "sensors", label: "sensor", measure: "reading", group: "room",
      fields: [
        code("sensor"), money("reading", -2000...9500), choice("room", rooms),
        whole("battery", 3...100), flag("online"), choice("unit", ["C", "F", "hPa", "lux", "ppm"]),
        whole("interval_s", 5...900), maybe("last_error", ["timeout", "drift", "noise"]),
      ]),
    Entity(
      name: "flight", plural: "flights", label: "flight", measure: "minutes", group: "state",
      fields: [
        code("flight"), whole("minutes", 35...890), choice("state", flightStates), city("from"),
        city("to"), choice("gate", ["A1", "A7", "B3", "B12", "C4", "C9", "D2", "D15"]),
        whole("seats", 40...420), day("date"),
      ]),
    Entity(
      name: "book", plural: "books", label: "title", measure: "pages", group: "genre",
      fields: [
        title("title"), whole("pages", 48...1250), choice("genre", genres), person("author"),
        whole("year", 1901...2025), flag("in_print"), money("price", 399...8900),
        choice("language", ["en", "de", "fr", "es", "ja", "pt", "sv"]),
      ]),
    Entity(
      name: "employee", plural: "employees", label: "name", measure: "salary", group: "department",
      fields: [
        person("name"), whole("salary", 24000...148000), choice("department", departments),
        whole("years", 0...38), flag("remote"), city("office"), code("badge"), day("hired"),
      ]),
    Entity(
      name: "song", plural: "songs", label: "track", measure: "seconds", group: "style",
      fields: [
        title("track"), whole("seconds", 61...960), choice("style", styles), person("artist"),
        whole("plays", 0...98000), flag("explicit"), whole("bpm", 58...190), company("label"),
      ]),
    Entity(
      name: "invoice", plural: "invoices", label: "invoice", measure: "amount", group: "currency",
      fields: [
        code("invoice"), money("amount", 900...990000),
        choice("currency", ["EUR", "USD", "GBP", "JPY", "SEK", "CHF"]), company("supplier"),
        flag("settled"), day("due"), whole("lines", 1...60),
        maybe("discount_code", ["EARLY", "VIP"]),
      ]),
    Entity(
      name: "job", plural: "jobs", label: "job", measure: "duration_ms", group: "queue",
      fields: [
        slug("job"), whole("duration_ms", 4...98000), choice("queue", queues),
        whole("retries", 0...9), flag("succeeded"), username("runner"), day("started"),
        maybe("error", ["out_of_memory", "timeout", "exit_1", "lost_node"]),
      ]),
    Entity(
      name: "repository", plural: "repositories", label: "repo", measure: "stars",
      group: "language",
      fields: [
        slug("repo"), whole("stars", 0...64000),
        choice("language", ["Swift", "Go", "Rust", "C", "Python", "Kotlin"]),
        whole("open_issues", 0...900), flag("archived"), username("owner"),
        choice("license", ["MIT", "Apache-2.0", "BSD-3-Clause", "GPL-3.0"]), day("pushed"),
      ]),
    Entity(
      name: "shipment", plural: "shipments", label: "parcel", measure: "weight", group: "carrier",
      fields: [
        code("parcel"), money("weight", 10...6500), choice("carrier", carriers), city("origin"),
        city("destination"), flag("insured"), whole("items", 1...64),
        maybe("signed_by", ["M. Roy"]),
      ]),
    Entity(
      name: "recipe", plural: "recipes", label: "dish", measure: "calories", group: "course",
      fields: [
        title("dish"), whole("calories", 90...1400),
        choice("course", ["starter", "main", "dessert", "snack", "drink"]),
        whole("minutes", 5...240), flag("vegan"), whole("servings", 1...12), person("cook"),
        choice("oven", ["none", "160C", "180C", "200C", "220C"]),
      ]),
    Entity(
      name: "server", plural: "servers", label: "host", measure: "cpu_percent", group: "region",
      fields: [
        slug("host"), whole("cpu_percent", 0...100), choice("region", regions),
        whole("memory_gb", 1...512), flag("healthy"), whole("port", 1024...65000),
        choice("os", ["debian", "alpine", "ubuntu", "fedora"]), maybe("alert", ["disk", "heat"]),
      ]),
    Entity(
      name: "ticket", plural: "tickets", label: "ticket", measure: "hours_open", group: "priority",
      fields: [
        code("ticket"), whole("hours_open", 0...720),
        choice("priority", ["low", "normal", "high", "critical"]), person("reporter"),
        flag("escalated"), title("subject"), whole("replies", 0...44), maybe("assignee", ["kofi"]),
      ]),
    Entity(
      name: "course", plural: "courses", label: "course", measure: "enrolled", group: "level",
      fields: [
        title("course"), whole("enrolled", 4...480),
        choice("level", ["beginner", "intermediate", "advanced"]), person("teacher"),
        whole("credits", 1...12), flag("online"), choice("hall", rooms), money("fee", 0...120000),
      ]),
  ]

  private static let orderStates = ["open", "packed", "shipped", "returned", "cancelled"]
  private static let roles = ["admin", "editor", "viewer", "guest", "owner"]
  private static let rooms = ["kitchen", "attic", "lab", "hall", "garage", "office", "cellar"]
  private static let flightStates = ["on_time", "delayed", "boarding", "landed", "cancelled"]
  private static let genres = ["novel", "poetry", "history", "science", "travel", "crime"]
  private static let departments = ["sales", "finance", "support", "research", "legal", "design"]
  private static let styles = ["jazz", "folk", "techno", "choral", "rock", "ambient"]
  private static let queues = ["default", "mail", "reports", "nightly", "import"]
  private static let carriers = ["rail", "road", "sea", "air", "bike"]
  private static let regions = ["eu-north", "eu-west", "us-east", "ap-south", "sa-east"]

  private static func whole(_ name: String, _ range: ClosedRange<Int>) -> Field {
    Field(name: name) { .number(Double($0.integer(in: range))) }
  }
  private static func money(_ name: String, _ hundredths: ClosedRange<Int>) -> Field {
    Field(name: name) { .number(DocumentFactory.decimal(hundredths, &$0)) }
  }
  private static func flag(_ name: String) -> Field {
    Field(name: name) { .bool($0.once(in: 2)) }
  }
  private static func choice(_ name: String, _ values: [String]) -> Field {
    Field(name: name) { .string($0.pick(values)) }
  }
  /// Null every other time.
  private static func maybe(_ name: String, _ values: [String]) -> Field {
    Field(name: name) { $0.once(in: 2) ? .null : .string($0.pick(values)) }
  }
  private static func code(_ name: String) -> Field {
    Field(name: name) { .string(DocumentFactory.code(&$0)) }
  }
  private static func city(_ name: String) -> Field {
    Field(name: name) { .string($0.pick(Vocabulary.cities)) }
  }
  private static func company(_ name: String) -> Field {
    Field(name: name) { .string($0.pick(Vocabulary.companies)) }
  }
  private static func person(_ name: String) -> Field {
    Field(name: name) {
      .string("\($0.pick(Vocabulary.firstNames)) \($0.pick(Vocabulary.lastNames))")
    }
  }
  private static func username(_ name: String) -> Field {
    Field(name: name) {
      .string("\($0.pick(Vocabulary.firstNames).lowercased())\($0.integer(in: 10...99))")
    }
  }
  private static func title(_ name: String) -> Field {
    Field(name: name) {
      let first = $0.pick(Vocabulary.adjectives).capitalizedFirst
      return .string("\(first) \($0.pick(Vocabulary.nouns).capitalizedFirst)")
    }
  }
  private static func slug(_ name: String) -> Field {
    Field(name: name) {
      .string(
        "\($0.pick(Vocabulary.adjectives))-\($0.pick(Vocabulary.nouns))-\($0.integer(in: 1...99))")
    }
  }
  private static func day(_ name: String) -> Field {
    Field(name: name) {
      let month = $0.integer(in: 1...12)
      let day = $0.integer(in: 1...28)
      let pad = { (n: Int) in n < 10 ? "0\(n)" : "\(n)" }
      return .string("\($0.integer(in: 2015...2025))-\(pad(month))-\(pad(day))")
    }
  }
}
