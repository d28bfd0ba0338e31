import ExpertCuration
import ExpertRecord
import Testing

/// Each filter by itself: what passes, what does not, and why.
@Suite struct FilterTests {
  // MARK: schema

  @Test func everyKindOfRecordNeedsItsTexts() {
    func verdict(_ record: Record) -> String? {
      SchemaFilter().judge(Candidate(record: record)).detail
    }
    func instruction(_ a: String, _ b: String) -> Record {
      .instruction(InstructionRecord(instruction: a, output: b))
    }
    func pair(_ prompt: String, _ chosen: String, _ rejected: String) -> Record {
      .preference(
        PreferenceRecord(
          prompt: .text(prompt), chosen: .text(chosen), rejected: .text(rejected)))
    }
    func chat(_ messages: [(String, String)]) -> Record {
      .chat(ChatRecord(messages: messages.map { Message(role: $0.0, content: $0.1) }))
    }
    #expect(verdict(instruction("Add.", "3")) == nil)
    #expect(verdict(instruction(" ", "3")) == "the instruction is empty")
    #expect(verdict(instruction("Add.", "\u{a0}")) == "the output is empty")
    #expect(verdict(pair("Add.", "3", "4")) == nil)
    #expect(verdict(pair("Add.", "3", " 3")) == "the chosen and the rejected answer are the same")
    #expect(verdict(pair("Add.", "3", "")) == "the rejected answer is empty")
    let distillation = DistillationRecord(input: "1+2", reasoning: "", answer: "")
    #expect(verdict(.distillation(distillation)) == "the answer is empty")
    #expect(verdict(chat([("user", "Hi"), ("assistant", "Hello.")])) == nil)
    #expect(verdict(chat([("user", "Hi")])) == "no message is the assistant's")
    #expect(verdict(chat([("user", ""), ("assistant", "x")])) == "message 1 (user) is empty")
    #expect(verdict(chat([("bot", "x")])) == "message 1 has an unknown role")
  }

  @Test(arguments: [
    ("Summarise {{topic}} now.", "{{topic}}"), ("Use {{ user.name }}.", "{{ user.name }}"),
    ("{{#items}}x", "{{#items}}"), ("Raw {{{body}}} here", "{{{body}}}"),
    ("Explain {topic} well", "{topic}"),
  ])
  func anUnfilledTemplateIsDropped(_ text: String, _ tag: String) {
    let dropped = SchemaFilter().judge(candidate("Fine.", instruction: text))
    #expect(dropped.detail == "the prompt still contains \(tag)")
    #expect(SchemaFilter().judge(candidate(text, kind: .prose)).filter == "schema")
    #expect(SchemaFilter().judge(candidate(text, kind: .code)) == .keep)
  }

  @Test(arguments: [
    #"{"a":{"b":{"c":1}}}"#, "f(x) = {x | x > 0}", "/users/{id}/posts", "{{", "}}", "{{}}", "{{1}}",
    "a {{ b", "{ }", "\\frac{a}{{b}",
  ])
  func bracesThatAreNoTemplatePass(_ text: String) {
    #expect(SchemaFilter().judge(candidate(text, kind: .prose, instruction: text)) == .keep)
  }

  // MARK: length

  @Test func theLeastLengthIsForProseAlone() {
    var config = FilterConfig()
    config.minOutputLength = 20
    let filter = LengthFilter(config)
    for kind in [AnswerKind.literal, .label, .json] {
      #expect(filter.judge(candidate("7", kind: kind)) == .keep)
    }
    for kind in [AnswerKind.prose, .code, .sql] {
      #expect(filter.judge(candidate("too short", kind: kind)).filter == "length")
      #expect(filter.judge(candidate("long enough, this one is", kind: kind)) == .keep)
    }
    #expect(filter.judge(candidate("Alice")) == .keep, "one word is a literal")
  }

