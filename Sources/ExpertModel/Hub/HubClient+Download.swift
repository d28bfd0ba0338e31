internal import ExpertPlatform

extension HubClient {
  /// Failures in a row without a byte of progress before a download is given up.
  private static let maxAttempts = 5
  private static let firstPause: Duration = .seconds(1)

  /// Fetches one file to `path`, going on from what an earlier try left in `path.part`. Broken
  /// connections and a busy hub are tried again; each try goes on from where the last one ended.
  func download(
    _ file: HubFile, from url: String, to path: String, clock: any PlatformClock,
    report: @escaping @Sendable (Int) -> Void
  ) async throws -> Digest {
    let partial = try PartialFile(path + ".part", for: file, report: report)
    var pause = Self.firstPause
    var failures = 0
    while partial.bytes < file.bytes || file.bytes == 0 {
      let before = partial.bytes
      do throws(RegistryError) {
        try await attempt(file, from: url, into: partial)
        break
      } catch {
        failures = partial.bytes > before ? 1 : failures + 1
        if partial.bytes > before { pause = Self.firstPause }
        guard failures < Self.maxAttempts, Self.isWorthATry(error) else { throw error }
        try await clock.sleep(for: pause)
        pause = min(pause * 2, .seconds(30))
      }
    }
    return try partial.finish(as: path)
  }

  private func attempt(
    _ file: HubFile, from url: String, into partial: PartialFile
  ) async throws(RegistryError) {
    var limits = HTTPLimits()
    limits.deadline = .seconds(24 * 3600)
    limits.lowSpeedBytesPerSecond = 256
    limits.lowSpeedTime = .seconds(60)
    limits.maxBodyBytes = max(1, file.bytes)
    let response: HTTPResponse
    do throws(RegistryError) {
      response = try await get(
        url, what: file.name, headers: partial.rangeHeaders, limits: limits, sink: partial)
    } catch {
      if case .wrongSize = partial.error { partial.remove() }
      throw partial.error ?? error
    }
    if let error = partial.error {
      partial.remove()
      throw error
    }
    guard [200, 206].contains(response.status) else {
      if response.status == 416 { partial.remove() }
      throw refusal(response, what: file.name)
    }
    guard partial.bytes == file.bytes else {
      throw .transfer(what: file.name, .truncated(receivedBytes: partial.bytes))
    }
  }

  /// Whether another try may succeed.
  private static func isWorthATry(_ error: RegistryError) -> Bool {
    switch error {
    case .transfer(_, let reason):
      switch reason {
      case .reset, .truncated, .timeout, .connect, .resolve: true
      default: false
      }
    case .hub(_, let status, _): status == 429 || status == 408 || status >= 500
    default: false
    }
  }
}
