internal import ExpertRecord

/// A thing that is classified by stated rules: its attributes, its labels, and for each label the
/// conditions that would sensibly lead to it.
struct RuleSubject: Sendable {
  enum Values: Sendable {
    case choice([String])
    case number(ClosedRange<Int>)
  }

  struct Attribute: Sendable {
    var name: String
    var values: Values
  }

  var id: String
  /// "support ticket"
  var noun: String
  /// What classifying it means: "decide which team gets the support ticket".
  var task: String
  var attributes: [Attribute]
  /// Labels with their conditions: "topic=invoice", "amount>", "amount<".
  var labels: [(label: String, hints: [String])]
  /// The label where no rule applies.
  var fallback: String
  /// Three bands for the points variant, lowest first.
  var bands: [String]

  var allLabels: [String] { labels.map(\.label) + [fallback] }

  /// `attributes` is "topic: invoice, refund; amount: 5...900".
  init(
    _ id: String, _ noun: String, task: String, attributes: String,
    labels: [(label: String, hints: [String])], fallback: String, bands: [String]
  ) {
    (self.id, self.noun, self.task) = (id, noun, task)
    (self.labels, self.fallback, self.bands) = (labels, fallback, bands)
    self.attributes = RuleSubject.parts(attributes, ";").map { text in
      let pair = RuleSubject.parts(text, ":")
      return Attribute(name: pair[0], values: RuleSubject.values(pair[1]))
    }
  }

  private static func values(_ text: String) -> Values {
    guard text.contains("...") else { return .choice(parts(text, ",")) }
    let ends = text.replacingAll("...", with: "~").split(separator: "~").compactMap { Int($0) }
    return .number(ends[0]...ends[1])
  }

  private static func parts(_ text: String, _ separator: Character) -> [String] {
    text.split(separator: separator).map { $0.trimmingBlanks }
  }
}

extension Substring {
  var trimmingBlanks: String { String(drop { $0 == " " }).trimmedRight }
}

