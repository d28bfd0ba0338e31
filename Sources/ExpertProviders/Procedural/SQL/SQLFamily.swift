internal import ExpertRecord

/// A subject that a small database can be about: one parent table, one child table, and the words
/// with which people speak of them. Every query shape works on every family through these roles.
struct SQLFamily: Sendable {
  /// Names the parent table may have, and what one row and several rows are called.
  var parentTables: [String]
  var parent: String
  var parents: String
  var childTables: [String]
  var child: String
  var children: String
  /// Column names for the roles; one of each list is drawn per item.
  var label: [String]
  var group: [String]
  var level: [String]
  var foreign: [String]
  var kind: [String]
  var amount: [String]
  var day: [String]
  var note: [String]
  var groups: [String]
  var kinds: [String]
  var notes: [String]
  var levels: ClosedRange<Int>
  var amounts: ClosedRange<Int>
  var labels: Labels

  /// Where the parent's labels come from.
  enum Labels: Sendable { case people, companies, cities, products, services, hosts }

  static let all: [SQLFamily] = [
    SQLFamily(
      parentTables: ["customers", "clients", "buyers"], parent: "customer", parents: "customers",
      childTables: ["orders", "purchases", "sales"], child: "order", children: "orders",
      label: ["name", "full_name"], group: ["city", "home_city"],
      level: ["credit_limit", "points"],
      foreign: ["customer_id", "buyer_id"], kind: ["status", "state"], amount: ["total", "amount"],
      day: ["ordered_on", "order_date"], note: ["coupon", "promo_code"],
      groups: ["Lyon", "Porto", "Graz", "Leeds", "Osaka"],
      kinds: ["paid", "pending", "shipped", "returned"],
      notes: ["SPRING", "VIP", "WELCOME", "B2B"],
      levels: 100...2000, amounts: 5...900, labels: .people),
    SQLFamily(
      parentTables: ["members", "readers", "patrons"], parent: "member", parents: "members",
      childTables: ["loans", "checkouts", "borrowings"], child: "loan", children: "loans",
      label: ["name", "member_name"], group: ["branch", "library_branch"],
      level: ["max_loans", "joined_year"], foreign: ["member_id", "reader_id"],
      kind: ["genre", "category"], amount: ["days_out", "pages"], day: ["loaned_on", "taken_on"],
      note: ["returned_by", "desk_note"], groups: ["Central", "Harbour", "Northside", "Campus"],
      kinds: ["fiction", "history", "science", "comics"],
      notes: ["front desk", "drop box", "courier", "kiosk"], levels: 3...40, amounts: 1...420,
      labels: .people),
    SQLFamily(
      parentTables: ["patients", "clinic_patients"], parent: "patient", parents: "patients",
      childTables: ["visits", "appointments", "consultations"], child: "visit", children: "visits",
      label: ["name", "patient_name"], group: ["ward", "insurance"], level: ["age", "birth_year"],
      foreign: ["patient_id", "pat_id"], kind: ["department", "clinic"],
      amount: ["minutes", "fee"], day: ["visited_on", "visit_date"],
      note: ["referral", "follow_up"], groups: ["north", "south", "day unit", "private"],
      kinds: ["cardiology", "dermatology", "radiology", "dental"],
      notes: ["GP letter", "self", "emergency", "transfer"], levels: 18...90, amounts: 10...240,
      labels: .people),
    SQLFamily(
      parentTables: ["vehicles", "trucks", "vans"], parent: "vehicle", parents: "vehicles",
      childTables: ["trips", "journeys", "tours"], child: "trip", children: "trips",
      label: ["plate_name", "nickname"], group: ["depot", "garage"], level: ["capacity", "seats"],
      foreign: ["vehicle_id", "unit_id"], kind: ["cargo", "load_type"],
      amount: ["km", "distance_km"], day: ["driven_on", "departed_on"],
      note: ["incident", "remark"], groups: ["East", "West", "Docks", "Airport"],
      kinds: ["parcels", "frozen", "bulk", "empty"],
      notes: ["flat tyre", "late", "detour", "toll"], levels: 4...60, amounts: 8...780,
      labels: .cities),
    SQLFamily(
      parentTables: ["sensors", "probes", "meters"], parent: "sensor", parents: "sensors",
      childTables: ["readings", "measurements", "samples"], child: "reading", children: "readings",
      label: ["code", "tag"], group: ["site", "zone"], level: ["height_cm", "interval_s"],
      foreign: ["sensor_id", "probe_id"], kind: ["quality", "flag"], amount: ["value", "level"],
      day: ["taken_on", "logged_on"], note: ["comment", "operator_note"],
      groups: ["roof", "cellar", "hall", "yard"], kinds: ["good", "drift", "noise", "manual"],
      notes: ["recalibrated", "battery low", "moved", "cleaned"], levels: 10...600,
      amounts: -20...140, labels: .hosts),
    SQLFamily(
      parentTables: ["students", "pupils", "learners"], parent: "student", parents: "students",
      childTables: ["exams", "results", "tests"], child: "exam", children: "exams",
      label: ["name", "student_name"], group: ["class", "form"], level: ["grade_year", "age"],
      foreign: ["student_id", "pupil_id"], kind: ["subject", "course"],
      amount: ["score", "points"], day: ["sat_on", "exam_date"], note: ["remark", "teacher_note"],
      groups: ["7A", "7B", "8A", "8C"], kinds: ["maths", "physics", "music", "latin"],
      notes: ["resit", "oral", "late", "excused"], levels: 7...13, amounts: 20...100,
      labels: .people),
    SQLFamily(
      parentTables: ["employees", "staff", "workers"], parent: "employee", parents: "employees",
      childTables: ["payslips", "payments", "payouts"], child: "payslip", children: "payslips",
      label: ["name", "employee_name"], group: ["department", "team"],
      level: ["salary_band", "weekly_hours"], foreign: ["employee_id", "staff_id"],
      kind: ["pay_type", "item"], amount: ["net", "amount"], day: ["paid_on", "pay_date"],
      note: ["adjustment", "memo"], groups: ["sales", "finance", "support", "design"],
      kinds: ["base", "bonus", "overtime", "expenses"],
      notes: ["corrected", "advance", "relocation", "split"], levels: 10...40,
      amounts: 80...4200, labels: .people),
    SQLFamily(
      parentTables: ["agents", "operators", "support_staff"], parent: "agent", parents: "agents",
      childTables: ["tickets", "cases", "requests"], child: "ticket", children: "tickets",
      label: ["agent_name", "name"], group: ["shift", "office"], level: ["skill", "quota"],
      foreign: ["agent_id", "assignee_id"], kind: ["priority", "severity"],
      amount: ["minutes_spent", "effort"], day: ["opened_on", "created_on"],
      note: ["resolution", "close_reason"], groups: ["early", "late", "night", "weekend"],
      kinds: ["low", "normal", "high", "urgent"],
      notes: ["refund", "workaround", "duplicate", "fixed"], levels: 1...30, amounts: 2...300,
      labels: .people),
    SQLFamily(
      parentTables: ["products", "items", "articles"], parent: "product", parents: "products",
      childTables: ["stock_moves", "movements", "transfers"], child: "stock move",
      children: "stock moves", label: ["title", "product_name"], group: ["brand", "category"],
      level: ["price", "reorder_point"], foreign: ["product_id", "item_id"],
      kind: ["direction", "reason"], amount: ["quantity", "units"], day: ["moved_on", "booked_on"],
      note: ["bin", "shelf_note"], groups: ["tools", "garden", "kitchen", "office"],
      kinds: ["receipt", "issue", "scrap", "count"], notes: ["A-01", "B-14", "C-07", "D-22"],
      levels: 2...250, amounts: 1...120, labels: .products),
    SQLFamily(
      parentTables: ["suppliers", "vendors"], parent: "supplier", parents: "suppliers",
      childTables: ["invoices", "bills"], child: "invoice", children: "invoices",
      label: ["company", "name"], group: ["country", "region"], level: ["rating", "payment_days"],
      foreign: ["supplier_id", "vendor_id"], kind: ["status", "stage"],
      amount: ["amount_due", "gross"], day: ["issued_on", "invoice_date"],
      note: ["approver", "reference"], groups: ["Austria", "Japan", "Kenya", "Peru"],
      kinds: ["open", "paid", "disputed", "draft"],
      notes: ["board", "controller", "plant", "legal"], levels: 5...90, amounts: 50...7500,
      labels: .companies),
    SQLFamily(
      parentTables: ["services", "components", "modules"], parent: "service", parents: "services",
      childTables: ["deployments", "releases", "rollouts"], child: "deployment",
      children: "deployments", label: ["service_name", "slug"], group: ["owner_team", "tier"],
      level: ["replicas", "memory_mb"], foreign: ["service_id", "component_id"],
      kind: ["outcome", "result"], amount: ["seconds", "duration_s"],
      day: ["deployed_on", "released_on"], note: ["rollback_cause", "approved_by"],
      groups: ["core", "growth", "data", "platform"],
      kinds: ["success", "failed", "aborted", "partial"],
      notes: ["timeout", "bad config", "quota", "manual"], levels: 1...64, amounts: 15...1800,
      labels: .services),
    SQLFamily(
      parentTables: ["farms", "growers"], parent: "farm", parents: "farms",
      childTables: ["harvests", "yields"], child: "harvest", children: "harvests",
      label: ["farm_name", "name"], group: ["valley", "district"],
      level: ["hectares", "altitude_m"],
      foreign: ["farm_id", "grower_id"], kind: ["crop", "plant"], amount: ["crates", "tonnes"],
      day: ["picked_on", "harvested_on"], note: ["defect", "buyer_note"],
      groups: ["upper", "lower", "coastal", "hill"],
      kinds: ["apples", "olives", "barley", "tomatoes"],
      notes: ["hail", "mildew", "frost", "bruised"], levels: 3...500, amounts: 4...640,
      labels: .cities),
    SQLFamily(
      parentTables: ["hotels", "properties"], parent: "hotel", parents: "hotels",
      childTables: ["stays", "bookings", "reservations"], child: "stay", children: "stays",
      label: ["hotel_name", "name"], group: ["chain", "area"], level: ["rooms", "stars"],
      foreign: ["hotel_id", "property_id"], kind: ["channel", "source"],
      amount: ["nights_price", "revenue"], day: ["arrival", "checked_in_on"],
      note: ["special_request", "voucher"], groups: ["city", "lake", "alpine", "beach"],
      kinds: ["web", "phone", "agency", "walk-in"],
      notes: ["late arrival", "baby cot", "vegan", "quiet room"], levels: 3...300,
      amounts: 45...1900, labels: .cities),
    SQLFamily(
      parentTables: ["teams", "clubs"], parent: "team", parents: "teams",
      childTables: ["matches", "games", "fixtures"], child: "match", children: "matches",
      label: ["team_name", "club"], group: ["league", "division"],
      level: ["founded", "squad_size"],
      foreign: ["team_id", "club_id"], kind: ["outcome", "result"],
      amount: ["spectators", "attendance"], day: ["played_on", "match_day"],
      note: ["incident", "referee_note"], groups: ["first", "second", "youth", "women"],
      kinds: ["win", "draw", "loss", "void"], notes: ["red card", "extra time", "rain", "protest"],
      levels: 12...35, amounts: 40...5200, labels: .cities),
    SQLFamily(
      parentTables: ["projects", "campaigns"], parent: "project", parents: "projects",
      childTables: ["expenses", "costs"], child: "expense", children: "expenses",
      label: ["title", "project_name"], group: ["sponsor", "program"],
      level: ["budget_k", "head_count"], foreign: ["project_id", "campaign_id"],
      kind: ["cost_type", "category"], amount: ["amount", "cost"],
      day: ["spent_on", "expense_date"], note: ["receipt_note", "approval"],
      groups: ["city council", "university", "foundation", "ministry"],
      kinds: ["travel", "hardware", "catering", "licences"],
      notes: ["missing", "scanned", "disputed", "cash"], levels: 2...400, amounts: 9...2600,
      labels: .services),
    SQLFamily(
      parentTables: ["machines", "presses"], parent: "machine", parents: "machines",
      childTables: ["jobs", "runs", "batches"], child: "job", children: "jobs",
      label: ["machine_name", "asset"], group: ["hall", "line"], level: ["power_kw", "built_year"],
      foreign: ["machine_id", "asset_id"], kind: ["state", "job_type"],
      amount: ["pieces", "output_units"], day: ["run_on", "finished_on"],
      note: ["fault", "operator"], groups: ["H1", "H2", "H3", "H5"],
      kinds: ["milling", "stamping", "setup", "idle"],
      notes: ["jam", "overheat", "tool change", "none left"], levels: 2...95, amounts: 1...950,
      labels: .products),
    SQLFamily(
      parentTables: ["hosts", "servers", "nodes"], parent: "host", parents: "hosts",
      childTables: ["alerts", "incidents"], child: "alert", children: "alerts",
      label: ["hostname", "host"], group: ["datacenter", "rack"], level: ["cores", "ram_gb"],
      foreign: ["host_id", "node_id"], kind: ["severity", "check_name"],
      amount: ["duration_min", "downtime_min"], day: ["raised_on", "started_on"],
      note: ["acknowledged_by", "root_cause"], groups: ["fra", "ams", "nrt", "iad"],
      kinds: ["cpu", "disk", "network", "memory"],
      notes: ["cable", "kernel", "load test", "vendor"], levels: 2...128, amounts: 1...540,
      labels: .hosts),
    SQLFamily(
      parentTables: ["donors", "sponsors"], parent: "donor", parents: "donors",
      childTables: ["gifts", "donations"], child: "donation", children: "donations",
      label: ["donor_name", "name"], group: ["segment", "region"], level: ["since_year", "score"],
      foreign: ["donor_id", "sponsor_id"], kind: ["method", "fund"], amount: ["euros", "amount"],
      day: ["given_on", "received_on"], note: ["dedication", "campaign"],
      groups: ["major", "regular", "corporate", "legacy"],
      kinds: ["transfer", "cash", "online", "shares"],
      notes: ["in memory", "gala", "school", "matching"], levels: 1...60, amounts: 5...3000,
      labels: .people),
    SQLFamily(
      parentTables: ["courses", "workshops"], parent: "course", parents: "courses",
      childTables: ["enrolments", "signups"], child: "enrolment", children: "enrolments",
      label: ["course_title", "title"], group: ["faculty", "track"],
      level: ["credits", "capacity"],
      foreign: ["course_id", "workshop_id"], kind: ["status", "mode"],
      amount: ["fee", "progress"], day: ["enrolled_on", "signed_on"],
      note: ["waiver", "advisor_note"], groups: ["arts", "law", "biology", "computing"],
      kinds: ["active", "completed", "dropped", "waiting"],
      notes: ["grant", "staff", "alumni", "transfer"], levels: 2...90, amounts: 10...950,
      labels: .products),
    SQLFamily(
      parentTables: ["drivers", "couriers", "riders"], parent: "courier", parents: "couriers",
      childTables: ["deliveries", "drops"], child: "delivery", children: "deliveries",
      label: ["name", "courier_name"], group: ["hub", "district"],
      level: ["max_kg", "shift_hours"],
      foreign: ["courier_id", "driver_id"], kind: ["parcel_size", "service"],
      amount: ["grams", "wait_seconds"], day: ["delivered_on", "drop_date"],
      note: ["complaint", "left_with"], groups: ["Riverside", "Old Town", "Station", "Hill"],
      kinds: ["small", "medium", "bulky", "express"],
      notes: ["neighbour", "reception", "safe place", "damaged"], levels: 5...45,
      amounts: 50...4800, labels: .people),
  ]
}
