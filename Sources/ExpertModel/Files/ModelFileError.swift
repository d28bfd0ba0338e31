package import ExpertPlatform
package import ExpertTensors

/// Why a model cannot be opened or used: always the file, and the field or tensor.
package enum ModelFileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The system refused.
  case file(FileError)
  /// A file of tensors is damaged or unreadable.
  case tensors(TensorFileError)
  /// The path leads to nothing that is a model.
  case notAModel(path: String, reason: String)
  /// A value of the configuration is missing, impossible or contradicts another.
  case config(path: String, field: String, reason: String)
  /// The model asks for something that the decoder does not have.
  case unsupported(path: String, field: String, reason: String)
  case missingTensor(path: String, name: String)
  case wrongShape(path: String, tensor: String, expected: [Int], found: [Int])
  /// A weight is NaN or infinite.
  case notFinite(path: String, tensor: String, row: Int)

  package var description: String {
    switch self {
    case .file(let error): error.description
    case .tensors(let error): error.description
    case .notAModel(let path, let reason): "\(path) is no model: \(reason)"
    case .config(let path, let field, let reason): "\(path): \(field): \(reason)"
    case .unsupported(let path, let field, let reason):
      "\(path): \(field): \(reason); such a model cannot be used yet"
    case .missingTensor(let path, let name):
      "\(path): the tensor \(name) is missing; fetch the model again, all of it"
    case .wrongShape(let path, let tensor, let expected, let found):
      "\(path): \(tensor) has shape \(found), the configuration wants \(expected)"
    case .notFinite(let path, let tensor, let row):
      "\(path): \(tensor) holds NaN or infinity in row \(row); the weights are damaged"
    }
  }
}
