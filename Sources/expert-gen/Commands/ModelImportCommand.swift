internal import ArgumentParser
internal import ExpertModel

/// `expert-gen model import PATH --name NAME`.
struct ModelImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Take a model that is on the disk: a Hugging Face folder or a GGUF file.",
    discussion: """
      The bytes are shared with the original where the file system can do that, else copied. A \
      file that is then changed in place is noticed by “model verify”.

      Example: expert-gen model import SmolLM2-135M-Instruct.Q4_1.gguf --name smollm2
      """)

  @Argument(help: "The folder or the file.", completion: .file()) var path: String
  @Option(help: "What to call it.") var name: String
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let registry = try options.registry()
    let progress = options.byteProgress()
    let record = try registry.importModel(path, name: name, report: progress.report)
    progress.finish()
    if options.json {
      Console.out(["model": record.json])
    } else {
      Console.out(VisibleText.line(record.line(registry.path(of: name))))
    }
  }
}
