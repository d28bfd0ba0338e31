internal import ArgumentParser
internal import ExpertCuration
internal import ExpertGeneration

/// What a filter run may be told.
struct FilterOptions: ParsableArguments {
  @Option(help: "The fewest characters of an answer in prose or code.")
  var minOutputLength = 3

  @Option(help: "Drop records at or over this similarity to an earlier one (0.5 to 1).")
  var maxSimilarity: Double?

  @Flag(help: "Also parse answers of undeclared kind that begin like JSON.")
  var validateJSON = false

  @Option(help: "The language that prose must be in, such as en.")
  var language: String?

  @Option(
    help: ArgumentHelp("A filter that does not judge; may be repeated.", valueName: "filter"))
  var disable: [String] = []

  func validate() throws {
    if let maxSimilarity, !(0.5...1).contains(maxSimilarity) {
      throw ValidationError("--max-similarity must lie between 0.5 and 1")
    }
    guard minOutputLength >= 0 else { throw ValidationError("--min-output-length is 0 or more") }
    do {
      try config.validate()
    } catch {
      throw ValidationError(error.description)
    }
  }

  /// The filters' settings.
  var config: FilterConfig {
    var config = FilterConfig()
    config.minOutputLength = minOutputLength
    config.validateJSON = validateJSON
    config.language = language
    config.disabled = Set(disable)
    return config
  }

  /// The rules of a pass.
  var rules: CurationRules { CurationRules(filters: config, maxSimilarity: maxSimilarity) }
}
