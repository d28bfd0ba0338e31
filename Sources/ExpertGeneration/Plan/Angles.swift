/// Ways to look at a topic: each request names one, so that diversity comes from what is asked
/// and not from a sampling temperature, which newer models refuse.
enum Angles {
  static let all = [
    "an everyday case as it comes up at work",
    "a short message from a colleague in a hurry",
    "messy real-world material with irrelevant parts around what matters",
    "unusual but valid values",
    "the smallest case that still makes sense",
    "a longer input with several parts",
    "names, places and text from different countries and scripts",
    "an error that must be noticed",
    "numbers, units and dates that must be read with care",
    "two things that look alike and must be told apart",
    "missing or empty parts",
    "a step in an automated pipeline",
    "a beginner's question",
    "an expert's request that names exact requirements",
    "material from health, law or finance (invented)",
    "material from games, sports or the arts",
    "material from science or engineering",
    "material from shops, travel or logistics",
    "repeated entries where order or counting matters",
    "a boundary case where a careless reader goes wrong",
  ]

  /// The angle of a slot: the list is walked in an order that the seed decides.
  static func angle(slot: Int, order: [Int]) -> String {
    all[order[slot % order.count]]
  }
}
