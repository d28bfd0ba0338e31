internal import ArgumentParser
internal import ExpertRecord

/// `expert-gen init [DIR]`.
struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Make a workspace: folders for prompts, provider files and recipes.",
    discussion: """
      Files that are already there are never touched. What the folders hold wins over what is \
      built into the program.

      Example: expert-gen init my-experts
      """)

  @Argument(help: "The folder; made when it is not there.", completion: .directory)
  var folder = "."

  @OptionGroup var options: GlobalOptions

  func run() async throws {
    let result = try WorkspaceStarter(folder: folder).write()
    if options.json {
      Console.out([
        "folder": .string(result.folder),
        "written": .array(result.written.map(JSONValue.string)),
        "kept": .array(result.kept.map(JSONValue.string)),
      ])
      return
    }
    for name in result.written { Console.out("wrote  \(VisibleText.line(name))") }
    for name in result.kept { options.say("kept   \(name) (already there)") }
    options.say(
      """
      workspace ready in \(result.folder); next:
        expert-gen doctor
        expert-gen dataset create --domain json-parsing \\
          --task "parse and validate JSON documents" --count 500 --provider procedural
      """)
  }
}
