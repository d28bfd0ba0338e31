import ExpertRecord
import ExpertTestSupport
import ExpertTokenizer
import Foundation
import Synchronization
import Testing

@Suite struct EncodingTests {
  /// A million times one letter, or marks, ends in seconds, and like the plain algorithm.
  @Test(arguments: ["a", "ab", " ", "\n", "\u{301}", "\u{4E2D}", "'"])
  func aMillionBytesOfOneWordTakeNoSquare(_ part: String) throws {
    let tokenizer = try Golden.variant("qwen2")
    let text = String(repeating: part, count: 1_000_000 / part.utf8.count)
    let clock = ContinuousClock()
    var ids: [Int32] = []
    let took = try clock.measure { ids = try tokenizer.encode(text) }
    #expect(took < .seconds(20))
    #expect(try tokenizer.decode(ids) == text)
  }

  @Test(arguments: IdentityTests.variants)
  func wordsOfEveryLengthAreMergedAsByThePlainAlgorithm(_ name: String) throws {
    guard name != "holes", name != "odd" else { return }
    let tokenizer = try Golden.variant(name)
    let plain = try PlainMerger(Golden.variantJSON(name))
    var random = SeededGenerator(seed: 7, stream: "tests")
    for length in 1...300 {
      let letters = Array("etaoinshr".utf8)
      let word = (0..<length).map { _ in letters[Int(random.next() % 9)] }
      let ids = try tokenizer.encode(String(decoding: word, as: UTF8.self))
      #expect(ids == plain.encode(word), "length \(length)")
    }
  }

  @Test func wordsAreCutAsTheExpressionsSay() {
    func words(_ split: WordSplit, _ text: String) -> [String] {
      let bytes = Array(text.utf8)
      return split.words(of: text).map { String(decoding: bytes[$0], as: UTF8.self) }
    }
    #expect(
      words(.qwen2, "It'\u{17F} 1234  x\r\n\n !?\n")
        == ["It", "'\u{17F}", " ", "1", "2", "3", "4", " ", " x", "\r\n\n", " !?\n"])
    #expect(words(.llama3, "1234 a") == ["123", "4", " a"])
    #expect(words(.gpt2, "I'LL I'll 12 ??") == ["I", "'", "LL", " I", "'ll", " 12", " ??"])
    #expect(words(.gpt2Digits, "a 12 ") == ["a", " ", "1", "2", " "])
    #expect(words(.qwen2, "") == [])
  }

  @Test func streamedTextIsTheWholeText() throws {
    let tokenizer = try Golden.variant("gpt2")
    for name in ["gpt2", "qwen2"] {
      for row in try #require(Golden.json("identity.json")["texts"]?[name]?.array) {
        let text = try #require(row[0]?.string)
        let ids = try tokenizer.encode(text)
        var decoder = StreamingDecoder(tokenizer)
        var parts = try ids.map { try decoder.append($0) }
        parts.append(decoder.finish())
        #expect(parts.joined() == text)
        #expect(
          !parts.dropLast().contains { $0.unicodeScalars.contains("\u{FFFD}") }
            || text.unicodeScalars.contains("\u{FFFD}"))
      }
    }
  }

  @Test func streamedBytesThatAreNoTextBecomeWhatDecodeMakesOfThem() throws {
    let tokenizer = try Golden.variant("gpt2")
    var random = SeededGenerator(seed: 3, stream: "tests")
    for _ in 0..<2000 {
      let ids = (0..<12).map { _ in Int32(random.next() % 256) }
      var decoder = StreamingDecoder(tokenizer)
      let parts = try ids.map { try decoder.append($0) } + [decoder.finish()]
      #expect(parts.joined() == (try tokenizer.decode(ids)))
    }
  }

  @Test func anIdWithoutATokenIsAnError() throws {
    let tokenizer = try Golden.variant("qwen2")
    for id in [-1, 5000, Int32.max, Int32.min] {
      #expect(throws: TokenizerError.unknownID(id)) { try tokenizer.decode([id]) }
      var decoder = StreamingDecoder(tokenizer)
      #expect(throws: TokenizerError.unknownID(id)) { try decoder.append(id) }
    }
  }

  @Test func threadsShareATokenizer() throws {
    let tokenizer = try Golden.variant("qwen2")
    let texts = try #require(Golden.json("identity.json")["texts"]?["qwen2"]?.array)
      .compactMap { $0[0]?.string }
    let expected = try texts.map { try tokenizer.encode($0) }
    let same = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      let ids = texts.map { try? tokenizer.encode($0) }
      if ids == expected { same.withLock { $0 += 1 } }
    }
    #expect(same.withLock { $0 } == 8)
  }
}

/// Byte pairs merged as the definition says, one at a time: what the fast way is tested against.
private struct PlainMerger {
  private var ids: [String: Int32] = [:]
  private var ranks: [String: Int] = [:]
  private let keepsWords: Bool

  init(_ json: [UInt8]) throws {
    let model = try #require(
      JSONValue.parse(json, limits: JSONLimits(maxBytes: 1 << 20))["model"])
    for member in model["vocab"]?.members ?? [] {
      ids[member.name] = Int32(member.value.integer ?? -1)
    }
    for (rank, merge) in (model["merges"]?.array ?? []).enumerated() {
      ranks[(merge.array ?? []).compactMap(\.string).joined(separator: " ")] = rank
    }
    keepsWords = model["ignore_merges"]?.bool ?? false
  }

  /// ASCII letters stand for themselves in the byte alphabet.
  func encode(_ word: [UInt8]) -> [Int32] {
    var parts = word.map { String(decoding: [$0], as: UTF8.self) }
    if keepsWords, let id = ids[parts.joined()] { return [id] }
    while let best = (0..<max(0, parts.count - 1)).min(by: { rank(parts, $0) < rank(parts, $1) }),
      rank(parts, best) < Int.max
    {
      parts[best] += parts.remove(at: best + 1)
    }
    return parts.map { ids[$0] ?? -1 }
  }

  private func rank(_ parts: [String], _ at: Int) -> Int {
    ranks[parts[at] + " " + parts[at + 1]] ?? Int.max
  }
}
