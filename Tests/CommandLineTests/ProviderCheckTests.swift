internal import ExpertLoopback
internal import ExpertRecord
import Testing

/// `provider check` as a user runs it.
@Suite struct ProviderCheckTests {
  @Test func aMissingKeyEndsWithThreeAndNamesTheVariable() throws {
    let outcome = try CommandLineTool().run("provider", "check", "deepseek")
    #expect(outcome.status == 3)
    #expect(outcome.output.contains("set DEEPSEEK_API_KEY"))
  }

  @Test func aGoodServerPassesAndTheKeyIsNotShown() throws {
    let server = try ScriptedServer(
      DialectScript.answering(dialect: .openAI, models: ["m"]) { question in
        DialectAnswer(question.body["response_format"] == nil ? "OK" : #"{"sum":5}"#)
      })
    defer { server.stop() }
    var tool = try CommandLineTool()
    tool.environment["OPENAI_API_KEY"] = "sk-canary-77665544332211"
    let outcome = try tool.run(
      "provider", "check", "openai", "--model", "m", "--base-url", server.baseURL, "--json")
    #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
    #expect(try outcome.json()["passed"] == true)
    #expect(!(outcome.output + outcome.errors).contains("canary-77"))
  }

  @Test func anUnknownProviderEndsWithTwo() throws {
    let outcome = try CommandLineTool().run("provider", "check", "deepsek")
    #expect(outcome.status == 2 && outcome.errors.contains("did you mean \"deepseek\"?"))
  }
}
