internal import ArgumentParser
internal import ExpertPackage
internal import ExpertRecord

/// `expert-gen expert list`.
struct ExpertListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the installed experts.",
    discussion: "Example: expert-gen expert list")

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let installer = try options.installer()
    let rows = try installer.registry.list().map { expert in
      (expert, trusted: try expert.signer.map { try installer.trust.contains($0) } ?? false)
    }
    if options.json {
      Console.out(["experts": .array(rows.map { ExpertText.json($0, trusted: $1) })])
      return
    }
    options.show(
      TableText(
        ["EXPERT", "VERSION", "BASE", "SIZE", "SIGNED BY", "NOTE"], numeric: [3],
        rows: rows.map { expert, trusted in
          [
            expert.slug, expert.version.description, expert.manifest.bases.first?.model.name ?? "",
            Figures.bytes(expert.size), expert.signer?.short ?? "-",
            ExpertText.state(expert, trusted: trusted),
          ]
        }))
  }
}

/// `expert-gen expert info NAME`.
struct ExpertInfoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Show an installed expert and its manifest.",
    discussion: "Example: expert-gen expert info json-parser")

  @Argument(help: "The expert's name.") var name: String
  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let installer = try options.installer()
    let expert = try installer.registry.expert(named: name)
    let trusted = try expert.signer.map { try installer.trust.contains($0) } ?? false
    if options.json {
      Console.out(
        ExpertText.json(expert, trusted: trusted)
          .setting(["manifest"], to: expert.manifest.json))
      return
    }
    let state = ExpertText.state(expert, trusted: trusted)
    let lines = [
      "\(expert.slug) \(expert.version)", "folder     \(expert.folder)",
      "signed by  \(expert.signer.map(\.description) ?? "nobody")",
      "from       \(expert.source), \(expert.installedAt)",
    ]
    for line in lines + (state.isEmpty ? [] : ["note       " + state]) {
      Console.out(VisibleText.line(line))
    }
    Console.out(VisibleText.lines(PrettyJSON.text(of: expert.manifest.json)))
  }
}
