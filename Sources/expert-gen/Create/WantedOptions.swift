internal import ArgumentParser
internal import ExpertGeneration
internal import ExpertProviders
internal import ExpertRecord

/// What is to be generated. Flags win over the recipe file, that over the built-in recipe of the
/// domain.
struct WantedOptions: ParsableArguments {
  @Option(help: "The domain; with --provider procedural one of “provider show procedural”.")
  var domain: String?

  @Option(help: "What the expert must learn to do, in one sentence.")
  var task: String?

  @Option(help: "Accepted records to reach (default 500).")
  var count: Int?

  @Option(help: "instruction, preference_pairs, distillation or adversarial (default instruction).")
  var format: GenerationFormat?

  @Option(help: "easy, medium, hard or mixed (default mixed: 30 %, 50 %, 20 %).")
  var difficulty: String?

  @Option(help: "The dataset's name (default: the domain).")
  var name: String?

  @Option(help: "A recipe: a file, or the name of a folder in Datasets.")
  var recipe: String?

  @Option(help: "A topic to cover; may be repeated.")
  var topic: [String] = []

  @Option(help: "Whose voice to write in; may be repeated.")
  var persona: [String] = []

  @Option(help: "A principle that every answer keeps; may be repeated.")
  var principle: [String] = []

  @Option(help: "The language to write in, as a two-letter code.")
  var language: String?

  @Option(help: "The prompt template, NAME or NAME@v2 (default: the format's own).")
  var prompt: String?

  @Option(help: "Decides every random choice (default 0).")
  var seed: UInt64?

  @Option(help: "Records asked for in one request (default 4).")
  var batchSize: Int?

  /// The recipe in force.
  func recipe(shelf: RecipeShelf) throws -> Recipe {
    let flags = try asRecipe()
    let file = try recipe.map { try shelf.recipe($0) }
    let builtIn = try (flags.domain ?? file?.domain).flatMap { try shelf.recipe(named: $0) }
    // A built-in recipe describes the domain; how much to make of it is for the user to say.
    var ground = builtIn ?? Recipe()
    ground.name = nil
    ground.count = nil
    ground.teachers = []
    return ground.overlaid(by: file ?? Recipe()).overlaid(by: flags)
  }

  private func asRecipe() throws -> Recipe {
    var recipe = Recipe()
    recipe.name = name
    recipe.domain = domain
    recipe.task = task
    recipe.count = try positive(count, "--count")
    recipe.format = format
    recipe.mix = try difficulty.map { name in
      guard let mix = DifficultyMix(name: name) else {
        throw ValidationError("--difficulty is easy, medium, hard or mixed, not “\(name)”")
      }
      return mix
    }
    recipe.topics = topic.map { Topic($0) }
    recipe.personas = persona
    recipe.principles = principle
    recipe.language = language
    recipe.prompt = prompt
    recipe.seed = seed
    recipe.batchSize = try positive(batchSize, "--batch-size")
    return recipe
  }

  private func positive(_ value: Int?, _ flag: String) throws -> Int? {
    guard let value, value < 1 else { return value }
    throw ValidationError("\(flag) must be 1 or more, not \(value)")
  }
}

extension GenerationFormat: ExpressibleByArgument {}
