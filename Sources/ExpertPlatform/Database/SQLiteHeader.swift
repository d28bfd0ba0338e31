internal import Foundation

/// What the first 100 bytes of a file say of it, read without SQLite: a foreign file is never
/// opened as a database (https://www.sqlite.org/fileformat2.html, section 1.3).
package enum SQLiteHeader: Sendable, Hashable {
  case missing
  case empty
  case notSQLite
  case database(applicationID: Int32, userVersion: Int32)

  private static let magic = [UInt8]("SQLite format 3\0".utf8)

  package init(ofFile path: String) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      self = errno == ENOENT ? .missing : .notSQLite
      return
    }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 100)
    let count = pread(descriptor, &bytes, 100, 0)
    self = count == 0 ? .empty : Self(bytes: Array(bytes.prefix(max(0, count))))
  }

  package init(bytes: [UInt8]) {
    guard bytes.count == 100, bytes.starts(with: Self.magic) else {
      self = .notSQLite
      return
    }
    func number(at offset: Int) -> Int32 {
      Int32(bitPattern: bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) })
    }
    self = .database(applicationID: number(at: 68), userVersion: number(at: 60))
  }
}
