package import ExpertPlatform
internal import Foundation

/// Where a registry is: a folder, or the address of a static server that holds such a folder.
package enum RegistryPlace: Sendable, Hashable, CustomStringConvertible {
  case folder(String)
  case server(String)

  package init(_ text: String) {
    if text.hasPrefix("http://") || text.hasPrefix("https://") {
      self = .server(text.hasSuffix("/") ? String(text.dropLast()) : text)
    } else {
      let plain = text.count > 1 && text.hasSuffix("/") ? String(text.dropLast()) : text
      self = .folder(PathText.absolute(plain))
    }
  }

  package var description: String {
    switch self {
    case .folder(let path), .server(let path): path
    }
  }
}

/// Reads and writes the files of a registry.
package struct RegistryFiles: Sendable {
  package static let tokenVariable = "EXPERT_REGISTRY_TOKEN"

  package let place: RegistryPlace
  private let transport: any HTTPTransport
  private let token: Secret?

  /// `token` goes to a server as a bearer token, and to that server alone.
  package init(_ place: RegistryPlace, transport: any HTTPTransport, token: Secret? = nil) {
    self.place = place
    self.transport = transport
    self.token = token
  }

  /// A small file; `nil` where there is none.
  package func read(_ name: String, limit: Int) async throws -> [UInt8]? {
    switch place {
    case .folder(let folder):
      let path = folder + "/" + name
      guard FileManager.default.fileExists(atPath: path) else { return nil }
      return try InputFile.read(path, limit: limit)
    case .server(let url):
      return try await Download.bytes(
        url + "/" + name, limit: limit, transport: transport, token: token)
    }
  }

  /// A package's file, opened; a server's is held in a file without a name.
  package func open(_ name: String) async throws -> InputFile {
    switch place {
    case .folder(let folder): return try InputFile(folder + "/" + name)
    case .server(let url):
      return try await Download.file(url + "/" + name, transport: transport, token: token)
    }
  }

  /// Puts a file in place, whole or not at all.
  package func write(_ name: String, _ source: MemberSource) async throws {
    switch place {
    case .folder(let folder):
      let path = folder + "/" + name
      try FileManager.default.createDirectory(
        atPath: PathText.parent(of: path), withIntermediateDirectories: true)
      let output = try OutputFile(path)
      try source.each { try output.write($0) }
      try output.place()
    case .server(let url): try await upload(url + "/" + name, source)
    }
  }

  private func upload(_ url: String, _ source: MemberSource) async throws {
    guard source.size <= PackageLimits.downloadBytes else {
      throw PackageError.registry(
        place: place.description, reason: "the package is too large to be sent in one piece")
    }
    var body: [UInt8] = []
    body.reserveCapacity(source.size)
    try source.each { body.append(contentsOf: $0) }
    let request = HTTPRequest(
      method: "PUT", url: url, headers: [HTTPHeader("Content-Type", "application/octet-stream")],
      secretHeaders: try Download.headers(token, url), body: body)
    let response = try await transport.send(request)
    guard (200...204).contains(response.status) else {
      throw PackageError.registry(
        place: place.description,
        reason: "it answers PUT with status \(response.status); it must take PUT requests"
          + (token == nil ? ", perhaps with a token in \(Self.tokenVariable)" : ""))
    }
  }
}

/// Takes files from a server. Redirects are not followed.
package enum Download {
  static func headers(_ token: Secret?, _ url: String) throws -> [SecretHeader] {
    try token.map { [try BoundSecret($0, to: url).header("Authorization", prefix: "Bearer ")] }
      ?? []
  }

  /// The body of a reply; `nil` where the server has no such file.
  package static func bytes(
    _ url: String, limit: Int, transport: any HTTPTransport, token: Secret? = nil
  ) async throws -> [UInt8]? {
    var limits = HTTPLimits()
    limits.maxBodyBytes = limit
    let request = HTTPRequest(
      method: "GET", url: url, secretHeaders: try headers(token, url), limits: limits)
    let response = try await transport.send(request)
    switch response.status {
    case 200: return response.body
    case 404, 410: return nil
    default:
      throw PackageError.registry(
        place: url, reason: "the server answers with status \(response.status)")
    }
  }

  /// A package as a file without a name.
  package static func file(
    _ url: String, transport: any HTTPTransport, token: Secret? = nil
  ) async throws -> InputFile {
    let limit = PackageLimits.downloadBytes
    guard let body = try await bytes(url, limit: limit, transport: transport, token: token) else {
      throw PackageError.registry(place: url, reason: "there is no such file")
    }
    let scratch = try ScratchFile()
    try scratch.write(body)
    return try InputFile(duplicating: scratch.descriptor, path: url)
  }
}
