package import ExpertPlatform
internal import Glibc

/// Why a model cannot be fetched, found or kept: what it concerns, and what to do.
package enum RegistryError: Error, Sendable, Hashable, CustomStringConvertible {
  case badName(String)
  case badRepository(String)
  /// Another model has the name.
  case taken(name: String, source: String)
  case unknown(name: String, installed: [String])
  /// A short name of the catalog whose model was not pulled.
  case notPulled(name: String)
  /// A file of the catalog or of the registry itself does not say what it should.
  case badFile(path: String, reason: String)
  case file(FileError)
  case noSpace(path: String, needed: Int, free: Int)
  /// The hub answered with an error status.
  case hub(what: String, status: Int, advice: String)
  /// The hub's answer is none that is understood.
  case badAnswer(what: String, reason: String)
  case transfer(what: String, HTTPTransferError)
  /// The repository holds nothing that can be used.
  case nothingToPull(repository: String, reason: String)
  case wrongHash(file: String, expected: String, found: String)
  case wrongSize(file: String, expected: Int, found: Int)
  /// A stored file is not what was installed.
  case damaged(name: String, file: String, reason: String)

  package var description: String {
    switch self {
    case .badName(let name):
      "“\(name)” is no name for a model: letters, digits, dots, dashes and underscores, at most 64"
    case .badRepository(let text):
      "“\(text)” is neither a short name nor a repository such as Qwen/Qwen3-0.6B"
    case .taken(let name, let source):
      "a model named \(name) is there, from \(source); remove it first or choose another --name"
    case .unknown(let name, let installed):
      "there is no model \(name); "
        + (installed.isEmpty
          ? "none is installed, see “expert-gen model pull --help”"
          : "installed are \(installed.joined(separator: ", "))")
    case .notPulled(let name): "\(name) is not here yet; run: expert-gen model pull \(name)"
    case .badFile(let path, let reason): "\(path): \(reason)"
    case .file(let error): error.description
    case .noSpace(let path, let needed, let free):
      "\(path): \(needed) bytes are needed and \(free) are free; make room, or point EXPERT_HOME "
        + "elsewhere; what has arrived is kept"
    case .hub(let what, let status, let advice): "\(what): the hub answers \(status); \(advice)"
    case .badAnswer(let what, let reason): "\(what): the hub's answer: \(reason)"
    case .transfer(let what, let error): "\(what): \(error)"
    case .nothingToPull(let repository, let reason): "\(repository): \(reason)"
    case .wrongHash(let file, let expected, let found):
      "\(file): SHA-256 \(found) instead of \(expected); it was removed, pull again"
    case .wrongSize(let file, let expected, let found):
      "\(file): \(found) bytes instead of \(expected); it was removed, pull again"
    case .damaged(let name, let file, let reason):
      "\(name): \(file): \(reason); remove the model and pull or import it again"
    }
  }
}

extension RegistryError {
  /// A failed write: a full disk, quota or size limit by its own name, with what is free.
  init(_ error: FileError, needed: Int, in folder: String) {
    guard case .failed(_, _, let code) = error, [ENOSPC, EDQUOT, EFBIG].contains(code) else {
      self = .file(error)
      return
    }
    self = .noSpace(path: folder, needed: needed, free: FreeSpace.bytes(at: folder) ?? 0)
  }
}
