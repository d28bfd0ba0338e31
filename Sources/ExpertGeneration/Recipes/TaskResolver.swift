internal import ExpertProviders
internal import ExpertRecord

/// Makes a task of a recipe: fills in what it leaves open and checks what it says.
package struct TaskResolver: Sendable {
  private var library: PromptLibrary

  package init(library: PromptLibrary) {
    self.library = library
  }

  /// What a recipe must say, and what is wrong with what it says.
  package enum Problem: Error, Sendable, Hashable, CustomStringConvertible {
    case missing(String)
    case unfit(template: String, format: String)

    package var description: String {
      switch self {
      case .missing(let what):
        "\(what) is not said; give --\(what), or a recipe that says it with --recipe"
      case .unfit(let template, let format):
        "the prompt template \(template) does not serve --format \(format)"
      }
    }
  }

  /// The task of a recipe whose teachers are resolved: providers and models by their real names.
  ///
  /// Throws `Problem` or `PromptError`.
  package func task(from recipe: Recipe, teachers: [Teacher]) throws -> GenerationTask {
    guard let domain = recipe.domain else { throw Problem.missing("domain") }
    let format = recipe.format ?? .instruction
    let computed = teachers.allSatisfy { $0.provider == ProceduralProvider.name }
    let template = try library.template(
      recipe.prompt ?? (computed ? ProceduralProvider.name : format.rawValue))
    guard template.formats.isEmpty || template.formats.contains(format) else {
      throw Problem.unfit(
        template: "\(template.name)@v\(template.version)", format: format.rawValue)
    }
    guard let words = recipe.task ?? (computed ? domain : nil) else {
      throw Problem.missing("task")
    }
    let topics = computed ? Self.skills(of: domain, chosen: recipe.topics) : recipe.topics
    var task = GenerationTask(
      domain: domain, task: words, format: format,
      plan: Plan(
        topics: topics.isEmpty ? Self.facets : topics, mix: recipe.mix ?? .mixed,
        personas: computed ? [] : recipe.personas),
      teachers: teachers, template: template)
    task.language = recipe.language
    task.principles = computed ? [] : recipe.principles
    task.examples = computed ? [] : recipe.examples
    task.temperature = recipe.temperature
    task.topP = recipe.topP
    task.seed = recipe.seed ?? 0
    task.batchSize = recipe.batchSize ?? Self.defaultBatchSize
    return task
  }

  /// Few records a request keep answers short enough to be whole, and different from each other.
  package static let defaultBatchSize = 4

  /// The skills of a procedural domain, weighted by their templates so that every template gives as
  /// much as any other; only those that the recipe names, if it names any that exist.
  private static func skills(of domain: String, chosen: [Topic]) -> [Topic] {
    guard let found = DomainRegistry.all.first(where: { $0.name == domain }) else { return chosen }
    let names = Set(chosen.map(\.name))
    let wanted = found.skills.filter { names.isEmpty || names.contains($0) }
    return (wanted.isEmpty ? found.skills : wanted).map { skill in
      let templates = found.templates.count { $0.skill == skill }
      return Topic(skill, weight: Double(max(1, templates)))
    }
  }

  /// The topics of a task about which nothing else is known.
  private static let facets = [
    Topic("the usual case", weight: 3),
    Topic("longer and realistic material", weight: 2),
    Topic("special values and boundary cases", weight: 2),
    Topic("wrong, incomplete or contradictory input", weight: 2),
    Topic("questions about the result", weight: 1),
  ]
}
