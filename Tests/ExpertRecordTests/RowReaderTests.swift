import ExpertRecord
import Testing

/// Rows of every known shape, and rows of none.
@Suite struct RowReaderTests {
  static func rows(
    _ text: String, format: RowFormat = .auto, map: FieldMap = .none, kind: RecordKind? = nil
  ) -> [Row] {
    RowReader.rows(of: Array(text.utf8), format: format, map: map, kind: kind)
  }

  static func instruction(_ instruction: String, _ input: String, _ output: String) -> Record {
    .instruction(InstructionRecord(instruction: instruction, input: input, output: output))
  }

  static func chat(_ messages: (String, String)...) -> Record {
    .chat(ChatRecord(messages: messages.map { Message(role: $0.0, content: $0.1) }))
  }

  static let plain = RecordAttributes()

  static let shapes: [(String, Record, RecordAttributes)] = [
    (#"{"instruction":"a","input":"b","output":"c"}"#, instruction("a", "b", "c"), plain),
    (#"{"instruction":"a","output":"c"}"#, instruction("a", "", "c"), plain),
    (#"{"instruction":"a","input":null,"output":"c"}"#, instruction("a", "", "c"), plain),
    (#"{"prompt":"a","completion":"c"}"#, instruction("a", "", "c"), plain),
    (#"{"prompt":"a","response":"c"}"#, instruction("a", "", "c"), plain),
    (#"{"question":"a","context":"b","answer":"c"}"#, instruction("a", "b", "c"), plain),
    (#"{"question":"2+2","answer":4}"#, instruction("2+2", "", "4"), plain),
    (#"{"instruction":"a","text":"c"}"#, instruction("a", "", "c"), plain),
    (#"{"\u0069nstruction":"a\u00e9","output":"\n"}"#, instruction("aé", "", "\n"), plain),
    (
      #"{"instruction":"a","output":"c","text":"t","n":1,"x":[null]}"#, instruction("a", "", "c"),
      RecordAttributes(meta: [.init("text", "t"), .init("n", 1), .init("x", [nil])])
    ),
    (
      #"{"instruction":"a","output":"c","id":12345678901234567890}"#, instruction("a", "", "c"),
      RecordAttributes(meta: [.init("id", "12345678901234567890")])
    ),
    (
      #"{"instruction":"a","output":"c","split":"validation","difficulty":"hard","weight":0.5,"#
        + #""labels":["z","a","z"],"answerKind":"json","meta":{"source":"s"}}"#,
      instruction("a", "", "c"),
      RecordAttributes(
        split: .valid, difficulty: .hard, answerKind: .json, labels: ["a", "z"], weight: 0.5,
        meta: [.init("source", "s")])
    ),
    (
      #"{"instruction":"a","output":"c","split":"mine","weight":-1,"labels":"x"}"#,
      instruction("a", "", "c"),
      RecordAttributes(meta: [.init("split", "mine"), .init("weight", -1), .init("labels", "x")])
    ),
    (
      #"{"instruction":"a","output":"c","source":1,"meta":{"source":2}}"#,
      instruction("a", "", "c"),
      RecordAttributes(meta: [.init("source", 1), .init("meta", ["source": 2])])
    ),
    (
      #"{"prompt":"p","chosen":"c","rejected":"r"}"#,
      .preference(
        PreferenceRecord(prompt: .text("p"), chosen: .text("c"), rejected: .text("r"))), plain
    ),
    (
      #"{"prompt":[{"role":"user","content":"p"}],"chosen":[{"role":"assistant","content":"c"}],"#
        + #""rejected":[{"role":"assistant","content":"r"}]}"#,
      .preference(
        PreferenceRecord(
          prompt: .messages([Message(role: "user", content: "p")]),
          chosen: .messages([Message(role: "assistant", content: "c")]),
          rejected: .messages([Message(role: "assistant", content: "r")]))), plain
    ),
    (
      #"{"prompt":"p","chosen":[{"role":"user","content":"p"},{"role":"assistant","content":"c"}],"#
        + #""rejected":[{"role":"user","content":"p"},{"role":"assistant","content":"r"}]}"#,
      .preference(
        PreferenceRecord(prompt: .text("p"), chosen: .text("c"), rejected: .text("r"))), plain
    ),
    (
      #"{"chosen":[{"role":"user","content":"p"},{"role":"assistant","content":"c"}],"#
        + #""rejected":[{"role":"user","content":"p"},{"role":"assistant","content":"r"}]}"#,
      .preference(
        PreferenceRecord(
          prompt: .messages([Message(role: "user", content: "p")]),
          chosen: .messages([Message(role: "assistant", content: "c")]),
          rejected: .messages([Message(role: "assistant", content: "r")]))), plain
    ),
    (
      #"{"input":"i","reasoning":"r","answer":"a"}"#,
      .distillation(DistillationRecord(input: "i", reasoning: "r", answer: "a")), plain
    ),
    (
      #"{"question":"q","context":"c","reasoning":"r","answer":"a"}"#,
      .distillation(DistillationRecord(input: "q\n\nc", reasoning: "r", answer: "a")), plain
    ),
    (
      #"{"instruction":"a","output":"c","reasoning":"r"}"#, instruction("a", "", "c"),
      RecordAttributes(meta: [.init("reasoning", "r")])
    ),
    (
      #"{"messages":[{"role":"user","content":"u"},{"role":"assistant","content":"a"}]}"#,
      chat(("user", "u"), ("assistant", "a")), plain
    ),
    (
      #"{"messages":[{"role":"developer","content":"d"},"#
        + #"{"role":"user","content":[{"type":"text","text":"u"},{"type":"text","text":"v"}]},"#
        + #"{"role":"assistant","content":"a","name":"n","refusal":null}]}"#,
      chat(("system", "d"), ("user", "uv"), ("assistant", "a")),
      RecordAttributes(meta: [.init("messages[2].name", "n")])
    ),
    (
      #"{"messages":[{"role":"user","content":"u"},{"role":"assistant","content":"a"}],"n":1}"#,
      chat(("user", "u"), ("assistant", "a")), RecordAttributes(meta: [.init("n", 1)])
    ),
    (
      #"{"id":"x","conversations":[{"from":"human","value":"u"},{"from":"gpt","value":"a"}],"#
        + #""system":"s"}"#,
      chat(("system", "s"), ("user", "u"), ("assistant", "a")),
      RecordAttributes(meta: [.init("id", "x")])
    ),
  ]

  @Test(arguments: 0..<shapes.count) func readsARowOfAKnownShape(index: Int) {
    let (text, record, attributes) = Self.shapes[index]
    #expect(Self.rows(text) == [.record(line: 1, record, attributes)])
    #expect(Self.rows("[\(text)]") == [.record(line: 1, record, attributes)])
  }

  static let bad: [(String, String)] = [
    (
      #"{"a":"b","c":"d"}"#,
      "the columns \"a\", \"c\" make no record; say what they are with --map, "
        + "for example --map question=instruction,answer=output"
    ),
    (
      #"{"instruction":"a","output":{"x":1}}"#,
      "the field \"output\" should be text and is an object"
    ),
    (
      #"{"instruction":["a"],"output":"x"}"#,
      "the field \"instruction\" should be text and is a list"
    ),
    (#"["a"]"#, "the field \"row\" should be an object and is a list"),
    ("{\"instruction\":\"a\",", "column 20: a name in double quotes should stand here"),
    (
      #"{"instruction":"a","instruction":"b"}"#,
      "column 20: the same name stands twice in one object"
    ),
    (
      #"{"messages":[]}"#,
      "the field \"messages\" should be a list of messages and is an empty list"
    ),
    (
      #"{"messages":[{"role":"user","content":"u"}]}"#,
      "no message has the role assistant, so there is nothing to learn"
    ),
    (
      #"{"messages":[{"role":"wizard","content":"u"}]}"#,
      "the field \"messages[0].role\" has the value \"wizard\"; expected system, user (human), "
        + "assistant (gpt) or tool"
    ),
    (
      #"{"messages":[{"role":"assistant","content":null,"tool_calls":[1]}]}"#,
      "the field \"messages[0].content\" is missing; a record of kind message needs it"
    ),
    (
      #"{"messages":[{"role":"user","content":[{"type":"image_url"}]}]}"#,
      "the field \"messages[0].content\" should be text and is a list with parts of another type "
        + "(images, tools), which a record cannot hold"
    ),
    (
      #"{"chosen":"c","rejected":"r"}"#,
      "the field \"prompt\" is missing; a record of kind preference needs it"
    ),
    (
      #"{"messages[0].x":1,"messages":[{"role":"assistant","content":"u","x":2}]}"#,
      "the field \"meta\" has the value \"messages[0].x\"; expected each column to be named once"
    ),
  ]

  @Test(arguments: bad) func saysWhyARowIsNoRecordAndGoesOn(text: String, reason: String) {
    let good = #"{"instruction":"a","output":"b"}"#
    let rows = Self.rows("\(good)\n\(text)\n\(good)", format: .jsonl)
    let record = Self.instruction("a", "", "b")
    #expect(
      rows == [
        .record(line: 1, record, Self.plain),
        .bad(
          BadRow(
            line: 2, reason: reason, snippet: Array(text.utf8), byteCount: text.utf8.count)),
        .record(line: 3, record, Self.plain),
      ])
  }

  @Test func theWantedKindDecidesAndConvertsWhereNothingIsLost() {
    let row = #"{"instruction":"a","input":"b","output":"c"}"#
    #expect(
      Self.rows(row, kind: .chat)
        == [.record(line: 1, Self.chat(("user", "a\n\nb"), ("assistant", "c")), Self.plain)])
    let turns = #"{"messages":[{"role":"user","content":"u"},{"role":"assistant","content":"a"}]}"#
    #expect(
      Self.rows(turns, kind: .instruction)
        == [.record(line: 1, Self.instruction("u", "", "a"), Self.plain)])
    guard case .bad(let bad)? = Self.rows(row, kind: .preference).first else {
      Issue.record("an instruction is no preference pair")
      return
    }
    #expect(
      bad.reason
        == "a record of kind instruction cannot be written as preference: it has one answer and no "
        + "reasoning of its own")
  }

  @Test func aMapOverridesWhatColumnsAreCalled() throws {
    let map = try FieldMap("q=instruction,ctx=input,answer=output")
    let row = #"{"q":"1","ctx":"2","answer":"3","instruction":"mine"}"#
    #expect(
      Self.rows(row, map: map) == [
        .record(
          line: 1, Self.instruction("1", "2", "3"),
          RecordAttributes(meta: [.init("instruction", "mine")]))
      ])
  }

  @Test(arguments: [
    ("", "--map expects column=field pairs with commas between them; \"\" is none"),
    ("a", "--map expects column=field pairs with commas between them; \"a\" is none"),
    ("a=output,", "--map expects column=field pairs with commas between them; \"\" is none"),
    ("a=b=c", "--map expects column=field pairs with commas between them; \"a=b=c\" is none"),
    (
      "a=nothing",
      "--map knows no field \"nothing\"; the fields are instruction, input, output, prompt, chosen, "
        + "rejected, reasoning, answer, messages, conversations, system, split, difficulty, labels, "
        + "weight"
    ),
    ("a=input,a=output", "--map names the column \"a\" twice"),
    ("a=input,b=input", "--map fills the field \"input\" twice"),
  ]) func aMapThatCannotBeUnderstoodIsRefused(text: String, message: String) {
    let error = #expect(throws: FieldMapError.self) { try FieldMap(text) }
    #expect(error?.description == message)
  }

  @Test func readsATableWithQuotesLineEndsAndAByteOrderMark() {
    let text =
      "\u{FEFF}instruction,input,output,source,labels,weight,split\r\n"
      + "\"say \"\"hi\"\"\",\"a,\nb\",c d,web,x;y,2,train\r\n" + "\r\n"
      + "q,,a,,,,\n" + "é \"x\",1,2,\"\",\"[\"\"l\"\"]\",heavy,other"
    let wanted: [Row] = [
      .record(
        line: 2, Self.instruction("say \"hi\"", "a,\nb", "c d"),
        RecordAttributes(
          split: .train, labels: ["x", "y"], weight: 2, meta: [.init("source", "web")])),
      .record(line: 5, Self.instruction("q", "", "a"), Self.plain),
      .record(
        line: 6, Self.instruction("é \"x\"", "1", "2"),
        RecordAttributes(
          labels: ["l"], meta: [.init("weight", "heavy"), .init("split", "other")])),
    ]
    #expect(Self.rows(text) == wanted)
    for cut in 0...text.utf8.count {
      let reader = RowReader()
      var rows: [Row] = []
      for chunk in [text.utf8.prefix(cut), text.utf8.dropFirst(cut)] {
        reader.feed(Array(chunk)) { rows.append($0) }
      }
      reader.finish { rows.append($0) }
      #expect(rows == wanted, "cut at \(cut)")
    }
  }

  @Test func aTableRowWithAFaultCostsItselfOnly() {
    let text = "question\tanswer\nq\n\"a\"b\tc\nq\ta\nq\ta\tb\nq2\ta2\n\"open\ta"
    let reasons = Self.rows(text).map { row in
      switch row {
      case .record(let line, _, _): "\(line): ok"
      case .bad(let bad): bad.description
      }
    }
    #expect(
      reasons == [
        "line 2: the row has 1 cells, the header has 2 columns",
        "line 3: text follows a closing quote in cell 1; double the quotes in a cell",
        "4: ok",
        "line 5: the row has 3 cells, the header has 2 columns",
        "6: ok",
        "line 7: the quoted cell that starts in this row has no closing quote",
      ])
  }

  @Test func aHeaderWithATwinMakesEveryRowBad() {
    let rows = Self.rows("question,answer,answer\n1,2,3\n4,5,6\n")
    #expect(rows.count == 3)
    for case .record in rows { Issue.record("a row was read") }
  }

  @Test(arguments: [
    ([0x1F, 0x8B, 8, 0], "this is a gzip file: unpack it first"),
    (Array("PAR1....".utf8), "this is a Parquet file: export it as JSONL"),
    ([0xFF, 0xFE, 0x7B, 0], "this is a UTF-16 file: save it as UTF-8"),
  ]) func aFileThatIsNoTextIsOneBadRow(bytes: [UInt8], reason: String) {
    let rows = RowReader.rows(of: bytes)
    #expect(
      rows == [.bad(BadRow(line: 1, reason: reason, snippet: bytes, byteCount: bytes.count))])
  }

  @Test func hostileRowsAreReportedAndTheNextIsRead() {
    let good = Array(#"{"instruction":"a","output":"b"}"#.utf8)
    let hostile: [[UInt8]] = [
      [UInt8](repeating: UInt8(ascii: "x"), count: 10 << 20),
      Array("{\"instruction\":\"".utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: 5 << 20)
        + Array("\",\"output\":\"\"}".utf8),
      [UInt8](repeating: UInt8(ascii: "["), count: 100_000),
      Array(String(repeating: "{\"a\":", count: 100_000).utf8),
      Array("{\"instruction\":\"".utf8) + [0xFF, 0xFE] + Array("\",\"output\":\"\"}".utf8),
      [0, 0, 0, 0], Array("{\"instruction\":\"a\u{0}\",\"output\":\"\"}".utf8),
      Array("\u{FEFF}{\"instruction\":\"a\",\"output\":\"b\"}".utf8),
    ]
    for bytes in hostile {
      var text = good + [0x0A] + bytes + [0x0A] + good
      var rows = RowReader.rows(of: text, format: .jsonl)
      #expect(rows.count == 3)
      guard rows.count == 3, case .record(1, _, _) = rows[0], case .bad(let bad) = rows[1],
        case .record(3, _, _) = rows[2]
      else {
        Issue.record("\(bytes.prefix(20)) was not set aside")
        continue
      }
      #expect(bad.line == 2)
      #expect(bad.byteCount == bytes.count)
      #expect(bad.snippet == Array(bytes.prefix(256)))
      // The same in a list, where an element's end is found by its brackets.
      guard bytes.first != UInt8(ascii: "["), bytes.last == UInt8(ascii: "}") else { continue }
      text = Array("[".utf8) + good + [0x2C] + bytes + [0x2C] + good + Array("]".utf8)
      rows = RowReader.rows(of: text, format: .json)
      #expect(rows.count == 3)
    }
  }

  @Test func randomBytesNeverTrapAndNeverVanish() {
    var random = SeededGenerator(seed: 6, stream: "noise")
    let seeds = Self.shapes.map { Array($0.0.utf8) }
    for round in 0..<300 {
      var bytes = JSONTapeTests.mutated(random.pick(seeds), &random)
      if round % 4 == 0 { bytes = (0..<200).map { _ in UInt8(random.below(256)) } }
      for format in RowFormat.allCases {
        let reader = RowReader(format: format)
        var rows = 0
        reader.feed(bytes) { _ in rows += 1 }
        reader.finish { _ in rows += 1 }
        #expect(rows == reader.accepted + reader.rejected)
        if format == .jsonl {
          let lines = bytes.split(separator: 0x0A).filter { line in
            !line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
          }
          #expect(rows >= lines.count)
        }
      }
    }
  }
}
