import ExpertPlatform
import Testing

@Suite struct SHA256Tests {
  @Test func hashesTheExamplesOfFIPS180() {
    #expect(
      SHA256.hash("abc").hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      SHA256.hash("").hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test func agreesWithTheLibraryHoweverTheMessageIsCut() {
    let message = (0..<1_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 3) }
    for length in [0, 1, 55, 56, 63, 64, 65, 119, 120, 128, 999, 1_000] {
      for cut in [1, 7, 63, 64, 65, 500] {
        var fast = SHA256()
        var slow = SHA256(portably: true)
        for start in stride(from: 0, to: length, by: cut) {
          let piece = Array(message[start..<min(length, start + cut)])
          fast.update(piece)
          slow.update(piece)
        }
        #expect(fast.finalize() == slow.finalize(), "length \(length) cut by \(cut)")
      }
    }
  }

  @Test func readsBackItsHexadecimalForm() {
    let digest = SHA256.hash("abc")
    #expect(Digest(hex: digest.hex) == digest)
    #expect(Digest(hex: digest.hex.uppercased()) == digest)
    #expect(Digest(hex: String(digest.hex.dropLast())) == nil)
    #expect(Digest(hex: String(digest.hex.dropLast()) + "g") == nil)
  }
}
