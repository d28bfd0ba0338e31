package import ExpertPlatform
internal import Glibc
internal import Synchronization

/// What the server saw and what it answered, in memory or in a file that outlives a killed client.
package final class RequestLog: Sendable {
  /// One request and what became of it.
  package struct Entry: Sendable {
    package let index: Int
    package let connection: Int
    package let time: Duration
    package let method: String
    package let path: String
    package let headers: [HTTPHeader]
    package let bodyDigest: Digest
    /// The last byte of the reply went to the system before the client left.
    package var answered: Bool
  }

  private let entries = Mutex<[Entry]>([])
  /// The open file, or -1.
  private let descriptor: Int32

  /// Appends to the file at `path` where one is given: a line when a request has come
  /// (`request INDEX MILLISECONDS METHOD PATH BODY-SHA256`) and one when its reply has gone
  /// (`answered INDEX MILLISECONDS`). Headers stay out of the file, for they carry keys.
  package init(path: String? = nil) throws(FileError) {
    guard let path else {
      descriptor = -1
      return
    }
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .failed(operation: "open", path: path, code: errno) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Every request so far.
  package var all: [Entry] { entries.withLock { $0 } }

  /// How many requests have come.
  package var count: Int { entries.withLock { $0.count } }

  func received(_ request: ReceivedRequest) {
    let digest = SHA256.hash(request.body)
    let entry = Entry(
      index: request.index, connection: request.connection, time: request.time,
      method: request.method, path: request.path, headers: request.headers, bodyDigest: digest,
      answered: false)
    entries.withLock { $0.append(entry) }
    append(
      "request \(request.index) \(request.time.wholeMilliseconds) \(request.method) "
        + "\(request.path) \(digest)\n")
  }

  func answered(_ index: Int, at time: Duration) {
    entries.withLock { entries in
      if entries.indices.contains(index) { entries[index].answered = true }
    }
    append("answered \(index) \(time.wholeMilliseconds)\n")
  }

  private func append(_ line: String) {
    guard descriptor >= 0 else { return }
    var line = line
    line.withUTF8 { _ = write(descriptor, $0.baseAddress, $0.count) }
  }
}

extension Duration {
  /// Rounded down.
  var wholeMilliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }
}
