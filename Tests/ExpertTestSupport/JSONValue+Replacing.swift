package import ExpertRecord

extension JSONValue {
  /// This object with another value for a member, which is added where it is missing; `nil` takes
  /// the member out.
  package func replacing(_ name: String, by value: JSONValue?) -> JSONValue {
    var members = (members ?? []).filter { $0.name != name }
    if let value { members.append(Member(name, value)) }
    return .object(members)
  }
}
