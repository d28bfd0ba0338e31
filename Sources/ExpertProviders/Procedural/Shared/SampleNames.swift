internal import ExpertRecord

/// Names for documents and rows: invented people, and hosts and addresses from the ranges that are
/// reserved for examples (RFC 2606, RFC 5737, RFC 1918), so that no record names anything real.
enum SampleNames {
  static let first = [
    "Alice", "Amir", "Ana", "Anders", "Aoife", "Aylin", "Beatriz", "Bjorn", "Carla", "Chen",
    "Chidi", "Clara", "Daria", "Diego", "Dmitri", "Elena", "Emeka", "Emil", "Esther", "Fatima",
    "Felix", "Freya", "Gita", "Goran", "Hana", "Hassan", "Helena", "Hugo", "Ibrahim", "Ines",
    "Ingrid", "Ivan", "Jamal", "Jana", "Joana", "Jonas", "Kaito", "Katja", "Kofi", "Laila",
    "Lars", "Leo", "Lin", "Lucia", "Magda", "Marco", "Mei", "Milan", "Mina", "Nadia", "Nils",
    "Noor", "Olga", "Omar", "Paula", "Pavel", "Priya", "Rafael", "Rania", "Rosa", "Ruth",
    "Samir", "Sanna", "Silvia", "Sofia", "Tariq", "Tea", "Tomas", "Uma", "Vera", "Viktor",
    "Wanda", "Yara", "Yusuf", "Zoe", "Zofia",
  ]

  static let last = [
    "Abara", "Adler", "Almeida", "Anand", "Baker", "Banerjee", "Bauer", "Becker", "Berg", "Bianchi",
    "Cohen", "Costa", "Dahl", "Dubois", "Eriksen", "Farouk", "Ferrari", "Fischer", "Fontaine",
    "Garcia", "Haddad", "Hansen", "Horvat", "Iqbal", "Ito", "Jansen", "Johansson", "Kaya", "Keller",
    "Khan", "Kim", "Kovacs", "Kowalski", "Laine", "Lang", "Leclerc", "Lindqvist", "Lopez",
    "Mahmoud",
    "Martins", "Mensah", "Meyer", "Moreau", "Nakamura", "Nguyen", "Novak", "Nunes", "Obi", "Okafor",
    "Olsen", "Ortega", "Park", "Patel", "Petrov", "Popescu", "Quinn", "Rahman", "Ramos", "Reyes",
    "Rossi", "Sato", "Schmidt", "Silva", "Singh", "Soto", "Suzuki", "Tanaka", "Torres", "Vargas",
    "Virtanen", "Wagner", "Weber", "Yilmaz", "Zhang",
  ]

  static let cities = [
    "Accra", "Ankara", "Athens", "Austin", "Bergen", "Bilbao", "Bologna", "Bremen", "Brno",
    "Bruges",
    "Cairo", "Cork", "Cusco", "Dakar", "Delft", "Denver", "Dublin", "Galway", "Gdansk", "Geneva",
    "Genoa", "Ghent", "Graz", "Haifa", "Hanoi", "Izmir", "Kyoto", "Lagos", "Leeds", "Leipzig",
    "Lima", "Linz", "Lisbon", "Lyon", "Malmo", "Manila", "Nairobi", "Nantes", "Odense", "Osaka",
    "Oslo", "Ottawa", "Padua", "Porto", "Prague", "Pune", "Quito", "Riga", "Seville", "Sofia",
    "Split", "Tallinn", "Tampere", "Tbilisi", "Toledo", "Trieste", "Turku", "Utrecht", "Vienna",
    "Zagreb",
  ]

  static let companies = [
    "Alder Works", "Amber Foods", "Arctic Tools", "Basalt Group", "Beacon Labs", "Birch Supply",
    "Blue Harbor", "Bright Mill", "Cedar Press", "Cobalt Freight", "Copper Lane", "Crane Optics",
    "Delta Farms", "Dune Travel", "Ember Energy", "Falcon Parts", "Fern Studio", "Finch Books",
    "Flint Security", "Glacier Water", "Granite Homes", "Grove Market", "Harvest Line",
    "Heron Marine", "Indigo Print", "Iris Medical", "Juniper Goods", "Kestrel Air", "Lantern Media",
    "Larch Timber", "Linden Bank", "Lotus Textiles", "Maple Transit", "Marble Arch", "Meadow Dairy",
    "Nimbus Data", "North Quay", "Oak Street", "Onyx Mining", "Orchid Hotels", "Otter Games",
    "Pebble Toys", "Pine Ridge", "Quartz Audio", "Raven Motors", "River Bend", "Rowan Pharma",
    "Saffron Kitchen", "Sable Fashion", "Slate Roofing", "Spruce Paper", "Summit Gear",
    "Thistle Tea", "Tidal Power", "Topaz Jewels", "Umber Ceramics", "Violet Cosmetics",
    "Walnut Furniture", "Willow Care", "Zephyr Cycles",
  ]