  @Test func veryLongTextsAreDropped() {
    let long = String(repeating: "word ", count: 8000)
    #expect(LengthFilter().judge(candidate(long, kind: .prose)).filter == "length")
    let prompt = String(repeating: "word ", count: 14_000)
    #expect(LengthFilter().judge(candidate("x", kind: .literal, input: prompt)).filter == "length")
    #expect(LengthFilter().judge(candidate(String(long.prefix(32_000)), kind: .prose)) == .keep)
  }

  // MARK: sql

  @Test(arguments: [
    "SELECT 1", "select a, b from t where c = 'it''s; fine' -- done;", "SELECT 1;  \n",
    "WITH x AS (SELECT 1 AS a) SELECT a FROM x", "INSERT INTO t (a) VALUES (1), (2)",
    "UPDATE t SET a = a + 1 WHERE b IN (SELECT b FROM u)", "DELETE FROM t",
    "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
    "/* why */ SELECT \"a;b\" FROM t",
    "SELECT date_trunc('month', created) FROM orders", "EXPLAIN QUERY PLAN SELECT 1",
    "PRAGMA table_info(t)",
    "CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET a = 1; DELETE FROM u; END;",
    "SELECT CASE WHEN a > 1 THEN 'x' ELSE 'y' END FROM t",
  ])
  func wholeStatementsPass(_ sql: String) {
    #expect(SQLFilter().judge(candidate(sql, kind: .sql)) == .keep)
  }

  @Test(arguments: [
    "SELECT (1", "SELECT 1)", "SELECT 'open", "SELECT 1 /* open", "SELECT 1; SELECT 2",
    "-- nothing",
    "SELCT 1", "SELECT * FORM t", "The answer is SELECT 1", "```sql\nSELECT 1\n```",
    "SELECT a FROM",
    "INSERT INTO", ";",
  ])
  func brokenStatementsAreDropped(_ sql: String) {
    #expect(SQLFilter().judge(candidate(sql, kind: .sql)).filter == "sql")
    #expect(SQLFilter().judge(candidate(sql, kind: .prose)) == .keep, "only SQL answers are judged")
  }

  // MARK: refusal

  @Test(arguments: [
    "I'm sorry, but I can't assist with that request.", "I’m sorry, but I can’t do this.",
    "As an AI language model, I have no opinion on it.", "I cannot provide that information.",
    "Thank you for asking. I'm unable to open files.", "Unfortunately, I cannot do this.",
  ])
  func refusalsAreDropped(_ text: String) {
    #expect(RefusalFilter().judge(candidate(text, kind: .prose)).filter == "refusal")
    #expect(RefusalFilter().judge(candidate(text)).filter == "refusal")
  }

  @Test(arguments: [
    "I'm sorry for the delay; your parcel left yesterday.", "Refusal", "He said he cannot come.",
    "AI models are trained on data.", "Sorry to hear that! Try turning it off and on again.",
  ])
  func apologiesAndTalkOfModelsPass(_ text: String) {
    #expect(RefusalFilter().judge(candidate(text, kind: .prose)) == .keep)
  }

  // MARK: echo

  @Test func repeatingTheQuestionIsDroppedButRepeatingTheInputIsNot() {
    let question = "Which of the planets of the solar system has the most moons?"
    let filter = EchoFilter()
    func judged(_ answer: String, _ input: String = "") -> Verdict {
      filter.judge(candidate(answer, kind: .prose, instruction: question, input: input))
    }
    #expect(judged(question.uppercased()).filter == "echo")
    #expect(judged(question + " It is Saturn.").filter == "echo")
    #expect(judged(question + " (input)", "(input)").filter == "echo")
    #expect(judged("Saturn has the most moons.") == .keep)
    #expect(judged("[1, 2]", "[1, 2]") == .keep, "a document that needs no repair")
    let short = candidate(
      "Add two numbers by putting them together.", instruction: "Add two numbers")
    #expect(filter.judge(short) == .keep)
  }

  // MARK: truncated

