package import ExpertPlatform
internal import ExpertRecord
internal import Foundation

/// A reply's bytes.
package enum HTTPReply {
  /// A whole reply.
  package static func whole(
    _ status: Int, _ body: [UInt8], type: String = "application/json",
    headers: [HTTPHeader] = [], closes: Bool = false
  ) -> [UInt8] {
    let length = HTTPHeader("Content-Length", "\(body.count)")
    return head(status, type: type, headers: headers + [length], closes: closes) + body
  }

  /// The head of a reply that comes in chunks.
  package static func chunkedHead(
    _ status: Int, type: String, headers: [HTTPHeader] = []
  ) -> [UInt8] {
    head(status, type: type, headers: headers + [HTTPHeader("Transfer-Encoding", "chunked")])
  }

  /// One chunk; an empty one would end the reply and is none.
  package static func chunk(_ bytes: [UInt8]) -> [UInt8] {
    bytes.isEmpty ? [] : Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [13, 10]
  }

  /// The end of a reply in chunks.
  package static let lastChunk = Array("0\r\n\r\n".utf8)

  /// What a client that asks first is told before it sends its body.
  package static let goOn = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

  /// The body of a refusal, as the OpenAI API has it.
  package static func body(_ refusal: HTTPRefusal) -> [UInt8] {
    let error: JSONValue = [
      "code": refusal.code.map(JSONValue.string) ?? .null,
      "message": .string(refusal.message),
      "param": refusal.parameter.map(JSONValue.string) ?? .null, "type": .string(refusal.type),
    ]
    return CanonicalJSON.bytes(of: ["error": error])
  }

  private static func head(
    _ status: Int, type: String, headers: [HTTPHeader], closes: Bool = false
  ) -> [UInt8] {
    var text = "HTTP/1.1 \(status) \(reason(status))\r\n"
    let common = [
      HTTPHeader("Content-Type", type), HTTPHeader("Cache-Control", "no-store"),
      HTTPHeader("X-Content-Type-Options", "nosniff"),
      HTTPHeader("Connection", closes ? "close" : "keep-alive"),
    ]
    for header in common + headers { text += "\(header.name): \(header.value)\r\n" }
    return Array((text + "\r\n").utf8)
  }

  private static func reason(_ status: Int) -> String {
    switch status {
    case 200: "OK"
    case 204: "No Content"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 408: "Request Timeout"
    case 411: "Length Required"
    case 413: "Content Too Large"
    case 415: "Unsupported Media Type"
    case 417: "Expectation Failed"
    case 431: "Request Header Fields Too Large"
    case 500: "Internal Server Error"
    case 503: "Service Unavailable"
    case 505: "HTTP Version Not Supported"
    default: "Status"
    }
  }
}
