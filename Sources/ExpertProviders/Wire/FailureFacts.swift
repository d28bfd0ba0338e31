package import ExpertPlatform

/// What is known about one failed attempt: enough to decide, nothing that could carry a key.
package struct FailureFacts: Sendable, Hashable {
  /// HTTP status; `nil` where no reply arrived.
  package var status: Int?
  /// Machine-readable codes and types, as the body gave them, in small letters.
  package var codes: Set<String> = []
  /// What the provider says, cut and cleaned for a terminal.
  package var message: String = ""
  /// The parameter that the provider complains about.
  package var parameter: String?
  /// A delay named in the body.
  package var hint: Duration?
  /// The quotas that were exceeded, in the provider's own names.
  package var quotas: [String] = []
  /// The reply came whole with a good status, and is not what the wire format promises.
  package var isGarbled = false
  /// Why no whole reply arrived.
  package var transfer: HTTPTransferError?
  package var headers: RetryHeaders = RetryHeaders()

  package init(status: Int? = nil) {
    self.status = status
  }

  package init(transfer: HTTPTransferError) {
    self.transfer = transfer
    message = transfer.description
  }

  /// Why the attempt failed, for the ledger and for people.
  package var summary: String {
    guard let status else { return message }
    let code = codes.sorted().first.map { " \($0)" } ?? ""
    return message.isEmpty ? "HTTP \(status)\(code)" : "HTTP \(status)\(code): \(message)"
  }
}

/// The headers that say when to ask again.
package struct RetryHeaders: Sendable, Hashable {
  /// `x-should-retry`.
  package var shouldRetry: Bool?
  /// `retry-after-ms`, then `retry-after`, as a delay from the moment the reply arrived.
  package var delay: Duration?

  package init(shouldRetry: Bool? = nil, delay: Duration? = nil) {
    self.shouldRetry = shouldRetry
    self.delay = delay
  }

  /// Reads the headers of a reply. `wallMicroseconds` is the time here, used for HTTP dates where
  /// the server does not say its own. What cannot be read counts as absent.
  package init(_ response: HTTPResponse, wallMicroseconds: Int64) {
    switch response.header("x-should-retry")?.lowercased() {
    case "true": shouldRetry = true
    case "false": shouldRetry = false
    default: shouldRetry = nil
    }
    delay = Self.delay(response, wallMicroseconds: wallMicroseconds)
  }

  private static func delay(_ response: HTTPResponse, wallMicroseconds: Int64) -> Duration? {
    if let text = response.header("retry-after-ms"), let value = TimeText.number(text) {
      return TimeText.duration(seconds: value / 1000)
    }
    guard let text = response.header("retry-after") else { return nil }
    if let value = TimeText.number(text) { return TimeText.duration(seconds: value) }
    guard let date = TimeText.httpDate(text) else { return nil }
    let now = response.header("date").flatMap(TimeText.httpDate) ?? wallMicroseconds / 1_000_000
    return .seconds(max(0, date - now))
  }
}