extension RuleSubject {
  static let all: [RuleSubject] = [
    RuleSubject(
      "support-ticket", "support ticket", task: "decide which team gets the support ticket",
      attributes: "topic: invoice, login, crash, delivery, feedback; plan: free, pro, business; "
        + "amount: 0...900; open days: 0...30; attachment: yes, no",
      labels: [
        ("billing", ["topic=invoice", "amount>"]), ("identity", ["topic=login", "attachment=no"]),
        ("engineering", ["topic=crash", "plan=business"]),
        ("logistics", ["topic=delivery", "open days>"]),
      ], fallback: "front-desk", bands: ["routine", "raised", "critical"]),
    RuleSubject(
      "mail-triage", "e-mail", task: "put the e-mail into a folder",
      attributes: "sender: customer, colleague, newsletter, system, supplier; unread days: 0...20; "
        + "recipients: 1...60; attachments: 0...6; marked: yes, no",
      labels: [
        ("today", ["sender=customer", "marked=yes"]),
        ("this-week", ["sender=colleague", "unread days>"]),
        ("reading", ["sender=newsletter", "recipients>"]),
        ("accounting", ["sender=supplier", "attachments>"]),
      ], fallback: "archive", bands: ["later", "soon", "now"]),
    RuleSubject(
      "payment-risk", "payment", task: "decide what happens to the payment",
      attributes: "amount: 1...5000; country: home, neighbour, overseas; new device: yes, no; "
        + "failed attempts: 0...8; account age days: 0...900",
      labels: [
        ("block", ["failed attempts>", "country=overseas"]),
        ("review", ["amount>", "new device=yes"]),
        ("confirm-by-mail", ["account age days<", "country=neighbour"]),
      ], fallback: "allow", bands: ["low-risk", "watch", "high-risk"]),
    RuleSubject(
      "alert-paging", "monitoring alert", task: "decide how the monitoring alert is handled",
      attributes: "service tier: gold, silver, bronze; error rate: 0...60; minutes open: 0...240; "
        + "hour: 0...23; maintenance: yes, no",
      labels: [
        ("mute", ["maintenance=yes", "service tier=bronze"]),
        ("page", ["error rate>", "service tier=gold"]),
        ("chat", ["minutes open>", "hour<"]),
      ], fallback: "ticket", bands: ["calm", "degraded", "outage"]),
    RuleSubject(
      "loan-request", "loan request", task: "give the loan request its first decision",
      attributes:
        "income: 900...7000; amount: 500...40000; employment: permanent, temporary, none; "
        + "late payments: 0...6; guarantor: yes, no",
      labels: [
        ("decline", ["late payments>", "employment=none"]),
        ("manual-check", ["amount>", "employment=temporary"]),
        ("approve", ["income>", "guarantor=yes"]),
      ], fallback: "ask-for-papers", bands: ["weak", "fair", "strong"]),
    RuleSubject(
      "insurance-claim", "insurance claim", task: "choose the track of the insurance claim",
      attributes:
        "kind: water, fire, theft, glass, storm; sum: 50...20000; days since event: 0...120; "
        + "police report: yes, no; earlier claims: 0...7",
      labels: [
        ("investigate", ["earlier claims>", "police report=no"]),
        ("expert-visit", ["sum>", "kind=fire"]),
        ("reject-late", ["days since event>", "kind=theft"]),
        ("fast-track", ["kind=glass", "sum<"]),
      ], fallback: "standard", bands: ["small", "regular", "complex"]),
    RuleSubject(
      "parcel", "parcel", task: "choose the service for the parcel",
      attributes:
        "weight g: 20...30000; destination: domestic, continental, overseas; value: 1...2000; "
        + "fragile: yes, no; length cm: 5...180",
      labels: [
        ("freight", ["weight g>", "length cm>"]), ("air", ["destination=overseas", "value<"]),
        ("insured", ["value>", "fragile=yes"]), ("letter", ["weight g<", "destination=domestic"]),
      ], fallback: "standard", bands: ["cheap", "middle", "costly"]),
    RuleSubject(
      "patient-intake", "walk-in visit", task: "choose the waiting group of the walk-in visit",
      attributes:
        "temperature tenths: 355...412; pain: 0...10; age: 1...95; breathing: normal, fast, "
        + "laboured; referral: yes, no",
      labels: [
        ("immediate", ["breathing=laboured", "pain>"]),
        ("urgent", ["temperature tenths>", "breathing=fast"]),
        ("elderly-desk", ["age>", "referral=yes"]),
      ], fallback: "regular", bands: ["green", "yellow", "red"]),
    RuleSubject(
      "forum-post", "forum post", task: "decide what the moderators do with the forum post",
      attributes:
        "links: 0...12; reports: 0...20; account days: 0...700; language: plain, rude, threatening; "
        + "topic: on-topic, off-topic, advert",
      labels: [
        ("remove", ["language=threatening", "reports>"]), ("hold", ["links>", "account days<"]),
        ("move", ["topic=off-topic", "topic=advert"]),
      ], fallback: "publish", bands: ["harmless", "doubtful", "harmful"]),
    RuleSubject(
      "sales-lead", "sales lead", task: "decide what happens with the sales lead",
      attributes:
        "employees: 1...2000; industry: retail, health, public, media, energy; visits: 0...40; "
        + "demo asked: yes, no; budget k: 0...250",
      labels: [
        ("call-today", ["demo asked=yes", "visits>"]),
        ("key-account", ["employees>", "budget k>"]),
        ("tender-team", ["industry=public", "industry=energy"]),
        ("nurture", ["visits<", "industry=media"]),
      ], fallback: "newsletter", bands: ["cold", "warm", "hot"]),
    RuleSubject(
      "access-request", "access request", task: "answer the access request",
      attributes:
        "role: intern, engineer, manager, contractor; system: wiki, payroll, production, archive; "
        + "training done: yes, no; days requested: 1...365; open violations: 0...4",
      labels: [
        ("deny", ["open violations>", "role=contractor"]),
        ("escalate", ["system=payroll", "system=production"]),
        ("train-first", ["training done=no", "role=intern"]),
        ("limit-to-30-days", ["days requested>", "system=archive"]),
      ], fallback: "grant", bands: ["harmless", "sensitive", "dangerous"]),
    RuleSubject(
      "bug-report", "bug report", task: "set the priority of the bug report",
      attributes:
        "users hit: 1...5000; data loss: yes, no; workaround: yes, no; area: checkout, search, "
        + "settings, docs; age days: 0...400",
      labels: [
        ("p0", ["data loss=yes", "users hit>"]), ("p1", ["area=checkout", "workaround=no"]),
        ("p2", ["area=search", "age days<"]), ("wont-fix", ["age days>", "area=docs"]),
      ], fallback: "p3", bands: ["minor", "major", "blocker"]),
    RuleSubject(
      "expense-claim", "expense claim", task: "process the expense claim",
      attributes: "amount: 3...1500; category: travel, meals, hardware, gifts; receipt: yes, no; "
        + "days old: 0...200; approver: set, missing",
      labels: [
        ("reject", ["days old>", "category=gifts"]),
        ("ask-receipt", ["receipt=no", "category=meals"]),
        ("ask-approver", ["approver=missing", "amount>"]),
      ], fallback: "pay", bands: ["clear", "unusual", "suspicious"]),
    RuleSubject(
      "release-gate", "release candidate", task: "decide how the release candidate goes on",
      attributes:
        "failed tests: 0...12; coverage: 40...99; open blockers: 0...5; weekday: Mon, Tue, Wed, "
        + "Thu, Fri; migration: yes, no",
      labels: [
        ("stop", ["open blockers>", "failed tests>"]), ("canary", ["migration=yes", "coverage<"]),
        ("wait-for-monday", ["weekday=Fri", "weekday=Thu"]),
      ], fallback: "go", bands: ["safe", "careful", "risky"]),
    RuleSubject(
      "return-request", "return request", task: "decide the return request",
      attributes:
        "days since purchase: 0...120; condition: sealed, opened, damaged; price: 4...900; "
        + "receipt: yes, no; reason: defect, size, regret",
      labels: [
        ("refuse", ["days since purchase>", "receipt=no"]),
        ("inspect", ["condition=damaged", "price>"]),
        ("exchange", ["reason=size", "condition=opened"]),
        ("refund", ["reason=defect", "condition=sealed"]),
      ], fallback: "store-credit", bands: ["simple", "arguable", "disputed"]),
    RuleSubject(
      "machine-check", "machine check", task: "plan the service after the machine check",
      attributes:
        "vibration: 1...90; oil: clear, dark, milky; hours run: 10...9000; leak: yes, no; "
        + "bearing C: 20...130",
      labels: [
        ("stop-now", ["bearing C>", "oil=milky"]),
        ("repair-this-week", ["leak=yes", "vibration>"]),
        ("service-at-stop", ["hours run>", "oil=dark"]),
      ], fallback: "no-action", bands: ["healthy", "worn", "failing"]),
    RuleSubject(
      "irrigation", "field report", task: "decide about watering from the field report",
      attributes:
        "soil moisture: 3...60; rain forecast mm: 0...40; crop: maize, vines, potatoes, lettuce; "
        + "wind kmh: 0...70; pump: ready, broken",
      labels: [
        ("call-mechanic", ["pump=broken", "pump=broken"]),
        ("skip", ["rain forecast mm>", "wind kmh>"]),
        ("water-now", ["soil moisture<", "crop=lettuce"]),
      ], fallback: "water-tonight", bands: ["wet", "balanced", "dry"]),
    RuleSubject(
      "job-application", "job application", task: "choose the next step for the job application",
      attributes:
        "years: 0...20; degree: none, bachelor, master; portfolio: yes, no; notice weeks: 0...26; "
        + "source: referral, board, agency",
      labels: [
        ("interview", ["source=referral", "years>"]),
        ("test-task", ["portfolio=yes", "degree=master"]),
        ("talent-pool", ["notice weeks>", "source=agency"]),
      ], fallback: "decline", bands: ["weak-match", "match", "strong-match"]),
    RuleSubject(
      "file-retention", "file", task: "decide what storage keeps the file",
      attributes: "age days: 0...4000; size mb: 1...9000; kind: log, contract, photo, backup; "
        + "legal hold: yes, no; last read days: 0...2000",
      labels: [
        ("keep-locked", ["legal hold=yes", "kind=contract"]),
        ("delete", ["age days>", "kind=log"]),
        ("cold-storage", ["last read days>", "size mb>"]),
      ], fallback: "keep", bands: ["cheap", "normal", "expensive"]),
    RuleSubject(
      "room-climate", "room reading", task: "set the climate unit from the room reading",
      attributes: "temperature: 8...36; co2 ppm: 380...2200; window: open, closed; people: 0...40; "
        + "mode: workday, weekend, holiday",
      labels: [
        ("off", ["window=open", "mode=holiday"]), ("ventilate", ["co2 ppm>", "people>"]),
        ("heat", ["temperature<", "mode=workday"]), ("cool", ["temperature>", "people>"]),
      ], fallback: "idle", bands: ["pleasant", "stuffy", "bad"]),
  ]
}
