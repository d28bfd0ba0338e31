internal import ExpertRecord
internal import Yams

/// Reads one provider file. Every complaint names the file, the line and what is expected.
package enum ProviderFile {
  package static func read(_ text: String, path: String) throws(ProviderError) -> ProviderSpec {
    guard text.utf8.count <= maxBytes else {
      throw .badFile(path: path, line: 1, message: "larger than \(maxBytes) bytes")
    }
    let document = try YAMLField.document(text, path: path)
    let fields = try document.fields(providerFields)
    var spec = try head(document, fields)
    try readEndpoint(fields, into: &spec)
    try readDefaults(fields, into: &spec)
    try readModels(fields, into: &spec)
    spec.origin = path
    return spec
  }

  /// A provider file is a page or two; this is a hundred.
  static let maxBytes = 256 << 10

  static let providerFields = [
    "name", "aliases", "wire", "base_url", "chat_path", "models_path", "key_variable",
    "key_required", "local", "local_order", "default_model", "capabilities", "limits", "batch",
    "models", "model_aliases", "billing_codes", "extra_headers", "extra_body",
  ]

  private static func head(
    _ document: YAMLField, _ fields: [String: YAMLField]
  ) throws(ProviderError) -> ProviderSpec {
    let name = try required("name", of: document, fields)
    let wire = try required("wire", of: document, fields).choice(ProviderSpec.Wire.self)
    let text = try name.text()
    guard isName(text) else {
      throw name.fail("name: expected small letters, digits, \"-\" and \"_\", found \"\(text)\"")
    }
    var spec = ProviderSpec(name: text, wire: wire)
    if let aliases = fields["aliases"] { spec.aliases = try aliases.texts() }
    if wire != .procedural {
      spec.baseURL = try required("base_url", of: document, fields).text()
    }
    return spec
  }

  private static func readEndpoint(
    _ fields: [String: YAMLField], into spec: inout ProviderSpec
  ) throws(ProviderError) {
    if let field = fields["base_url"] {
      do {
        _ = try BaseURL(spec.baseURL)
      } catch {
        throw field.fail("base_url: \(error.reason)")
      }
    }
    spec.chatPath = try fields["chat_path"].map(path)
    spec.modelsPath = try fields["models_path"].map(path)
    if let field = fields["key_variable"] {
      let variable = try field.text()
      guard isVariable(variable) else {
        throw field.fail(
          "key_variable: expected the name of an environment variable such as "
            + "\(spec.name.uppercased())_API_KEY; a key itself never belongs in a file")
      }
      spec.keyVariable = variable
    }
    spec.keyRequired = try fields["key_required"]?.bool() ?? (spec.keyVariable != nil)
    spec.isLocal = try fields["local"]?.bool() ?? false
    spec.localOrder = try fields["local_order"]?.count(in: 1...1000)
    if let headers = fields["extra_headers"] {
      for (key, field) in try headers.members() { spec.extraHeaders[key] = try header(key, field) }
    }
  }

  private static func readDefaults(
    _ fields: [String: YAMLField], into spec: inout ProviderSpec
  ) throws(ProviderError) {
    if let field = fields["capabilities"] {
      spec.capabilities = try CapabilitiesReader.read(field, over: Capabilities())
    }
    if let field = fields["limits"] { spec.limits = try limits(field) }
    if let field = fields["batch"] { spec.batch = try batch(field) }
    if let field = fields["billing_codes"] { spec.billingCodes = try field.texts() }
    if let field = fields["extra_body"] {
      guard field.node.mapping != nil else { throw field.fail("extra_body: expected a mapping") }
      spec.extraBody = try field.json()
    }
  }

  private static func readModels(
    _ fields: [String: YAMLField], into spec: inout ProviderSpec
  ) throws(ProviderError) {
    for item in try fields["models"]?.list() ?? [] {
      let model = try ModelReader.read(item, provider: spec)
      guard !spec.models.contains(where: { $0.name == model.name }) else {
        throw item.fail("models: \"\(model.name)\" stands twice")
      }
      spec.models.append(model)
    }
    let known = spec.models.map(\.name)
    for (alias, field) in try fields["model_aliases"]?.members() ?? [] {
      let model = try field.text()
      guard known.isEmpty || known.contains(model) else {
        throw field.fail("model_aliases: \"\(model)\" is not among the models of this file")
      }
      spec.modelAliases.append(.init(alias: alias, model: model))
    }
    guard let field = fields["default_model"], !field.isUnknown else { return }
    let model = try field.text()
    guard known.isEmpty || known.contains(model) else {
      throw field.fail("default_model: \"\(model)\" is not among the models of this file")
    }
    spec.defaultModel = model
  }

  static func limits(_ field: YAMLField) throws(ProviderError) -> ProviderLimits {
    let fields = try field.fields(["rpm", "tpm", "concurrency"])
    return ProviderLimits(
      requestsPerMinute: try known(fields["rpm"]), tokensPerMinute: try known(fields["tpm"]),
      concurrency: try known(fields["concurrency"]))
  }

  private static func batch(_ field: YAMLField) throws(ProviderError) -> ProviderSpec.BatchSupport {
    let fields = try field.fields(["price_factor", "max_requests"])
    return .init(
      priceFactor: try required("price_factor", of: field, fields).number(in: 0...1),
      maxRequests: try known(fields["max_requests"]))
  }

  // MARK: small readers

  static func required(
    _ name: String, of parent: YAMLField, _ fields: [String: YAMLField]
  ) throws(ProviderError) -> YAMLField {
    guard let field = fields[name] else {
      throw parent.fail("\(parent.name) lacks \"\(name)\"")
    }
    return field
  }

  /// A count that may be said to be unknown.
  static func known(_ field: YAMLField?) throws(ProviderError) -> Int? {
    guard let field, !field.isUnknown else { return nil }
    return try field.count()
  }

  private static func path(_ field: YAMLField) throws(ProviderError) -> String {
    if field.isUnknown { return "" }
    let text = try field.text()
    guard text.hasPrefix("/"), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
      throw field.fail("\(field.name): expected a path that begins with \"/\"")
    }
    return text
  }

  private static func header(
    _ name: String, _ field: YAMLField
  ) throws(ProviderError) -> String {
    let text = try field.text()
    let secret = ["authorization", "x-api-key", "x-goog-api-key", "cookie"]
    guard !secret.contains(name.lowercased()) else {
      throw field.fail("extra_headers: \(name) carries a key; name the key's variable instead")
    }
    guard name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: ":") }),
      text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f })
    else { throw field.fail("extra_headers: control characters are not allowed") }
    return text
  }

  private static func isName(_ text: String) -> Bool {
    text.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        || byte == UInt8(ascii: "_")
    }
  }

  /// Capital letters, digits and "_", as variables of keys are written; a pasted key is none.
  private static func isVariable(_ text: String) -> Bool {
    text.utf8.count <= 64
      && text.utf8.allSatisfy { byte in
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
      }
  }
}
