internal import ExpertPackage
internal import ExpertRecord
internal import ExpertTestSupport
internal import Foundation
import Testing

@Suite struct HostileArchiveTests {
  @Test func everyHostilePackageIsRefusedAndItsHarmlessTwinIsNot() throws {
    let cases = try HostileCorpus.all()
    #expect(cases.count >= 300)
    #expect(Set(cases.map(\.description)).count == cases.count)
    for item in cases {
      #expect(try refusal(item.hostile, allowUnsigned: item.allowUnsigned) != nil, "\(item)")
      #expect(try refusal(item.control, allowUnsigned: item.allowUnsigned) == nil, "\(item)")
    }
  }

  @Test func noneOfThemLeavesAnythingBehind() throws {
    let folder = try TemporaryFolder()
    let installer = try Fixture.installer(folder)
    let before = Fixture.tree(folder.path)
    for item in try HostileCorpus.all() {
      var options = Installer.Options()
      options.allowUnsigned = item.allowUnsigned
      let file = try opened(item.hostile)
      #expect(throws: PackageError.self, "\(item)") {
        try installer.install(file, source: "test", options)
      }
      #expect(Fixture.tree(folder.path) == before, "\(item)")
    }
  }

  @Test func anUnsignedPackageNeedsTheUsersWord() throws {
    var builder = try ArchiveBuilder.small()
    builder.isSigned = false
    let bytes = try builder.bytes()
    #expect(try verify(bytes, allowUnsigned: true).signer == nil)
    let elsewhere = try ArchiveBuilder.deflated(try builder.tar())
    let folder = try TemporaryFolder()
    let installer = try Fixture.installer(folder)
    for bytes in [bytes, elsewhere] {
      // Only who can be told so hears of the flag.
      #expect(try refusal(bytes)?.contains("--allow-unsigned") == false)
      let error = #expect(throws: PackageError.self) {
        try installer.install(try opened(bytes), source: "test")
      }
      #expect("\(try #require(error))".contains("--allow-unsigned"))
    }
    #expect(try verify(elsewhere, allowUnsigned: true).isCanonical == false)
  }

  @Test func theWordForUnsignedPackagesLetsNoForgeryIn() throws {
    for bend in [
      { (builder: inout ArchiveBuilder) in builder.key = Fixture.key(9) },
      { $0.bendEntries = { $0.remove(at: 1) } }, { $0.bendEntries = { $0[3].body[200] ^= 1 } },
    ] {
      var builder = try ArchiveBuilder.small()
      bend(&builder)
      #expect(try refusal(try builder.bytes(), allowUnsigned: true) != nil)
    }
  }

  /// What the guide's own script writes: a folder in an ordinary tar.gz, a manifest spelled freely.
  @Test func aPackageOfTheGuidesScriptIsReadUnderItsFolder() throws {
    var builder = try ArchiveBuilder.small()
    builder.isSigned = false
    builder.spelling = {
      Array(("  " + String(decoding: ArchiveBuilder.pretty($0), as: UTF8.self)).utf8)
    }
    builder.bendEntries = { entries in
      for index in entries.indices {
        let name = "json-parser-build/" + entries[index].name
        entries[index].header = TarHeader.bytes(name: name, size: entries[index].body.count)
      }
      entries.insert(
        ArchiveBuilder.Entry(
          "", [], header: TarHeader.bent("json-parser-build/", size: 0, at: 156, [0x35])), at: 0)
    }
    builder.end = [UInt8](repeating: 0, count: 10_240)
    let bytes = try ArchiveBuilder.deflated(try builder.tar())
    let package = try verify(bytes, allowUnsigned: true)
    #expect(
      package.members.map(\.name) == [
        "manifest.json", "adapter_config.json", "weights.safetensors",
      ])
    let folder = try TemporaryFolder()
    let installer = try Fixture.installer(folder)
    var options = Installer.Options()
    options.allowUnsigned = true
    let expert = try installer.install(try opened(bytes), source: "guide", options).expert
    #expect(
      Fixture.tree(expert.folder) == [
        "adapter_config.json", "manifest.json", "weights.safetensors",
      ])
    #expect(!expert.isSigned)
    // Signed by its new owner, it becomes a canonical package.
    let path = folder.file("signed.expert")
    let plan = try PackagePlan(unpacking: try opened(bytes))
    _ = try PackageWriter(signer: Fixture.key(), clock: Fixture.clock).write(plan, to: path)
    let signed = try PackageVerifier(.only(Fixture.key().publicKey)).verify(try InputFile(path))
    #expect(signed.isCanonical)
  }
}

extension ArchiveBuilder {
  /// JSON as other programs write it: blanks behind every comma and colon.
  static func pretty(_ value: JSONValue) -> [UInt8] {
    Array(CanonicalJSON.text(of: value).replacing(",\"", with: ", \"").utf8)
  }
}
