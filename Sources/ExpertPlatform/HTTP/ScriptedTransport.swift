internal import Synchronization

/// The fake transport: it answers from a script and records what it was asked.
package final class ScriptedTransport: HTTPTransport {
  package typealias Outcome = Result<HTTPResponse, HTTPTransferError>

  private let script: @Sendable (HTTPRequest, Int) async -> Outcome
  private let recorded = Mutex<[HTTPRequest]>([])

  /// Answers with `outcomes` one after another; when none is left, every request ends as
  /// `.reset`.
  package init(_ outcomes: [Outcome]) {
    script = { _, index in
      index < outcomes.count
        ? outcomes[index] : .failure(.reset(reason: "the script has no more replies"))
    }
  }

  /// Answers by a function of the request and of how many came before it.
  package init(_ script: @escaping @Sendable (HTTPRequest, Int) async -> Outcome) {
    self.script = script
  }

  /// Every request so far, in the order of arrival.
  package var requests: [HTTPRequest] { recorded.withLock { $0 } }

  package func send(_ request: HTTPRequest) async throws(HTTPTransferError) -> HTTPResponse {
    let index = recorded.withLock { requests in
      requests.append(request)
      return requests.count - 1
    }
    if Task.isCancelled { throw .cancelled }
    return try Self.pour(try await script(request, index).get(), into: request.sink)
  }

  /// Hands the body to the request's sink, if it wants it.
  private static func pour(
    _ response: HTTPResponse, into sink: (any HTTPBodySink)?
  ) throws(HTTPTransferError) -> HTTPResponse {
    guard let sink, sink.begin(status: response.status, headers: response.headers) else {
      return response
    }
    guard response.body.withUnsafeBytes({ sink.receive($0) }) else { throw .stopped }
    var response = response
    response.body = []
    return response
  }
}
