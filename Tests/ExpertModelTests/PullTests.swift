import ExpertLoopback
import ExpertModel
import ExpertPlatform
import ExpertRecord
import ExpertTestSupport
internal import Foundation
internal import Synchronization
import Testing

@Suite struct PullTests {
  @Test func aRepositoryIsFetchedByCommitAndInstalledOnce() async throws {
    let hub = try HubServer()
    let fixture = try RegistryFixture()
    let registry = fixture.registry
    let seen = Mutex<[ModelRegistry.Progress]>([])
    let pulled = try await registry.pull(hub.wish(), from: hub.client()) { progress in
      seen.withLock { $0.append(progress) }
    }
    #expect(!pulled.wasThere)
    let record = pulled.record
    #expect(record.name == "tiny-model")
    #expect(record.license == "apache-2.0")
    #expect(
      record.source
        == .hub(
          endpoint: hub.hub.baseURL, repository: HubServer.repository, revision: "main",
          commit: HubServer.commit))
    #expect(
      record.files.map(\.name) == ["config.json", "generation_config.json", "model.safetensors"])
    #expect(record.weightsHash == SHA256.hash(hub.files["model.safetensors"] ?? []))
    try registry.verify("tiny-model")
    #expect(fixture.leftovers == [])
    let last = try #require(seen.withLock { $0.last })
    #expect(last.done == last.total && last.total == record.bytes)
    let asked = hub.content.log?.count ?? 0
    let again = try await registry.pull(hub.wish(), from: hub.client())
    #expect(again.wasThere && again.record == record)
    #expect(hub.content.log?.count == asked)
    #expect(try registry.resolve(HubServer.repository).name == "tiny-model")
  }

  @Test func theTokenGoesToTheHubAlone() async throws {
    let hub = try HubServer()
    let token = "hf_canary0123456789"
    _ = try await RegistryFixture().registry.pull(hub.wish(), from: hub.client(token: token))
    let asked = try #require(hub.hub.log?.all)
    #expect(asked.count == 4)
    #expect(
      asked.allSatisfy { $0.headers.contains(HTTPHeader("Authorization", "Bearer " + token)) })
    let elsewhere = try #require(hub.content.log?.all)
    #expect(elsewhere.count == 1)
    for entry in elsewhere {
      #expect(!entry.headers.contains { $0.value.contains("canary") })
    }
  }

  @Test func cutConnectionsAreGoneOnFromWhereTheyEnded() async throws {
    let hub = try HubServer(HubServer.Faults(cutAfter: 100_000, cuts: 3))
    let fixture = try RegistryFixture()
    _ = try await fixture.registry.pull(hub.wish(), from: hub.client())
    try fixture.registry.verify("tiny-model")
    let requests = try #require(hub.content.log?.all)
    let ranges = requests.map { entry in
      entry.headers.first { $0.name.lowercased() == "range" }?.value
    }
    #expect(ranges == [nil, "bytes=100000-", "bytes=200000-", "bytes=300000-"])
    let conditions = requests.dropFirst().map { entry in
      entry.headers.first { $0.name.lowercased() == "if-range" }?.value
    }
    #expect(conditions == ["\"one\"", "\"one\"", "\"one\""])
  }

  @Test func aBusyHubIsAskedAgainAndADeadOneIsNot() async throws {
    let hub = try HubServer(HubServer.Faults().with { $0.statuses = [503, 429, 500] })
    let fixture = try RegistryFixture()
    _ = try await fixture.registry.pull(hub.wish(), from: hub.client())
    #expect(hub.content.log?.count == 4)
    let dead = try HubServer(
      HubServer.Faults().with { $0.statuses = Array(repeating: 503, count: 50) })
    await #expect(throws: RegistryError.self) {
      try await RegistryFixture().registry.pull(dead.wish(), from: dead.client())
    }
    #expect(dead.content.log?.count == 5)
    let absent = try HubServer(HubServer.Faults().with { $0.statuses = [404] })
    await #expect(throws: RegistryError.self) {
      try await RegistryFixture().registry.pull(absent.wish(), from: absent.client())
    }
    #expect(absent.content.log?.count == 1)
  }

  /// What an interrupted pull left is used by the next one; other bytes under the same name are
  /// noticed by their tag and asked from the start.
  @Test(arguments: [true, false])
  func aPullGoesOnFromWhatAnotherLeft(_ sameBytes: Bool) async throws {
    let faults = HubServer.Faults(cutAfter: 150_000, cuts: 1).with { $0.stalls = true }
    let hub = try HubServer(faults)
    let fixture = try RegistryFixture()
    let client = try hub.client()
    let wish = try hub.wish()
    let arrived = Mutex(0)
    let running = Mutex<Task<Void, any Error>?>(nil)
    // Cancelled from a thread of its own as the bytes come: tests that compute for minutes may hold
    // all threads of the pool, until the silent transfer has been given up and asked again.
    let pull = Task {
      _ = try await fixture.registry.pull(wish, from: client) { progress in
        guard progress.what == "model.safetensors" else { return }
        arrived.withLock { $0 = progress.done }
        if progress.done >= 150_000 {
          Thread.detachNewThread { running.withLock { $0 }?.cancel() }
        }
      }
    }
    running.withLock { $0 = pull }
    await #expect(throws: (any Error).self) { try await pull.value }
    #expect(arrived.withLock { $0 } >= 150_000)
    let left = fixture.leftovers.filter { $0.hasSuffix("model.safetensors.part") }
    #expect(left.count == 1)
    if !sameBytes { hub.faults.withLock { $0.tag = "\"two\"" } }
    let before = hub.content.log?.count ?? 0
    _ = try await fixture.registry.pull(hub.wish(), from: client)
    let request = try #require(hub.content.log?.all.dropFirst(before).first)
    #expect(request.headers.contains { $0.name.lowercased() == "range" })
    try fixture.registry.verify("tiny-model")
    #expect(fixture.leftovers == [])
  }

  @Test func aServerWithoutRangesIsAskedForEverything() async throws {
    let hub = try HubServer(
      HubServer.Faults(cutAfter: 100_000, cuts: 2).with { $0.ignoresRanges = true })
    let fixture = try RegistryFixture()
    _ = try await fixture.registry.pull(hub.wish(), from: hub.client())
    try fixture.registry.verify("tiny-model")
    #expect(hub.content.log?.count == 3)
  }

  @Test func wrongBytesAreRemovedAndTheFileIsNamed() async throws {
    let hub = try HubServer(HubServer.Faults().with { $0.wrongBytes = true })
    let fixture = try RegistryFixture()
    let error = await #expect(throws: RegistryError.self) {
      try await fixture.registry.pull(hub.wish(), from: hub.client())
    }
    guard case .wrongHash("model.safetensors", _, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(!fixture.leftovers.contains { $0.contains("model.safetensors") })
    #expect(fixture.registry.names == [])
    hub.faults.withLock { $0.wrongBytes = false }
    _ = try await fixture.registry.pull(hub.wish(), from: hub.client())
    try fixture.registry.verify("tiny-model")
  }

  @Test func aReplyOfAnotherLengthIsRefused() async throws {
    let hub = try HubServer()
    let longer = try ScriptedServer { _ in
      ScriptedReply(body: [UInt8](repeating: 1, count: 600_000))
    }
    hub.faults.withLock { $0.redirect = longer.baseURL + "/x" }
    let fixture = try RegistryFixture()
    let error = await #expect(throws: RegistryError.self) {
      try await fixture.registry.pull(hub.wish(), from: hub.client())
    }
    #expect(error?.description.contains("model.safetensors") == true)
    #expect(fixture.registry.names == [])
  }

  /// Where a redirect may not lead, and what the refusal says.
  @Test(arguments: [
    ("http://example.com/x", "not encrypted"), ("ftp://127.0.0.1/x", "only https and http"),
    ("http://169.254.169.254/x", "not encrypted"), ("https://user@127.0.0.1/", "user name"),
  ])
  func redirectsThatLeadAstrayAreNotFollowed(_ target: String, _ reason: String) async throws {
    let hub = try HubServer(HubServer.Faults().with { $0.redirect = target })
    let error = await #expect(throws: RegistryError.self) {
      try await RegistryFixture().registry.pull(hub.wish(), from: hub.client())
    }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
  }

  @Test func aHubElsewhereCannotSendUsToThisMachine() async throws {
    let local = ScriptedTransport { request, _ in
      .success(
        HTTPResponse(
          status: 302, headers: [HTTPHeader("Location", "http://127.0.0.1:9/x")], body: []))
    }
    let client = try HubClient(endpoint: HubEndpoint(), transport: local)
    let error = await #expect(throws: RegistryError.self) {
      try await client.list(RepositoryID("a/b"), revision: "main")
    }
    #expect(error?.description.contains("this machine") == true)
    #expect(local.requests.count == 1)
  }

  @Test func redirectsInACircleEnd() async throws {
    let hub = try HubServer()
    let circle = try ScriptedServer.logging { _ in
      ScriptedReply(status: 302, headers: [HTTPHeader("Location", "/again")], body: [])
    }
    hub.faults.withLock { $0.redirect = circle.baseURL + "/x" }
    let error = await #expect(throws: RegistryError.self) {
      try await RegistryFixture().registry.pull(hub.wish(), from: hub.client())
    }
    #expect(error?.description.contains("redirects") == true)
    #expect(circle.log?.count == 5)
  }

  @Test(arguments: [(401, "HF_TOKEN"), (404, "no such repository"), (500, "try again later")])
  func anErrorOfTheHubSaysWhatToDo(_ status: Int, _ advice: String) async throws {
    let hub = try HubServer(HubServer.Faults().with { $0.listingStatus = status })
    let error = await #expect(throws: RegistryError.self) {
      try await RegistryFixture().registry.pull(hub.wish(), from: hub.client())
    }
    #expect(error?.description.contains(advice) == true, "\(error?.description ?? "")")
  }

  @Test func ofSeveralGGUFFilesOneMustBeNamed() async throws {
    let gguf = Array(
      try Data(contentsOf: URL(fileURLWithPath: ModelFilesTests.golden.file("llama.gguf"))))
    var faults = HubServer.Faults().with { $0.extra = ["a.gguf": gguf, "b.gguf": gguf] }
    faults.only = ["a.gguf", "b.gguf", "pytorch_model.bin"]
    let hub = try HubServer(faults)
    let registry = try RegistryFixture().registry
    let error = await #expect(throws: RegistryError.self) {
      try await registry.pull(hub.wish(), from: hub.client())
    }
    #expect(error?.description.contains("a.gguf, b.gguf") == true)
    let pulled = try await registry.pull(hub.wish(file: "b.gguf"), from: hub.client())
    #expect(pulled.record.name == "b")
    #expect(pulled.record.files.map(\.name) == ["b.gguf"])
    let none = await #expect(throws: RegistryError.self) {
      try await registry.pull(hub.wish(file: "pytorch_model.bin"), from: hub.client())
    }
    #expect(none?.description.contains(".gguf") == true)
  }

  @Test func aModelThatCannotBeUsedIsNotInstalled() async throws {
    let hub = try HubServer(
      HubServer.Faults().with { $0.only = ["model.safetensors", "generation_config.json"] })
    let fixture = try RegistryFixture()
    await #expect(throws: ModelFileError.self) {
      try await fixture.registry.pull(hub.wish(), from: hub.client())
    }
    #expect(fixture.registry.names == [])
    #expect(fixture.leftovers.filter { $0.hasSuffix(".safetensors") } == [])
  }

  @Test(arguments: ["", "a", "a/b/c", "/b", "a/", "../b", "a b/c", "a/.b"])
  func whatIsNoRepositoryIsRefused(_ text: String) {
    #expect(throws: RegistryError.badRepository(text)) {
      try PullWish(text, revision: nil, file: nil, name: nil, catalog: ModelCatalog([]))
    }
  }
}
