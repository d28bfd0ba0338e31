internal import ExpertRecord

/// Writes JSON with members in the order they were given.
///
/// Request bodies keep their order because models write the members of a structured answer in the
/// order of the schema's; identity is computed elsewhere, from canonical JSON.
enum OrderedJSON {
  static func bytes(of value: JSONValue) -> [UInt8] {
    var out: [UInt8] = []
    append(value, to: &out)
    return out
  }

  static func text(of value: JSONValue) -> String {
    String(decoding: bytes(of: value), as: UTF8.self)
  }

  private static func append(_ value: JSONValue, to out: inout [UInt8]) {
    switch value {
    case .null: out += "null".utf8
    case .bool(let flag): out += (flag ? "true" : "false").utf8
    case .number(let number):
      if number.isFinite { CanonicalJSON.append(number, to: &out) } else { out += "null".utf8 }
    case .string(let text): CanonicalJSON.append(text, to: &out)
    case .array(let elements):
      list(elements, open: "[", close: "]", to: &out) { append($0, to: &$1) }
    case .object(let members):
      list(members, open: "{", close: "}", to: &out) { member, out in
        CanonicalJSON.append(member.name, to: &out)
        out.append(UInt8(ascii: ":"))
        append(member.value, to: &out)
      }
    }
  }

  private static func list<T>(
    _ items: [T], open: Unicode.Scalar, close: Unicode.Scalar, to out: inout [UInt8],
    each: (T, inout [UInt8]) -> Void
  ) {
    out.append(UInt8(ascii: open))
    for (index, item) in items.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      each(item, &out)
    }
    out.append(UInt8(ascii: close))
  }
}

extension JSONValue {
  /// This object with another's members merged in: objects member by member, all else replaced.
  func merging(_ other: JSONValue?) -> JSONValue {
    guard let other, case .object(let added) = other else { return self }
    guard case .object(var members) = self else { return other }
    for member in added {
      if let index = members.firstIndex(where: { $0.name == member.name }) {
        let merged = members[index].value.merging(member.value)
        members[index].value = member.value.members == nil ? member.value : merged
      } else {
        members.append(member)
      }
    }
    return .object(members)
  }

  /// This object without one member of its own.
  func removing(_ name: String) -> JSONValue {
    guard case .object(let members) = self else { return self }
    return .object(members.filter { $0.name != name })
  }
}
