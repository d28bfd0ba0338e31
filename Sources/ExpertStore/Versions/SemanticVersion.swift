internal import ExpertRecord

/// Version numbers as Croissant 1.1 wants them ("Dataset versioning"): MAJOR where records changed,
/// left or moved to another split; MINOR where records joined; PATCH where the same records were
/// written anew. Labels, difficulty and weight add to a record without changing it: MINOR.
package enum SemanticVersion {
  package enum Change: Int, Sendable, Comparable {
    case patch
    case minor
    case major

    package static func < (a: Change, b: Change) -> Bool { a.rawValue < b.rawValue }
  }

  /// The number after `version`; the first is 1.0.0.
  package static func after(_ version: String?, change: Change) -> String {
    let parts = (version ?? "").split(separator: ".").compactMap { Int($0) }
    guard parts.count == 3 else { return "1.0.0" }
    switch change {
    case .major: return "\(parts[0] + 1).0.0"
    case .minor: return "\(parts[0]).\(parts[1] + 1).0"
    case .patch: return "\(parts[0]).\(parts[1]).\(parts[2] + 1)"
    }
  }
}

extension Context {
  /// The largest change among the rows of a delta.
  func impact(_ rows: [DeltaRow]) throws -> SemanticVersion.Change {
    var largest = SemanticVersion.Change.patch
    for row in rows where largest != .major { largest = max(largest, try impact(row)) }
    return largest
  }

  private func impact(_ row: DeltaRow) throws -> SemanticVersion.Change {
    guard let was = row.was else { return .minor }
    guard let now = row.now, now.object == was.object else { return .major }
    guard now.attrs != was.attrs else { return .patch }
    let moved = try attributes(now.attrs).split != attributes(was.attrs).split
    return moved ? .major : .minor
  }

  func attributes(_ id: Int64) throws -> RecordAttributes {
    do {
      return try RecordAttributes(json: try objects.json(of: id, connection))
    } catch is RecordError {
      throw ObjectDamage(id: id, reason: "holds no attributes")
    }
  }

  func record(_ id: Int64, _ kind: RecordKind) throws -> Record {
    do {
      return try Record(json: try objects.json(of: id, connection), kind: kind)
    } catch is RecordError {
      throw ObjectDamage(id: id, reason: "holds no \(kind.rawValue) record")
    }
  }
}
