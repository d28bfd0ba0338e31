/// What can go wrong with an expert's package: where, why, and what to do.
package enum PackageError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A package that must not be used. `member` is the part at fault; empty for the whole.
  case refused(member: String, reason: String)
  /// An input from which no package can be made: `place` is a file, a flag or a manifest field.
  case invalid(place: String, reason: String)
  /// A key that is missing or cannot be used. Never holds any part of it.
  case key(name: String, reason: String)
  /// A name that stands for nothing here.
  case unknown(what: String, name: String, hint: String)
  /// Something of this name is there already.
  case exists(what: String, name: String, hint: String)
  /// Experts that need or exclude each other, and cannot be satisfied.
  case unresolved(reason: String)
  /// Something that others need and that therefore stays.
  case required(reason: String)
  /// A command line that asks for what cannot be: `place` is the flag or argument.
  case usage(place: String, reason: String)
  /// A registry that does not answer as one.
  case registry(place: String, reason: String)

  package var description: String {
    switch self {
    case .refused("", let reason): "package refused: \(reason)"
    case .refused(let member, let reason): "package refused: \(member): \(reason)"
    case .invalid(let place, let reason): "\(place): \(reason)"
    case .key(let name, let reason): "key \(name): \(reason)"
    case .unknown(let what, let name, let hint): "there is no \(what) \(name); \(hint)"
    case .exists(let what, let name, let hint): "there is already a \(what) \(name); \(hint)"
    case .unresolved(let reason), .required(let reason): reason
    case .usage(let place, let reason): "\(place): \(reason)"
    case .registry(let place, let reason): "registry \(place): \(reason)"
    }
  }
}

extension PackageError {
  /// The same fault seen in a package that came from elsewhere: it refuses the package.
  package func refusing(_ member: String) -> PackageError {
    guard case .invalid(let place, let reason) = self else { return self }
    return .refused(member: member, reason: "\(place): \(reason)")
  }
}
