import CKernels
import ExpertRecord
import Testing

/// The kernels of the duplicate search: every instruction set that this processor has gives the
/// bits of the scalar one.
@Suite struct KernelTests {
  private static let sets: [expert_isa] = [
    EXPERT_ISA_SCALAR, EXPERT_ISA_AVX2, EXPERT_ISA_AVX512,
  ].filter { $0.rawValue <= expert_isa_current().rawValue }

  private func signature(_ isa: expert_isa, _ shingles: [UInt64]) -> [UInt32] {
    var signature = [UInt32](repeating: 0, count: Int(EXPERT_MINHASH_COUNT))
    expert_minhash(isa, shingles, shingles.count, &signature)
    return signature
  }

  private func tokens(_ isa: expert_isa, _ text: [UInt8]) -> [UInt64]? {
    var tokens = [UInt64](repeating: 0, count: max(1, text.count))
    let count = expert_ascii_tokens(isa, text, text.count, &tokens)
    return count < 0 ? nil : Array(tokens.prefix(count))
  }

  @Test func signaturesAreTheSameOnEveryInstructionSet() {
    var random = SeededGenerator(seed: 1, stream: "signatures")
    for count in [0, 1, 2, 3, 15, 16, 17, 64, 1000] {
      let shingles = (0..<count).map { _ in random.next() | 1 }
      let scalar = signature(EXPERT_ISA_SCALAR, shingles)
      for isa in Self.sets { #expect(signature(isa, shingles) == scalar, "\(isa) \(count)") }
    }
  }

  @Test func tokensAreTheSameOnEveryInstructionSet() {
    var random = SeededGenerator(seed: 2, stream: "tokens")
    let alphabet = Array("aZ09 \n\t{}.,_-\u{0}\u{1f}\u{7f}bcdefghijk".utf8)
    for length in Array(0...200) + [1000, 4096] {
      var text = (0..<length).map { _ in random.pick(alphabet) }
      let scalar = tokens(EXPERT_ISA_SCALAR, text)
      #expect(scalar != nil)
      for isa in Self.sets { #expect(tokens(isa, text) == scalar, "length \(length)") }
      guard length > 0 else { continue }
      text[random.below(length)] = 0xc3
      for isa in Self.sets { #expect(tokens(isa, text) == nil, "not ASCII, length \(length)") }
    }
  }

  @Test func aLongWordAcrossBlocksIsOneToken() {
    for length in [1, 7, 8, 9, 63, 64, 65, 127, 128, 129, 500] {
      let word = [UInt8](repeating: UInt8(ascii: "w"), count: length)
      for padding in 0..<70 {
        let text = [UInt8](repeating: UInt8(ascii: " "), count: padding) + word
        for isa in Self.sets {
          #expect(tokens(isa, text) == [expert_token_hash(word, length)], "\(length) \(padding)")
        }
      }
    }
  }

  @Test func aSignatureAgreesAsOftenAsSetsDo() {
    var random = SeededGenerator(seed: 3, stream: "agreement")
    var agreed = 0
    for _ in 0..<200 {
      let common = (0..<60).map { _ in random.next() | 1 }
      let a = common + (0..<20).map { _ in random.next() | 1 }
      let b = common + (0..<20).map { _ in random.next() | 1 }
      let pair = zip(signature(EXPERT_ISA_SCALAR, a), signature(EXPERT_ISA_SCALAR, b))
      agreed += pair.filter { $0 == $1 }.count
    }
    // 25,600 draws of Jaccard 0.6: six standard deviations are 0.018.
    #expect(abs(Double(agreed) / 25_600 - 0.6) < 0.018, "\(agreed)")
  }

  @Test func repeatsAreRemovedAndIntersectionsCounted() {
    var values: [UInt64] = [5, 5, 69, 133, 5, 7, 69, 1]
    var table = [UInt64](repeating: 9, count: 16)
    let left = expert_unique(&values, values.count, &table, 15)
    #expect(Array(values.prefix(left)) == [5, 69, 133, 7, 1])
    #expect(expert_intersection(table, 15, [1, 2, 133, 21, 5], 5) == 3)
    #expect(expert_intersection(table, 15, [], 0) == 0)
  }

  @Test func shinglesAreNeverZeroAndShortTextsHaveOne() {
    var out = [UInt64](repeating: 0, count: 8)
    #expect(expert_shingles([], 0, &out) == 1 && out[0] != 0)
    let none = out[0]
    #expect(expert_shingles([3], 1, &out) == 1 && out[0] != none)
    let one = out[0]
    #expect(expert_shingles([3, 4], 2, &out) == 1 && out[0] != one)
    #expect(expert_shingles([3, 4, 5, 6], 4, &out) == 2 && out[0] != out[1])
  }
}
