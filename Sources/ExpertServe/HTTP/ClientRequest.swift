package import ExpertPlatform

/// A request as it was read, whole.
package struct ClientRequest: Sendable, Hashable {
  package var method: String
  /// The target up to a question mark.
  package var path: String
  package var headers: [HTTPHeader]
  package var body: [UInt8]

  package init(method: String, path: String, headers: [HTTPHeader], body: [UInt8] = []) {
    self.method = method
    self.path = path
    self.headers = headers
    self.body = body
  }

  /// The values of all headers of this name, in any case.
  package func values(_ name: String) -> [String] {
    let wanted = name.lowercased()
    return headers.filter { $0.name.lowercased() == wanted }.map(\.value)
  }

  /// The value of a header that is there once; `nil` where it is absent or repeated.
  package func value(_ name: String) -> String? {
    let all = values(name)
    return all.count == 1 ? all[0] : nil
  }
}

/// Why a request is not served, in the form of the OpenAI API.
package struct HTTPRefusal: Error, Sendable, Hashable {
  package var status: Int
  /// `invalid_request_error`, `authentication_error`, …
  package var type: String
  /// A short stable name such as `model_not_found`.
  package var code: String?
  /// The parameter that is wrong.
  package var parameter: String?
  package var message: String

  package init(
    _ status: Int, _ message: String, type: String = "invalid_request_error",
    code: String? = nil, parameter: String? = nil
  ) {
    self.status = status
    self.type = type
    self.code = code
    self.parameter = parameter
    self.message = message
  }
}
