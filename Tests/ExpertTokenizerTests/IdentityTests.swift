import ExpertRecord
import ExpertTestSupport
import ExpertTokenizer
import Foundation
import Testing

@Suite struct IdentityTests {
  static let variants = [
    "gpt2", "gpt2-split", "smollm", "qwen2", "llama3", "llama3-removed", "odd", "holes",
  ]

  @Test(arguments: variants) func idsAndTextsAreTheReferences(_ name: String) throws {
    let tokenizer = try Golden.variant(name)
    let rows = try #require(Golden.json("identity.json")["texts"]?[name]?.array)
    #expect(rows.count == 120)
    for row in rows {
      let text = try #require(row[0]?.string)
      let ids = try #require(row[1]).ids
      #expect(try tokenizer.encode(text) == ids, "\(text.debugDescription)")
      #expect(try tokenizer.count(text) == ids.count)
      if name != "odd" {
        #expect(try tokenizer.decode(ids) == row[2]?.string)
        #expect(try tokenizer.decode(ids, skipSpecial: true) == row[3]?.string)
      }
    }
  }

  @Test(arguments: variants) func offsetsCoverTheTextWithoutGaps(_ name: String) throws {
    let tokenizer = try Golden.variant(name)
    for row in try #require(Golden.json("identity.json")["texts"]?[name]?.array) {
      let text = try #require(row[0]?.string)
      let encoding = try tokenizer.encodeWithOffsets(text)
      #expect(encoding.ids == (try #require(row[1]).ids))
      #expect(encoding.starts.count == encoding.ids.count)
      // Bytes without a token leave a gap at the end; stripped white space can be met twice.
      if name == "odd" || name == "holes" { continue }
      #expect([0] + encoding.ends.dropLast() == encoding.starts)
      #expect(encoding.ends.last == text.utf8.count)
    }
  }

  @Test func offsetsNameTheBytesOfEachToken() throws {
    let tokenizer = try Golden.variant("qwen2")
    let text = "<|im_start|>don't cafe\u{301} 12<|im_end|>"
    let encoding = try tokenizer.encodeWithOffsets(text)
    let bytes = Array(text.utf8)
    for (i, id) in encoding.ids.enumerated() {
      let covered = Array(bytes[encoding.starts[i]..<encoding.ends[i]])
      let own = try tokenizer.bytes(of: id)
      // NFC made one character of two: its tokens name the stretch as a whole.
      if covered.allSatisfy({ $0 < 0x80 }), own.allSatisfy({ $0 < 0x80 }) {
        #expect(covered == own)
      }
    }
    #expect(try tokenizer.decode(encoding.ids) == "<|im_start|>don't caf\u{E9} 12<|im_end|>")
  }

  @Test func specialTokensCanBePlainText() throws {
    let tokenizer = try Golden.variant("qwen2")
    let mark = try #require(tokenizer.id(of: "<|im_end|>"))
    #expect(try tokenizer.encode("a<|im_end|>") == tokenizer.encode("a") + [mark])
    let plain = try tokenizer.encode("a<|im_end|>", special: .plainText)
    #expect(!plain.contains(mark))
    #expect(try tokenizer.decode(plain) == "a<|im_end|>")
  }

  @Test(.testModel(TestModels.qwenRanks)) func qwensVocabularyGivesTheReferencesIds() throws {
    let ranks = TestModels.path(TestModels.qwenRanks)
    let tokenizer = try Tokenizer(rankFile: ranks, options: .qwen)
    let rows = try #require(Golden.json("qwen.json").array)
    #expect(rows.count > 10)
    for row in rows {
      let text = try #require(row[0]?.string)
      #expect(try tokenizer.encode(text, special: .plainText) == row[1]?.ids)
    }
    #expect(tokenizer.idCount == 151_669)
    #expect(tokenizer.id(of: "<|im_end|>") == 151_645)
    #expect(tokenizer.id(of: "</think>") == 151_668)
  }

  /// Reads {"text", "ids"} lines of `Tests/Tools/tokenizer-fixtures.py stream`, named by
  /// EXPERT_TOKENIZER_STREAM=variant:path, for as many texts as one likes.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["EXPERT_TOKENIZER_STREAM"] != nil))
  func aStreamOfRandomTextsGivesTheReferencesIds() throws {
    let spec = ProcessInfo.processInfo.environment["EXPERT_TOKENIZER_STREAM"] ?? ""
    let parts = spec.split(separator: ":", maxSplits: 1).map(String.init)
    let tokenizer =
      parts[0] == "qwen-ranks"
      ? try Tokenizer(rankFile: TestModels.path(TestModels.qwenRanks), options: .qwen)
      : try Golden.variant(parts[0])
    let lines = try String(contentsOfFile: parts[1], encoding: .utf8).split(separator: "\n")
    #expect(!lines.isEmpty)
    for line in lines {
      let row = try JSONValue.parse(String(line))
      let text = try #require(row["text"]?.string)
      #expect(try tokenizer.encode(text) == row["ids"]?.ids, "\(text.debugDescription)")
    }
  }
}
