import ExpertProviders
import ExpertRecord
import Testing

@Suite struct StrictSchemaTests {
  @Test func optionalBecomesNullableAtEveryDepth() throws {
    let schema = try JSONValue.parse(
      """
      {"type":"object","required":["items"],"properties":{
        "items":{"type":"array","minItems":1,"items":{"type":"object","properties":{
          "level":{"type":"string","enum":["easy","hard"]}}}},
        "note":{"$ref":"#/$defs/note"}},
       "$defs":{"note":{"type":"string","maxLength":9}}}
      """)
    let expected = try JSONValue.parse(
      """
      {"type":"object","$defs":{"note":{"type":"string"}},"properties":{
        "items":{"type":"array","items":{"type":"object","properties":{
          "level":{"type":["string","null"],"enum":["easy","hard",null]}},
          "required":["level"],"additionalProperties":false}},
        "note":{"anyOf":[{"$ref":"#/$defs/note"},{"type":"null"}]}},
       "required":["items","note"],"additionalProperties":false}
      """)
    let strict = try #require(StrictSchema.transformed(schema))
    #expect(CanonicalJSON.text(of: strict) == CanonicalJSON.text(of: expected))
  }

  @Test func theLengthsOfListsAreKeptOnlyForThoseWhoObeyThem() throws {
    let schema = try JSONValue.parse(
      """
      {"type":"object","required":["rows"],"properties":{"rows":{"type":"array","minItems":1,
       "maxItems":2,"items":{"type":"string","maxLength":9}}}}
      """)
    let bounded = try #require(StrictSchema.transformed(schema, bounds: true))
    #expect(
      bounded["properties"]?["rows"]
        == ["type": "array", "minItems": 1, "maxItems": 2, "items": ["type": "string"]])
    let plain = try #require(StrictSchema.transformed(schema))
    #expect(
      plain["properties"]?["rows"] == ["type": "array", "items": ["type": "string"]])
  }

  @Test(arguments: [
    #"{"type":"array","items":{"type":"string"}}"#,
    #"{"type":"object"}"#,
    #"{"type":"object","properties":{"m":{"type":"object","additionalProperties":{"type":"string"}}}}"#,
    #"{"type":"object","properties":{"a":{"oneOf":[{"type":"string"},{"type":"null"}]}}}"#,
    #"{"type":"object","properties":{"a":{"type":"array"}}}"#,
  ])
  func whatTheSubsetCannotSayIsLeftAlone(text: String) throws {
    #expect(StrictSchema.transformed(try JSONValue.parse(text)) == nil)
  }
}

@Suite struct ReplyValidatorTests {
  static let schema = """
    {"type":"object","required":["records"],"additionalProperties":false,"properties":{
      "records":{"type":"array","minItems":1,"items":{"$ref":"#/$defs/record"}},
      "note":{"type":"string"}},
     "$defs":{"record":{"type":"object","required":["level","score"],"properties":{
       "level":{"enum":["easy","hard"]},"score":{"type":"integer","minimum":0,"maximum":10},
       "text":{"anyOf":[{"type":"string","minLength":2},{"type":"null"}]}}}}}
    """

  @Test(arguments: [
    (#"{"records":[{"level":"easy","score":3}]}"#, []),
    (#"{"records":[{"level":"easy","score":3,"text":"ok"}],"note":null}"#, []),
    ("not json", ["the answer is not JSON"]),
    ("[]", ["$: expected object, found array"]),
    ("{}", [#"$: lacks "records""#]),
    (#"{"records":[]}"#, ["$.records: expected at least 1 elements, found 0"]),
    (
      #"{"records":[{"level":"odd","score":11}],"extra":1}"#,
      [
        #"$.records[0].level: expected one of "easy", "hard""#,
        "$.records[0].score: expected 10 or less", #"$: "extra" is not allowed"#,
      ]
    ),
    (
      #"{"records":[{"level":"easy","score":1.5,"text":"x"}]}"#,
      [
        "$.records[0].score: expected integer, found number",
        "$.records[0].text: matches none of the 2 allowed shapes",
      ]
    ),
  ])
  func reasonsNameThePlaceAndTheExpectation(text: String, expected: [String]) throws {
    let reasons = ReplyValidator.reasons(text, schema: try JSONValue.parse(Self.schema))
    #expect(reasons.count == expected.count, "\(reasons)")
    for (reason, start) in zip(reasons, expected) { #expect(reason.hasPrefix(start)) }
  }

  @Test func aSchemaThatRefersToItselfForeverEnds() throws {
    let schema = try JSONValue.parse(##"{"$ref":"#"}"##)
    #expect(
      ReplyValidator.reasons("1", schema: schema) == ["$: the schema refers to itself"])
  }

  @Test func theNumberOfReasonsIsBounded() throws {
    let schema = try JSONValue.parse(#"{"type":"array","items":{"type":"string"}}"#)
    #expect(ReplyValidator.reasons("[1,2,3,4,5,6,7,8,9]", schema: schema).count == 5)
  }
}
