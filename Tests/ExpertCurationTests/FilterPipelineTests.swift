import ExpertCuration
import ExpertRecord
import Testing

@Suite struct FilterPipelineTests {
  private let pipeline = FilterPipeline.standard()

  @Test(arguments: [
    ("Alice", AnswerKind?.none), ("7", nil), ("true", nil), ("[]", nil), ("{}", nil), ("é", nil),
    ("Alice", .literal), ("7", .literal), ("positive", .label), ("true", .json), ("[]", .json),
    ("7", .json), (#"{"a": [1, 2, {"b": null}]}"#, .json), ("\"x\"", .json),
    ("SELECT 1", .sql), ("SELECT name FROM users WHERE age > 30;", .sql),
    ("print(1)", .code), ("The capital of France is Paris.", .prose),
    ("The capital of France is Paris", nil), (plainProse, .prose), (plainProse, nil),
    ("2024-02-29", .literal), ("-3.5", .literal), ("3 km", .literal), ("日本", nil),
  ])
  func goodAnswersOfEveryKindPass(_ output: String, _ kind: AnswerKind?) {
    #expect(pipeline.judge(candidate(output, kind: kind)) == .keep)
  }

  @Test(arguments: [
    ("", AnswerKind.literal, "schema"), (" \n", .prose, "schema"), ("no", .prose, "length"),
    ("{\"a\": 1,}", .json, "json"), ("{\"a\": 1", .json, "json"), ("Alice", .json, "json"),
    ("```json\n{}\n```", .json, "json"), ("{\"a\":1,\"a\":2}", .json, "json"),
    ("SELECT FROM WHERE", .sql, "sql"), ("SELECT 1; DROP TABLE a", .sql, "sql"),
    ("I'm sorry, but I can't help with that.", .prose, "refusal"),
    ("```swift\nlet x = 1", .code, "truncated"),
    ("Write to jane.doe@gmail.com for the details.", .prose, "personal-data"),
    ("Answer the question.", .prose, "echo"),
  ])
  func badAnswersAreDroppedByTheRightFilter(_ output: String, _ kind: AnswerKind, _ filter: String)
  {
    #expect(pipeline.judge(candidate(output, kind: kind)).filter == filter)
  }

  @Test func undeclaredJSONIsJudgedOnlyWhereAsked() {
    let broken = candidate("{\"a\": 1,}")
    #expect(pipeline.judge(broken) == .keep)
    var config = FilterConfig()
    config.validateJSON = true
    #expect(FilterPipeline.standard(config).judge(broken).filter == "json")
    #expect(FilterPipeline.standard(config).judge(candidate("Alice")) == .keep)
  }

  @Test func aDisabledFilterDoesNotJudge() throws {
    var config = FilterConfig()
    config.disabled = ["refusal"]
    let refusal = candidate("I'm sorry, but I can't help with that.", kind: .prose)
    #expect(FilterPipeline.standard(config).judge(refusal) == .keep)
    config.disabled = ["refusals"]
    #expect(throws: FilterConfigError.unknownFilter("refusals", known: FilterPipeline.names)) {
      try config.validate()
    }
  }

  @Test func settingsSurviveTheirJSONForm() throws {
    var config = FilterConfig()
    config.minOutputLength = 12
    config.language = "de"
    config.disabled = ["echo", "sql"]
    #expect(try FilterConfig(json: config.json) == config)
    #expect(try FilterConfig(json: .object([])) == FilterConfig())
    #expect(throws: FilterConfigError.self) { try FilterConfig(json: ["min_length": 3]) }
    #expect(throws: FilterConfigError.self) { try FilterConfig(json: ["min_output_length": -1]) }
    #expect(throws: FilterConfigError.self) { try FilterConfig(json: ["language": "xx"]) }
  }

  @Test func everyStandardFilterHasItsNameInTheList() {
    var config = FilterConfig()
    config.language = "en"
    let all = FilterPipeline.standard(config, heldOut: HeldOutIndex())
    #expect(all.filters.map(\.name) == FilterPipeline.names)
  }
}
