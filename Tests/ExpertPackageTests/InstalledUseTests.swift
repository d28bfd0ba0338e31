internal import ExpertPackage
internal import ExpertTensors
internal import ExpertTestSupport
internal import Foundation
import Testing

/// What may be used of what was installed, and how a damaged installation is mended.
@Suite struct InstalledUseTests {
  private let folder: TemporaryFolder
  private let installer: Installer
  private let path: String
  private let expert: InstalledExpert

  init() throws {
    folder = try TemporaryFolder()
    installer = try Fixture.installer(folder)
    path = try Fixture.package(in: folder)
    expert = try installer.install(try InputFile(path), source: "test").expert
  }

  private func change(_ name: String) throws {
    let file = expert.folder + "/" + name
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: file)))
    bytes[bytes.count / 2] ^= 1
    try Data(bytes).write(to: URL(filePath: file))
  }

  private func refusal() throws -> String? {
    do {
      _ = try installer.usable("tiny")
      return nil
    } catch let error as PackageError {
      return "\(error)"
    }
  }

  @Test func whatWasSignedAndIsTrustedMayBeUsed() throws {
    #expect(try installer.usable("tiny") == expert)
    try expert.checkAllFiles()
    _ = try installer.trust.remove("test")
    #expect(try refusal()?.contains("not trusted") == true)
    #expect(try installer.usable("tiny", .only(Fixture.key().publicKey)) == expert)
  }

  @Test(arguments: ["weights.safetensors", "adapter_config.json", "manifest.json"])
  func aChangedOrMissingFileIsRefusedAndMendedByItsPackage(_ name: String) throws {
    try change(name)
    #expect(try refusal()?.contains(name) == true)
    let outcome = try installer.install(try InputFile(path), source: "test")
    #expect(!outcome.wasThere && outcome.notes.contains { $0.contains("damaged") })
    #expect(try refusal() == nil)
    try FileManager.default.removeItem(atPath: expert.folder + "/" + name)
    #expect(try refusal()?.contains("missing") == true)
    #expect(try !installer.install(try InputFile(path), source: "test").wasThere)
    #expect(try refusal() == nil)
    #expect(try installer.install(try InputFile(path), source: "test").wasThere)
  }

  /// A loader that prefers another name must not find one there.
  @Test(arguments: ["adapter_model.safetensors", "soft_prompts/x.safetensors"])
  func weightsThatThePackageDidNotBringAreRefused(_ name: String) throws {
    let file = URL(filePath: expert.folder + "/" + name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data([1]).write(to: file)
    #expect(try refusal()?.contains(name) == true)
    #expect(try !installer.install(try InputFile(path), source: "test").wasThere)
    #expect(try refusal() == nil && !FileManager.default.fileExists(atPath: file.path))
  }

  @Test func anUnsignedExpertThatWasLetInIsChecked() throws {
    let other = try Fixture.package(in: folder, "plain", key: nil)
    var options = Installer.Options()
    options.allowUnsigned = true
    let plain = try installer.install(try InputFile(other), source: "test", options).expert
    #expect(try installer.usable("plain") == plain)
    let weights = URL(filePath: plain.folder + "/weights.safetensors")
    var bytes = try Data(contentsOf: weights)
    bytes[bytes.count - 1] ^= 1
    try bytes.write(to: weights)
    #expect(throws: PackageError.self) { try installer.usable("plain") }
  }

  /// A GGUF base of one layer whose query projection is [4, width].
  private func gguf(_ name: String, width: Int) throws -> InstallationBase {
    let path = folder.file(name + ".gguf")
    let tensor = GGUFWriter.Tensor("blk.0.attn_q.weight", .f32, shape: [4, width])
    try GGUFWriter.write(path, metadata: [], tensors: [tensor]) { tensor, put in
      try [UInt8](repeating: 0, count: tensor.bytes ?? 0).withUnsafeBytes { try put($0) }
    }
    return InstallationBase(name: name, path: path)
  }

  @Test func aGGUFBaseOfOtherShapesIsRefused() throws {
    _ = try installer.uninstall("tiny")
    func install(_ base: InstallationBase) throws -> Installer.Outcome {
      var options = Installer.Options()
      options.base = base
      return try installer.install(try InputFile(path), source: "test", options)
    }
    let (wide, right) = (try gguf("wide", width: 8), try gguf("right", width: 4))
    let error = #expect(throws: PackageError.self) { try install(wide) }
    #expect("\(try #require(error))".contains("[4, 8]"))
    let other = folder.file("other.gguf")
    try GGUFWriter.write(
      other, metadata: [], tensors: [GGUFWriter.Tensor("blk.0.attn_k.weight", .f32, shape: [4, 4])]
    ) { tensor, put in
      try [UInt8](repeating: 0, count: 64).withUnsafeBytes { try put($0) }
    }
    #expect(throws: PackageError.self) { try install(InstallationBase(name: "k", path: other)) }
    #expect(throws: PackageError.self) {
      try install(InstallationBase(name: "none", path: path))
    }
    #expect(try installer.registry.list().isEmpty)
    #expect(try install(right).expert.warning?.contains("does not say which base") == true)
  }

  @Test func theBaseIsLookedForWhereNoneIsNamed() throws {
    _ = try installer.uninstall("tiny")
    let wide = try gguf("wide", width: 8)
    var options = Installer.Options()
    options.findBase = { $0.name == "tiny" ? wide : nil }
    #expect(throws: PackageError.self) {
      try installer.install(try InputFile(path), source: "test", options)
    }
    options.findBase = { _ in nil }
    let outcome = try installer.install(try InputFile(path), source: "test", options)
    #expect(outcome.notes.contains { $0.contains("tiny is not among your models") })
  }
}
