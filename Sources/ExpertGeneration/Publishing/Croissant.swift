internal import ExpertPlatform
internal import ExpertRecord

/// The metadata of a dataset in the Croissant 1.1 vocabulary of MLCommons (JSON-LD): its files with
/// their hashes, and where the fields of their rows are.
struct Croissant {
  let facts: DatasetFacts

  static let specification = "http://mlcommons.org/croissant/1.1"

  var json: JSONValue {
    .object(
      [
        .init("@context", Self.context), .init("@type", "sc:Dataset"),
        .init("conformsTo", .string(Self.specification)),
        .init("name", .string(facts.version.dataset)),
        .init("description", .string(facts.description)),
        .init("version", .string(facts.version.semver)),
        .init("citeAs", .string(citation)), .init("datePublished", .string(facts.version.time)),
        .init("distribution", .array(facts.files.map(Self.distribution))),
        .init("recordSet", .array(facts.files.map(recordSet))),
      ] + published)
  }

  /// What names this version and no other.
  private var citation: String {
    "\(facts.version.name), version \(facts.version.semver), commit \(facts.version.commit)"
  }

  private var published: [JSONValue.Member] {
    var members: [JSONValue.Member] = []
    if let license = facts.publication.license {
      members.append(.init("license", .string(license)))
    }
    if let url = facts.publication.url { members.append(.init("url", .string(url))) }
    if let creator = facts.publication.creator {
      members.append(.init("creator", ["@type": "sc:Organization", "name": .string(creator)]))
    }
    return members
  }

  private static func distribution(_ file: DatasetFolder.File) -> JSONValue {
    [
      "@type": "cr:FileObject", "@id": .string(file.name), "name": .string(file.name),
      "contentUrl": .string(file.name), "contentSize": .string("\(file.bytes) B"),
      "encodingFormat": "application/jsonlines", "sha256": .string(file.sha256.hex),
    ]
  }

  private func recordSet(_ file: DatasetFolder.File) -> JSONValue {
    [
      "@type": "cr:RecordSet", "@id": .string(file.split), "name": .string(file.split),
      "description": .string("The \(file.records) records of the split \(file.split)."),
      "field": .array(facts.columns.all.map { Self.field($0, of: file) }),
    ]
  }

  private static func field(
    _ column: DatasetColumns.Column, of file: DatasetFolder.File
  ) -> JSONValue {
    var members = head("\(file.split)/\(column.name)", column.name)
    let isList = column.content == .texts || column.content == .messages
    if isList { members += [.init("isArray", true), .init("arrayShape", "-1")] }
    guard column.content != .messages else {
      let parts = ["content", "role"].map { part in
        JSONValue.object(
          head("\(file.split)/\(column.name)/\(part)", part) + [
            .init("dataType", "sc:Text"), .init("source", source(column, of: file, part: part)),
          ])
      }
      return .object(members + [.init("subField", .array(parts))])
    }
    return .object(
      members + [
        .init("dataType", column.content == .number ? "sc:Float" : "sc:Text"),
        .init("source", source(column, of: file, part: nil)),
      ])
  }

  private static func head(_ id: String, _ name: String) -> [JSONValue.Member] {
    [.init("@type", "cr:Field"), .init("@id", .string(id)), .init("name", .string(name))]
  }

  /// A column of the rows; of a list of objects, one of their members.
  private static func source(
    _ column: DatasetColumns.Column, of file: DatasetFolder.File, part: String?
  ) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("fileObject", ["@id": .string(file.name)]),
      .init("extract", ["column": .string(column.name)]),
    ]
    if let part { members.append(.init("transform", ["jsonPath": .string(part)])) }
    return .object(members)
  }

  /// The context that the specification prescribes.
  private static let context: JSONValue = [
    "@language": "en", "@vocab": "https://schema.org/", "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs", "column": "cr:column", "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn", "cr": "http://mlcommons.org/croissant/",
    "data": ["@id": "cr:data", "@type": "@json"],
    "dataType": ["@id": "cr:dataType", "@type": "@vocab"], "dct": "http://purl.org/dc/terms/",
    "description": ["@container": "@language"], "equivalentProperty": "cr:equivalentProperty",
    "examples": ["@id": "cr:examples", "@type": "@json"], "extract": "cr:extract",
    "field": "cr:field", "fileObject": "cr:fileObject", "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet", "format": "cr:format", "includes": "cr:includes",
    "isArray": "cr:isArray", "isLiveDataset": "cr:isLiveDataset", "jsonPath": "cr:jsonPath",
    "key": "cr:key", "md5": "cr:md5", "name": ["@container": "@language"],
    "parentField": "cr:parentField", "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/", "recordSet": "cr:recordSet",
    "references": "cr:references", "regex": "cr:regex", "repeated": "cr:repeated",
    "replace": "cr:replace", "samplingRate": "cr:samplingRate", "sc": "https://schema.org/",
    "separator": "cr:separator", "source": "cr:source", "subField": "cr:subField",
    "transform": "cr:transform",
  ]
}
