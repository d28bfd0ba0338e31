internal import ExpertPackage
internal import ExpertTestSupport
internal import Foundation
import Testing

@Suite struct BitFlipTests {
  /// Flips every bit of a package, one by one, and says how many flips passed.
  private func survivors(
    _ bytes: [UInt8], _ range: Range<Int>, mend: (inout [UInt8]) -> Void = { _ in }
  ) throws -> [Int] {
    var survivors: [Int] = []
    for bit in range.lowerBound * 8..<range.upperBound * 8 {
      var bent = bytes
      bent[bit / 8] ^= 1 << UInt8(bit % 8)
      mend(&bent)
      if try refusal(bent) == nil { survivors.append(bit) }
    }
    return survivors
  }

  @Test func everyFlippedBitIsRefused() throws {
    let bytes = try ArchiveBuilder.small().bytes()
    #expect(try refusal(bytes) == nil)
    #expect(try survivors(bytes, 0..<bytes.count) == [])
  }

  /// An attacker mends the checksum: signature, digests and the one form must hold alone.
  @Test func everyFlippedBitOfTheArchiveIsRefusedWithItsChecksumMended() throws {
    let bytes = try ArchiveBuilder.small().bytes()
    let start = StoredGzip.header.count + StoredGzip.blockHeaderBytes
    let end = bytes.count - StoredGzip.trailerBytes
    #expect(end - start < StoredGzip.blockBytes)
    let passed = try survivors(bytes, start..<end) { bent in
      bent.replaceSubrange(end..., with: ArchiveBuilder.trailer(Array(bent[start..<end])))
    }
    #expect(passed == [])
  }

  @Test func nothingIsWrittenForAFlippedPackage() throws {
    let folder = try TemporaryFolder()
    let installer = try Fixture.installer(folder)
    let before = Fixture.tree(folder.path)
    let bytes = try ArchiveBuilder.small().bytes()
    // Every seventh byte; all of them in the long tests.
    let isLong = ProcessInfo.processInfo.environment["EXPERT_LONG_TESTS"] == "1"
    var refused = 0
    for place in stride(from: 0, to: bytes.count, by: isLong ? 1 : 7) {
      var bent = bytes
      bent[place] ^= 0x10
      let file = try opened(bent)
      #expect(throws: PackageError.self, "\(place)") {
        try installer.install(file, source: "test")
      }
      refused += 1
    }
    #expect(refused >= bytes.count / 7)
    #expect(Fixture.tree(folder.path) == before)
    _ = try installer.install(try opened(bytes), source: "test")
    #expect(Fixture.tree(folder.path) != before)
  }
}
