/// What keeps an adapter from being used, with the file or tensor that is to blame.
package enum AdapterError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A field of adapter_config.json that is missing, or whose value cannot be used here.
  case badConfig(path: String, field: String, reason: String)
  /// The weights lack a tensor that the configuration calls for.
  case missingTensor(path: String, name: String)
  /// The weights hold a tensor that the configuration does not call for.
  case unexpectedTensor(path: String, name: String)
  /// A tensor of another shape than configuration and base need.
  case wrongShape(path: String, name: String, found: [Int], needed: [Int])
  /// A tensor of a type that adapters do not have.
  case wrongType(path: String, name: String, type: String)
  /// A number that is NaN or infinite.
  case notFinite(path: String, name: String)

  package var description: String {
    switch self {
    case .badConfig(let path, let field, let reason): "\(path): \(field): \(reason)"
    case .missingTensor(let path, let name):
      "\(path): the tensor \(name) is missing; the file does not belong to this "
        + "adapter_config.json or to this base"
    case .unexpectedTensor(let path, let name):
      "\(path): the tensor \(name) is not one that adapter_config.json and the base call for"
    case .wrongShape(let path, let name, let found, let needed):
      "\(path): \(name) has the shape \(found), the base needs \(needed); the adapter was trained "
        + "on another base"
    case .wrongType(let path, let name, let type):
      "\(path): \(name) is \(type); adapters are F32, F16 or BF16"
    case .notFinite(let path, let name):
      "\(path): \(name) holds NaN or Inf; export it again from a good checkpoint"
    }
  }
}