  static let products = [
    "anvil", "apron", "backpack", "bandage", "basket", "battery", "bearing", "blanket", "bottle",
    "bracket", "brush", "bucket", "cable", "camera", "candle", "carpet", "chair", "charger",
    "chisel",
    "clamp", "clock", "compass", "cushion", "desk", "drill", "easel", "fan", "faucet", "filter",
    "flask", "funnel", "gasket", "gloves", "grinder", "hammer", "headset", "heater", "helmet",
    "hinge",
    "hose", "jacket", "kettle", "keyboard", "ladder", "lamp", "lantern", "lens", "level", "mirror",
    "monitor", "mug", "notebook", "paddle", "pan", "pencil", "pillow", "pliers", "pump", "printer",
    "rack", "radio", "ribbon", "router", "ruler", "sander", "scale", "scanner", "shelf", "shovel",
    "sieve", "speaker", "spool", "stapler", "stool", "switch", "tape", "tent", "thermos", "toaster",
    "torch", "towel", "tripod", "tumbler", "valve", "vase", "vise", "wallet", "whistle", "wrench",
  ]

  static let adjectives = [
    "amber", "ancient", "black", "blue", "brass", "bright", "broad", "calm", "carbon", "classic",
    "compact", "coral", "cotton", "crimson", "dense", "double", "eco", "flat", "folding", "glass",
    "golden", "green", "grey", "heavy", "ivory", "large", "light", "linen", "long", "magnetic",
    "matte",
    "mini", "narrow", "nylon", "olive", "orange", "oval", "pink", "plain", "quiet", "rapid", "red",
    "round", "rustic", "sharp", "short", "silver", "slim", "small", "smart", "soft", "solid",
    "square",
    "steel", "striped", "sturdy", "thick", "velvet", "violet", "white", "wide", "wooden", "yellow",
  ]

  static let services = [
    "accounts", "alerts", "archive", "auth", "backup", "basket", "billing", "booking", "cache",
    "catalog", "checkout", "claims", "content", "courier", "delivery", "dispatch", "events",
    "exports",
    "feed", "fleet", "forecast", "gateway", "geo", "identity", "images", "imports", "indexer",
    "inventory", "invoices", "ledger", "loyalty", "mailer", "media", "metrics", "notify", "orders",
    "payments", "planner", "policy", "pricing", "profile", "quotes", "ranking", "recommend",
    "refunds",
    "reports", "returns", "reviews", "routing", "rules", "scheduler", "search", "session",
    "settings",
    "shipping", "signup", "stock", "storage", "sync", "tax", "telemetry", "tickets", "uploads",
    "warehouse", "webhooks",
  ]

  static let hostWords = [
    "app", "build", "cache", "core", "data", "db", "edge", "files", "gw", "jobs", "lab", "log",
    "mail",
    "mq", "node", "print", "proxy", "relay", "store", "vpn", "web", "work",
  ]

  static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
}

extension SeededGenerator {
  /// "Priya Novak"
  mutating func samplePerson() -> String {
    "\(pick(SampleNames.first)) \(pick(SampleNames.last))"
  }

  /// "priya.novak@example.com", always in a domain reserved for examples.
  mutating func sampleMail() -> String {
    let first = pick(SampleNames.first).lowercased()
    let last = pick(SampleNames.last).lowercased()
    return "\(first).\(last)@\(sampleMailDomain())"
  }

  mutating func sampleMailDomain() -> String {
    pick(["example.com", "example.org", "example.net", "mail.example.com", "post.example.org"])
  }

  /// An address from the blocks reserved for documentation, or from 10.0.0.0/8.
  mutating func sampleAddress() -> String {
    switch below(4) {
    case 0: "192.0.2.\(integer(in: 1...254))"
    case 1: "198.51.100.\(integer(in: 1...254))"
    case 2: "203.0.113.\(integer(in: 1...254))"
    default: "10.\(below(256)).\(below(256)).\(integer(in: 1...254))"
    }
  }

  /// "db-07", "edge-31"
  mutating func sampleHost() -> String {
    "\(pick(SampleNames.hostWords))-\(Padded.two(integer(in: 1...60)))"
  }

  /// A valid calendar date within the year; day 28 at most, so that every month has it.
  mutating func sampleDay(year: Int) -> String {
    "\(year)-\(Padded.two(integer(in: 1...12)))-\(Padded.two(integer(in: 1...28)))"
  }

  /// True once in `n` times.
  mutating func oneIn(_ n: Int) -> Bool { below(n) == 0 }
}

/// Numbers with leading zeros, without Foundation's formatter.
enum Padded {
  static func two(_ value: Int) -> String { pad(value, 2) }

  static func pad(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    guard digits.utf8.count < width else { return digits }
    return String(repeating: "0", count: width - digits.utf8.count) + digits
  }

  /// "12.50" from 1250: money and measures are kept as whole hundredths, so sums are exact.
  static func hundredths(_ value: Int) -> String {
    let sign = value < 0 ? "-" : ""
    return "\(sign)\(abs(value) / 100).\(two(abs(value) % 100))"
  }

  /// Text filled with spaces to a width.
  static func right(_ text: String, _ width: Int) -> String {
    text.count >= width ? text : text + String(repeating: " ", count: width - text.count)
  }
}