  @Test(arguments: [
    ("```python\nprint(1)", AnswerKind.code), ("func f() {", .code), ("The list is: [", .prose),
    ("The result depends on the size of the", .prose),
    ("We first read the file, then we parse it,", .prose),
  ])
  func answersThatWereCutOffAreDropped(_ text: String, _ kind: AnswerKind) {
    #expect(TruncationFilter().judge(candidate(text, kind: kind)).filter == "truncated")
  }

  @Test func longProseMustEndItsSentence() {
    let cut = String(plainProse.dropLast(5))
    #expect(TruncationFilter().judge(candidate(cut, kind: .prose)).filter == "truncated")
    #expect(TruncationFilter().judge(candidate(plainProse, kind: .prose)) == .keep)
    #expect(
      TruncationFilter().judge(candidate(plainProse + "\n\n- one\n- two", kind: .prose)) == .keep)
  }

  @Test(arguments: [
    ("```\nx\n```", AnswerKind.code), ("Use ```x``` here", .prose), ("{", .literal), ("a,", .label),
    ("~~~\n```\n~~~", .code), ("Paris and Rome", .prose), ("What is it good for?", .prose),
    ("f(x) = [1, 2]", .code), ("北京是中国的首都", .prose),
  ])
  func wholeAnswersPass(_ text: String, _ kind: AnswerKind) {
    #expect(TruncationFilter().judge(candidate(text, kind: kind)) == .keep)
  }

  // MARK: repetition

  @Test func loopsAreDroppedFromLongProseOnly() {
    let loop = String(repeating: "The cat sat on the mat and looked at me. ", count: 12)
    #expect(RepetitionFilter().judge(candidate(loop, kind: .prose)).filter == "repetition")
    #expect(RepetitionFilter().judge(candidate(loop, kind: .code)) == .keep)
    let short = String(repeating: "go on ", count: 20)
    #expect(RepetitionFilter().judge(candidate(short, kind: .prose)) == .keep, "40 words")
    #expect(RepetitionFilter().judge(candidate(plainProse, kind: .prose)) == .keep)
  }

  @Test func repeatedLinesAndParagraphsAreNamed() {
    let lines = plainProse + "\n" + String(repeating: "Good morning.\n", count: 9)
    let detail = RepetitionFilter().judge(candidate(lines, kind: .prose)).detail
    #expect(detail == "80 % of the lines are repeated, more than 30 %")
    let twice = plainProse + "\n\n" + plainProse
    #expect(RepetitionFilter().judge(candidate(twice, kind: .prose)).filter == "repetition")
  }

  // MARK: language

  private static let german = """
    Der Fluss entspringt in den Bergen und fließt durch die Stadt, bevor er nach vielen Kilometern \
    das Meer erreicht. Im Frühling werden die Wiesen an seinen Ufern überschwemmt, und die Bauern \
    bringen ihre Tiere auf höher gelegenes Land, bis das Wasser wieder sinkt. Die Kinder lernen in \
    den ruhigen Becken unter der alten Brücke schwimmen, und die Fischer kennen jede Stelle.
    """

  @Test func longProseInAnotherLanguageIsDropped() {
    let english = LanguageFilter(expected: "en")
    #expect(
      english.judge(candidate(Self.german, kind: .prose)).detail
        == "the answer is in de, not in en")
    #expect(english.judge(candidate(plainProse, kind: .prose)) == .keep)
    #expect(LanguageFilter(expected: "de").judge(candidate(Self.german, kind: .prose)) == .keep)
    let russian = String(repeating: "река течёт через город к морю ", count: 12)
    #expect(english.judge(candidate(russian, kind: .prose)).filter == "language")
  }

  @Test func aSentenceOfThirtyWordsIsNotJudgedByLanguage() {
    let words = Self.german.split(separator: " ").prefix(30).joined(separator: " ")
    #expect(LanguageFilter(expected: "en").judge(candidate(words, kind: .prose)) == .keep)
    #expect(LanguageFilter(expected: "en").judge(candidate(Self.german, kind: .code)) == .keep)
  }

  @Test func languagesAreTold() {
    #expect(Language.detect(plainProse) == "en")
    #expect(Language.detect(Self.german) == "de")
    #expect(Language.detect("日本語の文章はひらがなと漢字で書かれています") == "ja")
    #expect(Language.detect("北京是中国的首都,有很多历史悠久的建筑") == "zh")
    #expect(Language.detect("서울은 대한민국의 수도이다") == "ko")
    #expect(Language.detect("xqz vvk") == nil)
    #expect(Language.codes.count == 16)
  }

  // MARK: personal data

  @Test(arguments: [
    "Write to jane.doe@acme-mail.com.", "mail: a_b+c@mail.company.co.uk", "Call +49 30 901820 now",
    "Call (313) 824-9931.", "Phone 1-313-824-9931", "Server 93.184.216.34 answered",
    "IBAN DE44 5001 0517 5407 3249 31", "Card 4539 1488 0343 6467", "Card 4539148803436467.",
  ])
  func personalDataIsDropped(_ text: String) {
    let verdict = PersonalDataFilter().judge(candidate(text, kind: .prose))
    #expect(verdict.filter == "personal-data")
    let digits = text.filter(\.isNumber)
    #expect(verdict.detail?.contains(digits) == digits.isEmpty, "the value is not repeated")
    #expect(PersonalDataFilter().judge(candidate("ok", input: text)).filter == "personal-data")
  }

  @Test(arguments: [
    "Write to jane@example.com or x@mail.example.org.", "user@host.test", "root@localhost",
    "Call +1 212 555 0123 or (212) 555-0199.", "Call 555-0100.", "+44 20 7946 0123",
    "203.0.113.7, 198.51.100.2 and 192.0.2.1", "10.0.0.1 192.168.1.254 127.0.0.1 172.16.9.9",
    "version 1.2.3.4", "lib-45.120.33.2", "2024-02-29T10:11:12.123Z", "3.14159 2.71828 1.41421",
    "Card 4111 1111 1111 1111", "4242424242424242", "IBAN DE89 3704 0044 0532 0130 00",
    "1234567890123456", "order 4539148803436468", "[1, 22, 333, 4444, 55555, 666666]",
    "100-200-300",
    "@property", "a @ b", "user@", "2001:db8::1", "17.5 + 3.25 = 20.75", "1 000 000 000 000 000",
  ])
  func examplesAndPlainNumbersPass(_ text: String) {
    #expect(PersonalDataFilter().judge(candidate(text, kind: .prose)) == .keep)
  }

  // MARK: secret

  @Test(arguments: [
    "sk-" + "Ab3dE5fG7hJ9kL1mN3pQ5rS7", "key=AKIA" + "Q4W7E2R9T5Y8U1IA",
    "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8",
    "AIza" + "SyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA75k2Zx9fQwErTyUiOpAsDfGhJkLzXcVb",
  ])
  func keysAreDroppedWithoutBeingRepeated(_ text: String) {
    let verdict = SecretFilter().judge(candidate(text, kind: .code))
    #expect(verdict.filter == "secret")
    #expect(verdict.detail.map { !$0.contains(text.suffix(12)) } == true)
  }

  @Test(arguments: [
    "AKIAIOSFODNN7EXAMPLE", "sk-xxxxxxxxxxxxxxxxxxxxxxxx", "export KEY=sk-...",
    "risk-assessment-for-all",
    "task-oriented-dialogue-systems-2", "-----BEGIN PRIVATE KEY-----\n...", "hf_", "SG.", "disk-1",
  ])
  func placeholdersAndWordsPass(_ text: String) {
    #expect(SecretFilter().judge(candidate(text, kind: .code)) == .keep)
  }

  // MARK: overlap

  @Test func thirteenSharedWordsAreAnOverlap() {
    var heldOut = HeldOutIndex()
    heldOut.insert(plainProse)
    let words = plainProse.split(whereSeparator: \.isWhitespace)
    let filter = OverlapFilter(heldOut)
    let thirteen = words[10..<23].joined(separator: ", ").uppercased()
    let twelve = words[10..<22].joined(separator: " ")
    #expect(filter.judge(candidate("So \(thirteen)!", kind: .prose)).filter == "overlap")
    #expect(filter.judge(candidate("So \(twelve) indeed.", kind: .prose)) == .keep)
    #expect(filter.judge(candidate("ok", input: plainProse)).filter == "overlap")
  }

  @Test func shortHeldOutTextsMatchWhole() {
    var heldOut = HeldOutIndex()
    heldOut.insert("What is the capital of the state of Ohio?")
    heldOut.insert("Yes.")
    let filter = OverlapFilter(heldOut)
    let asked = candidate("Columbus", instruction: "Say: what is the capital of the state of ohio")
    #expect(filter.judge(asked).filter == "overlap")
    #expect(filter.judge(candidate("Yes.", kind: .literal)) == .keep)
    #expect(filter.judge(candidate("x", instruction: "What is the capital of Ohio?")) == .keep)
  }

  // MARK: all filters

  @Test func noFilterIsSlowOrFailsOnHostileText() {
    var config = FilterConfig()
    config.language = "en"
    config.validateJSON = true
    var heldOut = HeldOutIndex()
    heldOut.insert(plainProse)
    let filters = FilterPipeline.standard(config, heldOut: heldOut)
    let hostile = [
      String(repeating: "{", count: 4000), String(repeating: "{{a", count: 1600),
      String(repeating: "@", count: 4000), String(repeating: "a@", count: 2000),
      String(repeating: "1-", count: 2000), String(repeating: "sk-", count: 1600),
      String(repeating: "```\n", count: 1000), String(repeating: "'", count: 4001),
      String(repeating: "DE00", count: 1000), String(repeating: "e\u{301}\u{301}", count: 1000),
      String(repeating: "\u{1F468}\u{200D}\u{1F469}", count: 600), "\u{0}\u{feff}\u{202e}",
    ]
    for text in hostile {
      for kind in AnswerKind.allCases {
        // Every filter looks, whatever those before it said; none may trap.
        let rejections = filters.allRejections(candidate(text, kind: kind))
        #expect(rejections.allSatisfy { FilterPipeline.names.contains($0.filter) })
      }
    }
  }

  @Test func hardNegativesMayBeWrongButNotCarrySecrets() {
    func judged(_ rejected: String) -> Verdict {
      let record = Record.preference(
        PreferenceRecord(
          prompt: .text("Give the JSON."), chosen: .text("{\"a\":1}"), rejected: .text(rejected)))
      return FilterPipeline.standard().judge(
        Candidate(record: record, attributes: RecordAttributes(answerKind: .json)))
    }
    #expect(judged("{\"a\":1,}") == .keep)
    #expect(judged("I'm sorry, but I can't do that.") == .keep)
    #expect(judged("mail jane.doe@acme-mail.com").filter == "personal-data")
  }
}

@Suite struct ExactDuplicateTests {
  @Test(arguments: [
    ("", ""), (" \t\n", ""), ("a", "a"), ("  a  b\r\n\tc ", "a b c"), ("A\u{0B}b\u{0C}", "A b"),
    ("a\u{1F}b", "a\u{1F}b"), ("a\u{A0} é", "a é"), ("e\u{301} x", "é x"),
  ])
  func whiteSpaceBecomesOneSpace(_ text: String, _ expected: String) {
    #expect(Array(ExactDuplicates.normalised(text).utf8) == Array(expected.utf8))
  }

  /// A letter beyond ASCII takes the text the general way, which must agree.
  @Test func textIsNormalisedTheSameWayWithAndWithoutOtherLetters() {
    var generator = SeededGenerator(seed: 9, stream: "spaces")
    for _ in 0..<500 {
      let scalars = (0..<30).map { _ in
        generator.next() % 3 == 0 ? " " : Unicode.Scalar(UInt8(generator.next() & 0x7F))
      }
      let text = String(String.UnicodeScalarView(scalars))
      let general = ExactDuplicates.normalised(text + "é")
      let ascii = ExactDuplicates.normalised(text + "e")
      #expect(ascii == general.dropLast() + "e")
    }
  }
}
