internal import ArgumentParser
internal import ExpertCuration
internal import ExpertGeneration
internal import ExpertPlatform
internal import ExpertProviders
internal import ExpertRecord
internal import ExpertStore
internal import Foundation

/// `expert-gen dataset create`: from a task to N accepted records in a version.
struct DatasetCreateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Turn a task into accepted records in a versioned dataset.",
    discussion: """
      Asks until --count records have passed the filters and the duplicate search, and commits them \
      as a version. Kill it at any moment and run the same command: it goes on, and pays for no \
      answer twice. A larger --count tops up; a finished job is a no-op.

      Examples:
        expert-gen dataset create --domain json-parsing \\
          --task "parse and validate JSON documents" --count 500 --provider procedural
        expert-gen dataset create --domain support --task "route support tickets" \\
          --count 2000 --provider deepseek --budget 3 --dry-run
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup(title: "What to make") var wanted: WantedOptions
  @OptionGroup(title: "Who answers") var answering: AnsweringOptions
  @OptionGroup(title: "What to keep") var keeping: KeepingOptions

  @Flag(help: "Show calls, tokens and cost, and ask nothing.")
  var dryRun = false

  @Option(help: "Also write the accepted records to this file as JSONL.")
  var output: String?

  func run() async throws {
    let clock = SystemClock()
    var recipe = try wanted.recipe(shelf: RecipeShelf(workspace: options.places.workspace))
    recipe.temperature = answering.temperature ?? recipe.temperature
    recipe.topP = answering.topP ?? recipe.topP
    let count = recipe.count ?? Self.defaultCount
    let bench = try await AnswererBench(
      recipe: recipe, answering: answering, options: options, clock: clock, dryRun: dryRun)
    let library = PromptLibrary(workspace: options.places.workspace)
    let task = try TaskResolver(library: library).task(from: recipe, teachers: bench.teachers)
    var job = JobOptions(
      dataset: recipe.name ?? task.domain, count: count, author: Self.author)
    try keeping.apply(to: &job, recipe: recipe)
    job.maxTokens = answering.maxTokens
    job.budget = try bench.budget(answering.budget ?? recipe.budget)
    if dryRun {
      let models = bench.models.map {
        CostForecast.Model(teacher: $0.teacher, price: $0.price, maxOutput: $0.maxOutput)
      }
      CreateReport(options: options).show(
        CostForecast(task: task, count: count, models: models), of: job.dataset)
      return
    }
    try await generate(task, job, bench, clock)
  }

  /// As many as the guide's smallest useful dataset.
  private static let defaultCount = 500

  private static var author: String {
    ProcessInfo.processInfo.environment["USER"].flatMap { $0.isEmpty ? nil : $0 } ?? "expert-gen"
  }

  private func generate(
    _ task: GenerationTask, _ job: JobOptions, _ bench: AnswererBench, _ clock: any PlatformClock
  ) async throws {
    if let output { try OutputFolder.make(for: output) }
    let store = try Store.open(options.places.storePath, mode: .create, clock: clock)
    for note in store.notes { options.say(note) }
    let line = options.progressLine()
    let generator = Generator(
      store: store, task: task, options: job, answerers: bench.answerers, clock: clock
    ) { progress in
      line.update(
        ProgressState(
          done: progress.accepted, total: progress.requested, unit: "records",
          costMicros: progress.costMicros,
          note: "\(progress.candidates) candidates, \(progress.inFlight) in flight"))
    }
    let outcome = try await generator.run()
    line.finish()
    try write(outcome, from: store)
    try CreateReport(options: options).show(outcome, store: store, output: output)
    if let reason = outcome.reason {
      throw SilentExit(reason == .interrupted ? .interrupted : .failure)
    }
  }

  private func write(_ outcome: JobOutcome, from store: Store) throws {
    guard let output, outcome.head != nil else { return }
    let version = try store.resolve(outcome.dataset)
    try store.export(version, toFile: output)
  }
}
