internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTestSupport
internal import Foundation
import Testing

@Suite struct WorkspaceTests {
  @Test func initWritesTheStarterFilesOnce() throws {
    let tool = try CommandLineTool()
    let first = try tool.run("init", "work", "--json")
    #expect(first.status == 0)
    let written = try first.json()["written"]?.array?.compactMap(\.string) ?? []
    for name in [
      ".gitignore", "Datasets/README.md", "Models/README.md", "Prompts/README.md",
      "Providers/README.md",
    ] {
      #expect(written.contains(name), "\(name)")
      #expect(FileManager.default.fileExists(atPath: tool.folder.file("work/\(name)")))
    }
    let second = try tool.run("init", "work", "--json").json()
    #expect(second["written"] == .array([]))
    #expect(second["kept"]?.array?.count == written.count)
  }

  @Test func initNeverTouchesAFileThatIsThere() throws {
    let tool = try CommandLineTool()
    try tool.write("mine\n", to: ".gitignore")
    let outcome = try tool.run("init")
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("kept   .gitignore"))
    #expect(try tool.text(".gitignore") == "mine\n")
  }

  @Test func initSaysWhyAFolderCannotBeMade() throws {
    let outcome = try CommandLineTool().run("init", "/proc/nowhere")
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasPrefix("error: cannot write /proc/nowhere"))
    #expect(outcome.errors.contains("choose another folder"))
  }
}

@Suite struct DoctorTests {
  @Test func doctorNamesLibrariesMachineAndPlaces() throws {
    let tool = try CommandLineTool()
    let outcome = try tool.run("doctor", "--json")
    #expect(outcome.status == 0)
    let findings = try #require(try outcome.json()["findings"]?.array)
    let subjects = Set(findings.compactMap { $0["subject"]?.string })
    for subject in [
      "program", "processor", "memory", "disk", "EXPERT_HOME", "libcurl", "SQLite", "libsodium",
      "zstd", "OpenBLAS",
    ] {
      #expect(subjects.contains(subject), "\(subject)")
    }
    #expect(!FileManager.default.fileExists(atPath: tool.folder.file("home")))
  }

  @Test func doctorLeavesWithThreeWhenItsHomeCannotBeMade() throws {
    var tool = try CommandLineTool()
    try tool.write("", to: "file")
    tool.environment["EXPERT_HOME"] = tool.folder.file("file/home")
    let outcome = try tool.run("doctor", "--color", "never")
    #expect(outcome.status == 3)
    #expect(outcome.output.contains("BAD   EXPERT_HOME"))
    #expect(outcome.output.contains("point EXPERT_HOME elsewhere"))
  }
}
