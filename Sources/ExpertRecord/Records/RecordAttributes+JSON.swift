package import ExpertPlatform

extension RecordAttributes {
  /// The attributes as a JSON object; a member that has its default value is not written.
  package var json: JSONValue {
    var members: [JSONValue.Member] = []
    if let answerKind { members.append(.init("answerKind", .string(answerKind.rawValue))) }
    if let difficulty { members.append(.init("difficulty", .string(difficulty.rawValue))) }
    if !labels.isEmpty { members.append(.init("labels", .array(labels.map { .string($0) }))) }
    if !meta.isEmpty { members.append(.init("meta", .object(meta))) }
    if let split { members.append(.init("split", .string(split.rawValue))) }
    if weight != 1 { members.append(.init("weight", .number(weight))) }
    return .object(members)
  }

  /// The RFC 8785 form; `{}` for the default attributes.
  package var canonicalBytes: [UInt8] { CanonicalJSON.bytes(of: json) }

  /// The identity of the attributes.
  package var contentHash: Digest { .tagged(.attrs, canonicalBytes) }

  /// Reads what `json` writes; an unknown member or a value outside its set is refused.
  package init(json: JSONValue) throws(RecordError) {
    guard let members = json.members else {
      throw .wrongType(field: "attributes", expected: "an object", found: json.typeName)
    }
    self.init()
    for member in members { try set(member) }
  }

  private mutating func set(_ member: JSONValue.Member) throws(RecordError) {
    switch member.name {
    case "answerKind": answerKind = try Self.choice(member)
    case "difficulty": difficulty = try Self.choice(member)
    case "split": split = try Self.choice(member)
    case "labels":
      guard let texts = member.value.array?.compactMap(\.string),
        texts.count == member.value.array?.count
      else { throw Self.wrong(member, expected: "a list of strings") }
      labels = Self.sorted(texts)
    case "meta":
      guard let columns = member.value.members else {
        throw Self.wrong(member, expected: "an object")
      }
      meta = columns
    case "weight":
      guard let number = member.value.number, number.isFinite, number >= 0 else {
        throw Self.wrong(member, expected: "a number that is not negative")
      }
      weight = number
    default: throw .unknownField(member.name, kind: "attributes")
    }
  }

  private static func wrong(_ member: JSONValue.Member, expected: String) -> RecordError {
    .wrongType(field: member.name, expected: expected, found: member.value.typeName)
  }

  private static func choice<T: RawRepresentable<String> & CaseIterable>(
    _ member: JSONValue.Member
  ) throws(RecordError) -> T {
    guard let text = member.value.string else { throw wrong(member, expected: "a string") }
    guard let value = T(rawValue: text) else {
      let known = T.allCases.map(\.rawValue).joined(separator: ", ")
      throw .invalid(field: member.name, value: text, expected: "one of \(known)")
    }
    return value
  }
}
