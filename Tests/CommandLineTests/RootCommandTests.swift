internal import ExpertRecord
import Testing

@Suite struct RootCommandTests {
  @Test func helpNamesTheCommandsAndAnExample() throws {
    let outcome = try CommandLineTool().run("--help")
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("init"))
    #expect(outcome.output.contains("doctor"))
    #expect(outcome.output.contains("expert-gen dataset create --domain json-parsing"))
    #expect(outcome.errors == "")
  }

  @Test func versionIsOneLine() throws {
    let outcome = try CommandLineTool().run("--version")
    #expect(outcome.status == 0)
    #expect(outcome.output == "0.1.0\n")
  }

  @Test func wrongUsageLeavesWithTwoAndSaysWhereToLook() throws {
    let outcome = try CommandLineTool().run("doctor", "--nope")
    #expect(outcome.status == 2)
    #expect(outcome.output == "")
    #expect(outcome.errors.hasPrefix("error: Unknown option '--nope'"))
    #expect(outcome.errors.contains("expert-gen doctor --help"))
  }

  @Test func withJSONAnErrorIsAnObjectToo() throws {
    let outcome = try CommandLineTool().run("doctor", "--nope", "--json")
    #expect(outcome.status == 2)
    let error = try outcome.json()["error"]
    #expect(error?["exit"]?.integer == 2)
    #expect(error?["kind"]?.string == "usage")
    #expect(error?["message"]?.string?.contains("--nope") == true)
  }

  @Test func everyCommandsHelpHasAnExample() throws {
    let dump = try CommandLineTool().run("--experimental-dump-help").json()
    let root = try #require(dump["command"])
    let commands = leaves(of: root)
    #expect(commands.count >= 3)
    for command in commands where command["commandName"]?.string != "help" {
      let name = command["commandName"]?.string ?? ""
      #expect(
        command["discussion"]?.string?.contains("expert-gen") == true, "no example for \(name)")
    }
  }

  @Test func theManualPageHasEveryCommand() throws {
    let tool = try CommandLineTool()
    let page = try tool.run("manual").output
    #expect(page.hasPrefix(".TH EXPERT-GEN 1"))
    for heading in [".SH NAME", ".SS expert\\-gen init", ".SS expert\\-gen doctor"] {
      #expect(page.contains("\n" + heading + "\n"), "\(heading)")
    }
    #expect(!page.contains("expert\\-gen manual"))
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func completionsNameTheCommands(shell: String) throws {
    let outcome = try CommandLineTool().run("--generate-completion-script", shell)
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("doctor"))
  }

  private func leaves(of command: JSONValue) -> [JSONValue] {
    let below = command["subcommands"]?.array ?? []
    return below.isEmpty ? [command] : below.flatMap(leaves)
  }
}
