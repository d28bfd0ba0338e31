internal import ExpertPackage
internal import ExpertRecord
internal import ExpertTestSupport
internal import Foundation
import Testing

/// Bent packages and manifests: no crash, no hang, never a package that passes with other bytes.
/// A second each; `FUZZ_SECONDS` sets more.
@Suite struct FuzzTests {
  private var time: Duration {
    .seconds(ProcessInfo.processInfo.environment["FUZZ_SECONDS"].flatMap { Int($0) } ?? 1)
  }

  /// A few bytes set, cut out, doubled or moved.
  private func bend(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0...generator.below(4) where !bytes.isEmpty {
      let place = generator.below(bytes.count)
      let length = min(bytes.count - place, 1 + generator.below(64))
      switch generator.below(5) {
      case 0: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
      case 1: bytes[place] ^= 1 << UInt8(generator.below(8))
      case 2: bytes.removeSubrange(place..<place + length)
      case 3:
        bytes.insert(contentsOf: bytes[place..<place + length], at: generator.below(bytes.count))
      default:
        let byte = [0, 0xff, 0x22, 0x5b, 0x7b, 0x30][generator.below(6)] as UInt8
        for index in place..<place + length { bytes[index] = byte }
      }
    }
    return bytes
  }

  private func fuzz(_ stream: String, _ body: (inout SeededGenerator) throws -> Void) rethrows
    -> Int
  {
    var generator = SeededGenerator(seed: 1, stream: stream)
    let end = ContinuousClock.now + time
    var count = 0
    while ContinuousClock.now < end {
      try body(&generator)
      count += 1
    }
    return count
  }

  @Test func bentPackagesAreRefused() throws {
    let good = try ArchiveBuilder.small().bytes()
    var (refused, same) = (0, 0)
    let count = try fuzz("package") { generator in
      let bent = bend(good, &generator)
      let reason = try refusal(bent, allowUnsigned: true)
      #expect(bent == good || reason != nil)
      if reason != nil { refused += 1 } else { same += 1 }
    }
    print("fuzz package: \(count) bent, \(refused) refused, \(same) unchanged")
    // Hardly a bend leaves the bytes as they were.
    #expect(count > 100 && refused > count / 2 && refused + same == count)
  }

  @Test func bentArchivesInsideASoundWrappingAreRefused() throws {
    let good = try ArchiveBuilder.small().tar()
    var refused = 0
    let count = try fuzz("archive") { generator in
      let bent = bend(good, &generator)
      let reason = try refusal(ArchiveBuilder.stored(bent), allowUnsigned: true)
      #expect(bent == good || reason != nil)
      refused += reason == nil ? 0 : 1
    }
    print("fuzz archive: \(count) bent, \(refused) refused")
    // Zeros written over the padding of a tar change nothing.
    #expect(count > 100 && refused > count / 2)
  }

  @Test func bentForeignArchivesNeverCrash() throws {
    var builder = try ArchiveBuilder.small()
    builder.isSigned = false
    let tar = try builder.tar()
    let good = try ArchiveBuilder.deflated(tar)
    var (refused, inspected) = (0, 0)
    let count = try fuzz("foreign") { generator in
      refused += try refusal(bend(good, &generator), allowUnsigned: true) == nil ? 0 : 1
      let stored = ArchiveBuilder.stored(bend(tar, &generator))
      do {
        _ = try Inspection(try opened(stored))
        inspected += 1
      } catch is PackageError {
        // Anything else that is thrown fails the test.
      }
    }
    print("fuzz foreign: \(count) bent, \(refused) refused, \(inspected) inspected")
    #expect(count > 50 && refused > count / 2 && inspected > 0 && inspected < count)
  }

  @Test func bentManifestsNeverCrash() throws {
    let builder = try ArchiveBuilder.small()
    let good = try builder.entries()[0].body
    var (parsed, read) = (0, 0)
    let count = try fuzz("manifest") { generator in
      let json: JSONValue
      do { json = try JSONValue.parse(bend(good, &generator)) } catch is JSONError { return }
      parsed += 1
      let manifest: Manifest
      do { manifest = try Manifest(json) } catch is PackageError { return }
      read += 1
      #expect(
        MemberName.fault(manifest.fileName.replacing(".expert", with: ".json")) == nil
          || manifest.fileName.utf8.count > 90)
    }
    print("fuzz manifest: \(count) bent, \(parsed) parsed, \(read) read")
    #expect(count > 100 && parsed < count && read > 0 && read < parsed)
  }
}
