/// What keeps a server from starting.
package enum ServeError: Error, Sendable, Hashable, CustomStringConvertible {
  case badAddress(String)
  case badPort(Int)
  case cannotListen(address: String, reason: String)
  /// An address that others reach, without a token.
  case tokenNeeded(address: String)
  /// Two models of one name.
  case nameTaken(String)

  package var description: String {
    switch self {
    case .badAddress(let host):
      "\(host) is no address to listen on; give one in numbers, such as 127.0.0.1 or 0.0.0.0"
    case .badPort(let port): "\(port) is no port; ports go from 0 (any free one) to 65535"
    case .cannotListen(let address, let reason):
      "cannot listen on \(address): \(reason); choose another --port"
    case .tokenNeeded(let address):
      "others can reach \(address), so a token is needed: set EXPERT_SERVE_TOKEN, or name a file "
        + "with --token-file"
    case .nameTaken(let name):
      "two models are called \(name); name the adapter otherwise with --adapter NAME=FOLDER"
    }
  }
}
