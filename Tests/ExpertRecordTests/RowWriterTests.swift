import ExpertRecord
import Testing

/// What is written is read back as it was.
@Suite struct RowWriterTests {
  static let texts = [
    "", "plain", "two\nlines\r\n", "comma, \"quote\"\t", "é e\u{301} 😀", " space ", "[]", "=1+1",
  ]

  static func record(_ kind: RecordKind, _ i: Int) -> Record {
    func text(_ offset: Int) -> String { texts[(i * 3 + offset) % texts.count] }
    func turns(_ role: String, _ offset: Int) -> Turns {
      i % 2 == 0 ? .text(text(offset)) : .messages([Message(role: role, content: text(offset))])
    }
    switch kind {
    case .instruction:
      return .instruction(
        InstructionRecord(instruction: text(0), input: text(1), output: text(2)))
    case .preference:
      return .preference(
        PreferenceRecord(
          prompt: turns("user", 0), chosen: turns("assistant", 1), rejected: turns("assistant", 2)))
    case .distillation:
      return .distillation(DistillationRecord(input: text(0), reasoning: text(1), answer: text(2)))
    case .chat:
      return .chat(
        ChatRecord(messages: [
          Message(role: "system", content: text(0)), Message(role: "user", content: text(1)),
          Message(role: "assistant", content: text(2)), Message(role: "tool", content: text(3)),
        ]))
    }
  }

  static let attributes = [
    RecordAttributes(),
    RecordAttributes(
      split: .test, difficulty: .easy, answerKind: .prose, labels: ["a;b", "c"], weight: 0.1,
      meta: [.init("n", [1, "x"]), .init("source", "s,\"t\"")]),
    RecordAttributes(labels: ["one"], weight: 0),
  ]

  static func write(
    _ format: ExportFormat, _ kind: RecordKind, attributes: Bool, count: Int
  ) throws -> (bytes: [UInt8], rows: [(Record, RecordAttributes)]) {
    var writer = RowWriter(format: format, kind: kind, attributes: attributes)
    var out: [UInt8] = []
    var rows: [(Record, RecordAttributes)] = []
    writer.begin(to: &out)
    for i in 0..<count {
      let extra = attributes ? Self.attributes[i % 3] : RecordAttributes()
      rows.append((record(kind, i), extra))
      try writer.append(rows[i].0, extra, to: &out)
    }
    writer.end(to: &out)
    return (out, rows)
  }

  static let pairs: [(ExportFormat, RecordKind)] = [
    (.jsonl, .instruction), (.jsonl, .preference), (.jsonl, .distillation), (.jsonl, .chat),
    (.csv, .instruction), (.csv, .preference), (.csv, .distillation), (.csv, .chat),
    (.tsv, .instruction), (.tsv, .preference), (.tsv, .distillation), (.tsv, .chat),
    (.alpaca, .instruction), (.sharegpt, .chat), (.openai, .chat),
  ]

  @Test(arguments: pairs, [false, true])
  func isReadBackAsItWas(pair: (ExportFormat, RecordKind), attributes: Bool) throws {
    let (bytes, rows) = try Self.write(pair.0, pair.1, attributes: attributes, count: 24)
    let read = RowReader.rows(of: bytes)
    #expect(read.count == rows.count)
    for (row, wanted) in zip(read, rows) {
      guard case .record(_, let record, let attributes) = row else {
        Issue.record("\(row)")
        continue
      }
      #expect(record == wanted.0)
      #expect(attributes == wanted.1)
    }
  }

  @Test(arguments: pairs) func anEmptySetIsReadBackEmpty(pair: (ExportFormat, RecordKind)) throws {
    let (bytes, _) = try Self.write(pair.0, pair.1, attributes: false, count: 0)
    #expect(RowReader.rows(of: bytes).isEmpty)
  }

  @Test func anInstructionGoesOutInEveryFormThatHoldsIt() throws {
    let record = RowReaderTests.instruction("Do it", "now", "done")
    func text(_ format: ExportFormat) throws -> String {
      var writer = RowWriter(format: format, kind: .instruction)
      var out: [UInt8] = []
      writer.begin(to: &out)
      try writer.append(record, to: &out)
      writer.end(to: &out)
      return String(decoding: out, as: UTF8.self)
    }
    #expect(try text(.jsonl) == #"{"input":"now","instruction":"Do it","output":"done"}"# + "\n")
    #expect(
      try text(.alpaca) == "[\n" + #"{"instruction":"Do it","input":"now","output":"done"}"#
        + "\n]\n"
    )
    #expect(
      try text(.openai)
        == #"{"messages":[{"content":"Do it\n\nnow","role":"user"},"#
        + #"{"content":"done","role":"assistant"}]}"# + "\n")
    #expect(
      try text(.sharegpt)
        == "[\n" + #"{"conversations":[{"from":"human","value":"Do it\n\nnow"},"#
        + #"{"from":"gpt","value":"done"}]}"# + "\n]\n")
    #expect(try text(.csv) == "input,instruction,output\nnow,Do it,done\n")
    #expect(try text(.tsv) == "input\tinstruction\toutput\nnow\tDo it\tdone\n")
  }

  @Test(arguments: [
    (ExportFormat.alpaca, RecordKind.preference), (.alpaca, .distillation), (.alpaca, .chat),
    (.sharegpt, .preference), (.sharegpt, .distillation), (.openai, .preference),
    (.openai, .distillation),
  ]) func whatWouldBeLostIsRefused(format: ExportFormat, kind: RecordKind) {
    var writer = RowWriter(format: format, kind: kind)
    var out: [UInt8] = []
    let error = #expect(throws: RecordError.self) {
      try writer.append(Self.record(kind, 0), to: &out)
    }
    let start = "a record of kind \(kind.rawValue) cannot be written as \(format.rawValue): "
    #expect(error?.description.hasPrefix(start) == true)
    #expect(out.isEmpty)
  }
}
