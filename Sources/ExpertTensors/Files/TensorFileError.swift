package import ExpertPlatform

/// Why a file of tensors cannot be used: always the file, and the field where there is one.
package enum TensorFileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The system refused.
  case file(FileError)
  /// The bytes contradict the format.
  case malformed(path: String, field: String, reason: String)
  /// The format allows it and this program does not read it.
  case unsupported(path: String, field: String, reason: String)
  case missingTensor(path: String, name: String)

  package var description: String {
    switch self {
    case .file(let error): error.description
    case .malformed(let path, let field, let reason):
      "\(path): \(field): \(reason); the file is damaged or was made wrongly, fetch it again"
    case .unsupported(let path, let field, let reason): "\(path): \(field): \(reason)"
    case .missingTensor(let path, let name): "\(path): there is no tensor \(name)"
    }
  }
}
