import ExpertLoopback
import ExpertModel
import ExpertPlatform
import ExpertTestSupport

extension HubServer {
  /// A hub with one of the tiny models.
  convenience init(_ faults: Faults = Faults()) throws {
    try self.init(model: ModelFilesTests.golden.file("qwen3"), faults)
  }

  func client(token: String? = nil) throws -> HubClient {
    let endpoint = try HubEndpoint(url: hub.baseURL + "/", token: token.map { try Secret($0) })
    return HubClient(endpoint: endpoint, transport: CurlTransport())
  }

  func wish(file: String? = nil, name: String? = nil) throws -> PullWish {
    try PullWish(
      Self.repository, revision: nil, file: file, name: name, catalog: ModelCatalog([]))
  }
}
