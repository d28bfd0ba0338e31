import ExpertPlatform
import ExpertRecord
import Testing

/// The canonical form of records and attributes, and their identity.
@Suite struct RecordJSONTests {
  @Test(arguments: RecordKind.allCases) func theFastFormIsTheCanonicalForm(kind: RecordKind) throws
  {
    for i in 0..<16 {
      let record = RowWriterTests.record(kind, i)
      #expect(record.canonicalBytes == CanonicalJSON.bytes(of: record.json))
      #expect(try Record(json: JSONValue.parse(record.canonicalBytes), kind: kind) == record)
      #expect(record.json.members?.map(\.name) == kind.fields)
    }
  }

  @Test func attributesAreWrittenWithoutTheirDefaults() throws {
    #expect(RecordAttributes().canonicalBytes == Array("{}".utf8))
    for attributes in RowWriterTests.attributes {
      let read = try RecordAttributes(json: JSONValue.parse(attributes.canonicalBytes))
      #expect(read == attributes)
    }
  }

  @Test func aHashCoversItsTagAndTheCanonicalBytes() {
    let record = RowReaderTests.instruction("a", "b", "c")
    let bytes = Array(#"{"input":"b","instruction":"a","output":"c"}"#.utf8)
    #expect(record.contentHash == SHA256.hash(Array("expert-gen/record/v1\0".utf8) + bytes))
    #expect(Digest.tagged(.record, bytes) != Digest.tagged(.reply, bytes))
    #expect(Set(ObjectTag.allCases.map { Digest.tagged($0, []) }).count == ObjectTag.allCases.count)
  }

  @Test func aTaggedHashIsSHA256AtEveryLength() {
    var bytes: [UInt8] = []
    for length in 0..<400 {
      let wanted = SHA256.hash(Array("expert-gen/record/v1\0".utf8) + bytes)
      #expect(Digest.tagged(.record, bytes) == wanted, "length \(length)")
      bytes.append(UInt8(truncatingIfNeeded: length &* 37))
    }
    let long = [UInt8](repeating: 7, count: 1 << 20)
    #expect(
      Digest.tagged(.attrs, long) == SHA256.hash(Array("expert-gen/attrs/v1\0".utf8) + long))
  }

  @Test func recordsThatLookAlikeButDifferInBytesAreDifferent() {
    let one = RowReaderTests.instruction("\u{e9}", "", "")
    let two = RowReaderTests.instruction("e\u{301}", "", "")
    #expect(one != two)
    #expect(one.contentHash != two.contentHash)
  }

  static let refusals: [(RecordKind, String, String)] = [
    (
      .instruction, #"{"instruction":"a"}"#,
      "the field \"output\" is missing; a record of kind instruction needs it"
    ),
    (
      .instruction, #"{"instruction":1,"output":"b"}"#,
      "the field \"instruction\" should be a string and is a number"
    ),
    (
      .instruction, #"{"instruction":"a","output":"b","extra":1}"#,
      "a record of kind instruction has no field \"extra\""
    ),
    (.instruction, "[]", "the field \"record\" should be an object and is a list"),
    (
      .distillation, #"{"reasoning":"r","answer":"a"}"#,
      "the field \"input\" is missing; a record of kind distillation needs it"
    ),
    (
      .preference, #"{"prompt":"p","chosen":true,"rejected":"r"}"#,
      "the field \"chosen\" should be a string or a list of messages and is true or false"
    ),
    (
      .chat, #"{"messages":[]}"#,
      "the field \"messages\" should be a list of messages and is an empty list"
    ),
    (
      .chat, #"{"messages":[{"role":"gpt","content":"x"}]}"#,
      "the field \"messages[0].role\" has the value \"gpt\"; expected one of assistant, system, "
        + "tool, user"
    ),
    (
      .chat, #"{"messages":[{"role":"user","content":"x"}]}"#,
      "no message has the role assistant, so there is nothing to learn"
    ),
  ]

  @Test(arguments: refusals) func saysWhichFieldIsWrong(
    kind: RecordKind, text: String, message: String
  ) throws {
    let json = try JSONValue.parse(text)
    let error = #expect(throws: RecordError.self) { try Record(json: json, kind: kind) }
    #expect(error?.description == message)
  }

  @Test(arguments: [
    (
      #"{"split":"mine"}"#,
      "the field \"split\" has the value \"mine\"; expected one of train, valid, test"
    ),
    (#"{"labels":[1]}"#, "the field \"labels\" should be a list of strings and is a list"),
    (
      #"{"weight":-1}"#,
      "the field \"weight\" should be a number that is not negative and is a number"
    ),
    (#"{"colour":1}"#, "a record of kind attributes has no field \"colour\""),
  ]) func refusesAttributesThatAreNone(text: String, message: String) throws {
    let json = try JSONValue.parse(text)
    let error = #expect(throws: RecordError.self) { try RecordAttributes(json: json) }
    #expect(error?.description == message)
  }
}
