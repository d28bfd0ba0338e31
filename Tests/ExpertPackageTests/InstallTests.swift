internal import ExpertPackage
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTestSupport
internal import Foundation
import Testing

@Suite struct InstallTests {
  private func install(
    _ installer: Installer, _ path: String, downgrade: Bool = false, unsigned: Bool = false
  ) throws -> Installer.Outcome {
    var options = Installer.Options()
    options.allowDowngrade = downgrade
    options.allowUnsigned = unsigned
    return try installer.install(try InputFile(path), source: path, options)
  }

  @Test func anOlderVersionNeedsTheUsersWordAlsoAfterRemoval() throws {
    let folder = try TemporaryFolder()
    let installer = try Fixture.installer(folder)
    let old = try Fixture.package(in: folder, "tiny", "1.0.0")
    let new = try Fixture.package(in: folder, "tiny", "1.1.0")
    let changed = try Fixture.package(in: folder, "tiny", "1.0.5")
    _ = try install(installer, old)
    #expect(try install(installer, old).wasThere)
    _ = try install(installer, new)
    #expect(throws: PackageError.self) { try install(installer, old) }
    _ = try installer.uninstall("tiny")
    #expect(throws: PackageError.self) { try install(installer, changed) }
    _ = try install(installer, new)
    #expect(try install(installer, old, downgrade: true).expert.version.description == "1.0.0")
    // The ratchet does not go back with it.
    #expect(throws: PackageError.self) { try install(installer, changed) }
    #expect(Fixture.tree(folder.file("home/experts")).filter { !$0.contains("/") }.count == 1)
  }

  @Test func theSameVersionWithOtherContentIsRefused() throws {
    let folder = try TemporaryFolder()
    let installer = try Fixture.installer(folder)
    let path = try Fixture.package(in: folder)
    _ = try install(installer, path)
    let other = try Fixture.package(in: folder, template: ["description": "changed"])
    #expect(throws: PackageError.self) { try install(installer, other) }
    #expect(try install(installer, other, downgrade: true).expert.manifest.description == "changed")
  }

  @Test func aNameBelongsToTheKeyThatItCameFrom() throws {
    let folder = try TemporaryFolder()
    let other = Fixture.key(9)
    let installer = try Fixture.installer(folder, trusting: [Fixture.key(), other])
    _ = try install(installer, try Fixture.package(in: folder))
    let theirs = try Fixture.package(in: folder, "tiny", "2.0.0", key: other)
    #expect(throws: PackageError.self) { try install(installer, theirs) }
    let unsigned = try Fixture.package(in: folder, "tiny", "3.0.0", key: nil)
    #expect(throws: PackageError.self) { try install(installer, unsigned, unsigned: true) }
    _ = try installer.uninstall("tiny")
    _ = try install(installer, theirs)
  }

  @Test func aKeyThatIsNoLongerTrustedInstallsNothing() throws {
    let folder = try TemporaryFolder()
    let installer = try Fixture.installer(folder)
    let path = try Fixture.package(in: folder)
    #expect(try installer.trust.list().map(\.label) == ["test"])
    #expect(try installer.trust.remove("test") == 1)
    #expect(throws: PackageError.self) { try install(installer, path) }
    #expect(try installer.trust.remove("test") == 0)
  }

  @Test func whatIsRequiredMustBeThereAndHoldsItsPlace() throws {
    let folder = try TemporaryFolder()
    let installer = try Fixture.installer(folder)
    let helper = try Fixture.package(in: folder, "helper")
    let user = try Fixture.package(
      in: folder, "user", template: ["constraints": ["requires": ["helper@>=1.0.0,<2.0.0"]]])
    #expect(throws: PackageError.self) { try install(installer, user) }
    _ = try install(installer, helper)
    _ = try install(installer, user)
    #expect(throws: PackageError.self) { try installer.uninstall("helper") }
    _ = try installer.uninstall("user")
    _ = try installer.uninstall("helper")
    #expect(Fixture.tree(folder.file("home/experts")).isEmpty)
  }

  @Test func anEnemyIsInstalledBesideButNamed() throws {
    let folder = try TemporaryFolder()
    let installer = try Fixture.installer(folder)
    _ = try install(installer, try Fixture.package(in: folder, "one"))
    let other = try Fixture.package(
      in: folder, "two", template: ["constraints": ["incompatible_with": ["one@*"]]])
    #expect(try install(installer, other).notes.count == 1)
  }

  @Test func anUnpackedFolderIsJudgedAsItsPackageIs() throws {
    let folder = try TemporaryFolder()
    let installer = try Fixture.installer(folder)
    let expert = try install(installer, try Fixture.package(in: folder)).expert
    let copy = folder.file("copy")
    try FileManager.default.copyItem(atPath: expert.folder, toPath: copy)
    let rules = VerificationRules.only(Fixture.key().publicKey)
    let verifier = PackageVerifier(rules)
    #expect(try verifier.verify(try PackageFolder.archive(copy)).digest.hex == expert.digest)
    try FileManager.default.createSymbolicLink(
      atPath: copy + "/link.json", withDestinationPath: "/etc/passwd")
    #expect(throws: PackageError.self) { try PackageFolder.archive(copy) }
    try FileManager.default.removeItem(atPath: copy + "/link.json")
    try "x".write(toFile: copy + "/extra.txt", atomically: false, encoding: .utf8)
    #expect(throws: PackageError.self) { try verifier.verify(try PackageFolder.archive(copy)) }
  }

  @Test func whatAKilledInstallationLeftGoesAtTheNextOpening() throws {
    let folder = try TemporaryFolder()
    let installer = try Fixture.installer(folder)
    let expert = try install(installer, try Fixture.package(in: folder)).expert
    let kept = Fixture.tree(folder.file("home/experts"))
    for name in [".incoming-1", "tiny.v9.9.9.0123456789abcdef"] {
      let left = folder.file("home/experts/\(name)/sub")
      try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: true)
      try "x".write(toFile: left + "/x.json", atomically: false, encoding: .utf8)
    }
    let again = try Installer(ExpertHome(folder.file("home")), clock: Fixture.clock)
    #expect(Fixture.tree(folder.file("home/experts")) == kept)
    #expect(try again.registry.list() == [expert])
  }

  @Test func aHomeThatOthersMayWriteIntoIsRefused() throws {
    let folder = try TemporaryFolder()
    let home = folder.file("open")
    try FileManager.default.createDirectory(
      atPath: home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o777])
    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: home)
    #expect(throws: PackageError.self) { try Installer(ExpertHome(home), clock: Fixture.clock) }
  }
}
