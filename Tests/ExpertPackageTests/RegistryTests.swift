internal import ExpertPackage
internal import ExpertPlatform
internal import ExpertRecord
internal import ExpertTestSupport
internal import Foundation
internal import Synchronization
import Testing

/// A static server in memory: what was PUT is what GET answers.
final class MemoryServer: Sendable {
  let files = Mutex<[String: [UInt8]]>([:])

  var transport: ScriptedTransport {
    ScriptedTransport { [self] request, _ in
      files.withLock { files in
        if request.method == "PUT" {
          files[request.url] = request.body
          return .success(HTTPResponse(status: 201, headers: [], body: []))
        }
        let body = files[request.url]
        return .success(
          HTTPResponse(status: body == nil ? 404 : 200, headers: [], body: body ?? []))
      }
    }
  }
}

@Suite struct RegistryTests {
  private let url = "https://experts.example.org/r"

  private func publish(
    _ paths: [String], _ files: RegistryFiles, key: SigningKey = Fixture.key()
  ) async throws {
    let rules = VerificationRules.only(Fixture.key().publicKey)
    for path in paths {
      _ = try await Publisher(files, key: key, clock: Fixture.clock)
        .publish(try InputFile(path), rules)
    }
  }

  @Test(arguments: [true, false])
  func anExpertComesByNameWithWhatItRequires(_ overHTTP: Bool) async throws {
    let folder = try TemporaryFolder()
    let server = MemoryServer()
    let place: RegistryPlace = overHTTP ? .server(url) : .folder(folder.file("registry"))
    let files = RegistryFiles(place, transport: server.transport)
    let requires: JSONValue = ["constraints": ["requires": ["helper@<2.0.0"]]]
    try await publish(
      [
        try Fixture.package(in: folder, "helper", "1.0.0"),
        try Fixture.package(in: folder, "helper", "1.1.0"),
        try Fixture.package(in: folder, "helper", "2.0.0"),
        try Fixture.package(in: folder, "user", "1.0.0", template: requires),
      ], files)
    let installer = try Fixture.installer(folder)
    let client = RegistryClient(files, installer)
    let outcomes = try await client.install("user", Installer.Options())
    #expect(
      outcomes.map { "\($0.expert.slug)@\($0.expert.version)" } == ["helper@1.1.0", "user@1.0.0"])
    #expect(outcomes[1].expert.source == "registry:\(place)")
    try await publish([try Fixture.package(in: folder, "user", "1.2.0", template: requires)], files)
    let update = try await client.install("user", Installer.Options())
    #expect(update.map { "\($0.expert.slug)@\($0.expert.version)" } == ["user@1.2.0"])
    let other = try await client.install("helper@2.0.0", Installer.Options())
    #expect(other.last?.expert.version.description == "2.0.0")
  }

  @Test func aPublishedVersionIsNeverChanged() async throws {
    let folder = try TemporaryFolder()
    let files = RegistryFiles(.folder(folder.file("r")), transport: ScriptedTransport([]))
    try await publish([try Fixture.package(in: folder)], files)
    let before = try Data(contentsOf: URL(filePath: folder.file("r/index.json")))
    try await publish([folder.file("tiny.v1.0.0.expert")], files)
    #expect(try Data(contentsOf: URL(filePath: folder.file("r/index.json"))) == before)
    let changed = try Fixture.package(in: folder, template: ["description": "other"])
    await #expect(throws: PackageError.self) { try await publish([changed], files) }
    let unsigned = try Fixture.package(in: folder, "plain", key: nil)
    await #expect(throws: PackageError.self) { try await publish([unsigned], files) }
    let newer = try Fixture.package(in: folder, "tiny", "1.1.0")
    await #expect(throws: PackageError.self) {
      try await publish([newer], files, key: Fixture.key(9))
    }
  }

  @Test func anIndexThatWasTamperedWithOrTurnedBackIsRefused() async throws {
    let folder = try TemporaryFolder()
    let server = MemoryServer()
    let files = RegistryFiles(.server(url), transport: server.transport)
    let index = url + "/index.json"
    try await publish([try Fixture.package(in: folder, "tiny", "1.0.0")], files)
    let old = try #require(server.files.withLock { $0[index] })
    try await publish([try Fixture.package(in: folder, "tiny", "1.1.0")], files)
    let new = try #require(server.files.withLock { $0[index] })
    let installer = try Fixture.installer(folder)
    let client = RegistryClient(files, installer)
    let text = String(decoding: new, as: UTF8.self)
    let foreign = RegistryIndex(serial: 9, updatedAt: "", entries: []).bytes(
      signedBy: Fixture.key(9))
    for bad in [
      Array(text.replacing("1.1.0", with: "1.0.9").utf8),
      Array(text.replacing("\"serial\":2", with: "\"serial\":3").utf8),
      Array("{}".utf8), [], foreign,
    ] {
      server.files.withLock { $0[index] = bad }
      await #expect(throws: PackageError.self) {
        try await client.install("tiny", Installer.Options())
      }
    }
    server.files.withLock { $0[index] = new }
    _ = try await client.index(Installer.Options())
    server.files.withLock { $0[index] = old }
    await #expect(throws: PackageError.self) { try await client.index(Installer.Options()) }
    server.files.withLock { files in
      files[index] = new
      files[url + "/packages/tiny.v1.1.0.expert"] = files[url + "/packages/tiny.v1.0.0.expert"]
    }
    await #expect(throws: PackageError.self) {
      try await client.install("tiny", Installer.Options())
    }
    #expect(try installer.registry.list().isEmpty)
  }
}
