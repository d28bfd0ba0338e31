package import ExpertPackage

/// What routing knows of an expert.
package struct RoutedExpert: Sendable, Hashable {
  package var name: String
  package var keywords: [String]
  package var excludeKeywords: [String]
  package var hint: String?
  /// From 0 to 1; higher goes first.
  package var priority: Double
  /// What stands for the expert where meanings are compared.
  package var text: String

  package init(
    name: String, keywords: [String] = [], excludeKeywords: [String] = [], hint: String? = nil,
    priority: Double = 0, text: String = ""
  ) {
    self.name = name
    self.keywords = keywords
    self.excludeKeywords = excludeKeywords
    self.hint = hint
    self.priority = priority
    self.text = text
  }

  package init(_ manifest: Manifest) {
    let routing = manifest.routing
    let capabilities = manifest.capabilities.map { name in
      String(name.map { $0 == ":" || $0 == "_" || $0 == "-" ? " " : $0 })
    }
    self.init(
      name: manifest.slug, keywords: routing.keywords, excludeKeywords: routing.excludeKeywords,
      hint: routing.routerHint, priority: routing.priority ?? 0,
      text: [
        manifest.description ?? manifest.name, capabilities.joined(separator: ", "),
        routing.keywords.joined(separator: ", "),
      ].filter { !$0.isEmpty }.joined(separator: ". "))
  }
}

/// One expert's place in a ranking, with what speaks for and against it.
package struct Route: Sendable, Hashable {
  package var name: String
  /// From 0 to about 1; 0 for an expert that excludes the query.
  package var score: Double
  /// From 0 to 1; `nil` where the expert has no keywords.
  package var keywordScore: Double?
  package var matched: [String]
  package var excluded: [String]
  /// `nil` where the expert has no hint, or one that cannot be read.
  package var hintHolds: Bool?
  package var hint: String?
  /// The cosine of the meanings, both without what all texts share; `nil` where none was compared.
  package var similarity: Double?
  package var priority: Double
}
