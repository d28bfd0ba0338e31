internal import CLibcurl
internal import CSodium
internal import Foundation
internal import GRDB

/// A system library as this process has it loaded, which need not be the one it was built with.
package struct LinkedLibrary: Sendable, Hashable {
  package var name: String
  /// The version it reports; `nil` where it is not to be had.
  package var version: String?
  /// What it can do that matters here.
  package var detail: String

  package init(name: String, version: String?, detail: String = "") {
    self.name = name
    self.version = version
    self.detail = detail
  }

  /// libcurl, its TLS library and whether it speaks HTTP/2.
  package static func libcurl() -> LinkedLibrary {
    guard let info = curl_version_info(CURLVERSION_FIRST)?.pointee else {
      return LinkedLibrary(name: "libcurl", version: nil)
    }
    let tls = info.ssl_version.map { String(cString: $0) } ?? "no TLS"
    let http2 = info.features & CURL_VERSION_HTTP2 != 0 ? "HTTP/2" : "no HTTP/2"
    return LinkedLibrary(
      name: "libcurl", version: info.version.map { String(cString: $0) },
      detail: "\(tls), \(http2)")
  }

  /// SQLite as GRDB uses it.
  package static func sqlite() -> LinkedLibrary {
    let version = try? DatabaseQueue().read { database in
      try String.fetchOne(database, sql: "SELECT sqlite_version()")
    }
    return LinkedLibrary(name: "SQLite", version: version ?? nil)
  }

  /// libsodium.
  package static func libsodium() -> LinkedLibrary {
    LinkedLibrary(name: "libsodium", version: String(cString: sodium_version_string()))
  }

  /// OpenBLAS, looked for at run time: nothing that makes datasets links it.
  package static func openBLAS() -> LinkedLibrary {
    guard let library = dlopen("libopenblas.so.0", RTLD_LAZY | RTLD_LOCAL) else {
      return LinkedLibrary(name: "OpenBLAS", version: nil)
    }
    defer { dlclose(library) }
    guard let symbol = dlsym(library, "openblas_get_config") else {
      return LinkedLibrary(name: "OpenBLAS", version: "unknown")
    }
    typealias Config = @convention(c) () -> UnsafePointer<CChar>?
    let words = unsafeBitCast(symbol, to: Config.self)().map { String(cString: $0) } ?? ""
    let parts = words.split(separator: " ")
    return LinkedLibrary(
      name: "OpenBLAS", version: parts.count > 1 ? String(parts[1]) : "unknown",
      detail: parts.dropFirst(2).joined(separator: " "))
  }
}
