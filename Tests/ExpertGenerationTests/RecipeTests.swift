import ExpertGeneration
import ExpertPlatform
import ExpertProviders
import ExpertRecord
import Testing

/// The recipes that travel with the program.
@Suite struct RecipeTests {
  private static let shelf = RecipeShelf(workspace: nil)
  private static let computed = [
    "arithmetic", "classification", "conversion", "extraction", "json-parsing", "sql",
  ]

  @Test func everyRecipeIsReadAndSaysATask() throws {
    #expect(Self.shelf.embeddedNames == (Self.computed + ["git-commands"]).sorted())
    for name in Self.shelf.embeddedNames {
      let recipe = try #require(try Self.shelf.recipe(named: name))
      #expect(recipe.name == name && recipe.domain == name)
      #expect(recipe.task?.isEmpty == false && !recipe.personas.isEmpty)
      #expect(!recipe.principles.isEmpty && recipe.topics.count >= 4)
    }
  }

  @Test func everyTopicOfAComputedDomainIsASkillAndEverySkillATopic() throws {
    var topics = 0
    for name in Self.computed {
      let recipe = try #require(try Self.shelf.recipe(named: name))
      let domain = try #require(DomainRegistry.all.first { $0.name == name })
      #expect(recipe.topics.map(\.name).sorted() == domain.skills.sorted(), "\(name)")
      for topic in recipe.topics {
        #expect(topic.summary.map { $0.count > 20 && $0.count <= 120 } == true, "\(topic.name)")
      }
      topics += recipe.topics.count
    }
    #expect(Self.computed.count == DomainRegistry.all.count)
    #expect(topics == 49)
  }

  @Test func everyComputedDomainHasItsCardAndASampleOfGoodRecords() throws {
    var records = 0
    for name in Self.computed {
      let card = try #require(EmbeddedFiles.all["Datasets/\(name)/CARD.md"])
      #expect(card.hasPrefix("---\n") && card.contains("\n## Licence\n"))
      let sample = try #require(EmbeddedFiles.all["Datasets/\(name)/sample.jsonl"])
      for line in sample.split(separator: "\n") {
        let record = try Record(json: try JSONValue.parse(String(line)), kind: .instruction)
        guard case .instruction(let made) = record else { continue }
        #expect(!made.instruction.isEmpty && !made.output.isEmpty)
        records += 1
      }
    }
    #expect(records == 48)
  }

  @Test func whatIsComputedDoesNotDependOnWordsForAModel() throws {
    let resolver = TaskResolver(library: PromptLibrary(workspace: nil))
    let teacher = Teacher(provider: ProceduralProvider.name, model: ProceduralProvider.name)
    let recipe = try #require(try Self.shelf.recipe(named: "sql"))
    var bare = Recipe()
    bare.domain = "sql"
    bare.task = recipe.task
    let full = try resolver.task(from: recipe, teachers: [teacher])
    #expect(try resolver.task(from: bare, teachers: [teacher]).digest == full.digest)
    let asked = try resolver.task(
      from: recipe, teachers: [Teacher(provider: "deepseek", model: "m")])
    #expect(asked.digest != full.digest)
    #expect(asked.principles == recipe.principles)
    #expect(Set(asked.plan.cells.compactMap(\.persona)) == Set(recipe.personas))
  }

  @Test(arguments: [1, 4])
  func aRequestIsBoundedByTheRecordsItAsksFor(batchSize: Int) throws {
    var recipe = try #require(try Self.shelf.recipe(named: "sql"))
    recipe.batchSize = batchSize
    let task = try TaskResolver(library: PromptLibrary(workspace: nil))
      .task(from: recipe, teachers: [Teacher(provider: "local", model: "m")])
    let cell = try #require(task.plan.cells.first)
    let request = RequestBuilder(task: task).request(slot: 0, cell: cell)
    let list = request.schema?["properties"]?["records"]
    #expect(list?["maxItems"] == .number(Double(batchSize)))
    #expect(list?["minItems"] == 1)
    let words = request.messages.map(\.content).joined(separator: "\n")
    #expect(words.contains("select: pick columns") && words.contains("CREATE TABLE statements"))
  }
}
