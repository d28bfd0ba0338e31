package import ExpertPlatform
package import ExpertRecord
internal import Mustache
internal import Yams

/// A prompt template: `Prompts/<name>/v<version>.md`.
///
/// The file starts with YAML front matter between lines of `---` (`description`, and `formats`, the
/// generation formats it serves), followed by messages, each headed by a line `[[system]]` or
/// `[[user]]`. Bodies are mustache with content type TEXT: nothing is escaped, because a prompt is
/// no HTML. What is filled in is data; the result is never expanded again.
package struct PromptTemplate: Sendable {
  package var name: String
  package var version: Int
  /// The whole file, front matter included: what the digest covers and the store keeps.
  package var text: String
  package var description: String
  package var formats: [GenerationFormat]
  private var parts: [(role: String, body: MustacheTemplate)]

  /// The SHA-256 of the file under the template domain tag.
  package var digest: Digest { Digest.tagged(.template, Array(text.utf8)) }

  /// Reads a template. `path` only names the file in errors.
  package init(name: String, version: Int, text: String, path: String) throws(PromptError) {
    self.name = name
    self.version = version
    self.text = text
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.first == "---",
      let end = lines.dropFirst().firstIndex(of: "---")
    else {
      throw .malformed(path: path, line: 1, message: "expected YAML front matter between two ---")
    }
    let header = try Self.frontMatter(lines[1..<end].joined(separator: "\n"), path: path)
    description = header.description
    formats = header.formats
    parts = try Self.messages(in: lines, from: end + 1, path: path)
  }

  private static func frontMatter(
    _ yaml: String, path: String
  ) throws(PromptError) -> (description: String, formats: [GenerationFormat]) {
    let node: Node?
    do {
      node = try Yams.compose(yaml: yaml)
    } catch {
      throw .malformed(path: path, line: 2, message: "the front matter is no YAML: \(error)")
    }
    guard let mapping = node?.mapping, let description = mapping["description"]?.string else {
      throw .malformed(path: path, line: 2, message: "the front matter needs a description")
    }
    var formats: [GenerationFormat] = []
    for entry in mapping["formats"]?.array() ?? [] {
      guard let format = GenerationFormat(rawValue: entry.string ?? "") else {
        let known = GenerationFormat.allCases.map(\.rawValue).joined(separator: ", ")
        throw .malformed(
          path: path, line: (entry.mark?.line ?? 1) + 1, message: "formats are among: \(known)")
      }
      formats.append(format)
    }
    return (description, formats)
  }

  private static func messages(
    in lines: [String], from start: Int, path: String
  ) throws(PromptError) -> [(role: String, body: MustacheTemplate)] {
    var found: [(role: String, line: Int, body: [String])] = []
    for index in start..<lines.count {
      let line = lines[index]
      if line == "[[system]]" || line == "[[user]]" {
        found.append((String(line.dropFirst(2).dropLast(2)), index + 1, []))
      } else if !found.isEmpty {
        found[found.count - 1].body.append(line)
      } else if !line.isEmpty {
        throw .malformed(
          path: path, line: index + 1, message: "expected a line [[system]] or [[user]]")
      }
    }
    guard found.contains(where: { $0.role == "user" }) else {
      throw .malformed(path: path, line: lines.count, message: "there is no [[user]] message")
    }
    var parts: [(role: String, body: MustacheTemplate)] = []
    for message in found {
      let source = "{{% CONTENT_TYPE:TEXT}}" + message.body.joined(separator: "\n")
      do {
        parts.append((message.role, try MustacheTemplate(string: source)))
      } catch {
        throw .malformed(path: path, line: message.line, message: "mustache: \(error)")
      }
    }
    return parts
  }

  /// The messages with `context` filled in; leading and trailing white space is trimmed.
  package func render(_ context: [String: PromptValue]) -> [Message] {
    let values = context.mapValues(\.mustache)
    return parts.map { part in
      Message(role: part.role, content: Self.trimmed(part.body.render(values)))
    }
  }

  private static func trimmed(_ text: String) -> String {
    let isSpace: (Character) -> Bool = { $0.isWhitespace }
    var rest = text[...]
    rest = rest.drop(while: isSpace)
    while let last = rest.last, isSpace(last) { rest.removeLast() }
    return String(rest)
  }
}

/// A value that a template may name.
package enum PromptValue: Sendable, Hashable {
  case text(String)
  case number(Int)
  case flag(Bool)
  case list([PromptValue])
  case fields([String: PromptValue])

  fileprivate var mustache: Any {
    switch self {
    case .text(let text): text
    case .number(let number): number
    case .flag(let flag): flag
    case .list(let values): values.map(\.mustache)
    case .fields(let fields): fields.mapValues(\.mustache)
    }
  }
}

/// What can be wrong with a prompt template.
package enum PromptError: Error, Sendable, Hashable, CustomStringConvertible {
  case malformed(path: String, line: Int, message: String)
  case unknown(name: String, known: [String])

  package var description: String {
    switch self {
    case .malformed(let path, let line, let message): "\(path):\(line): \(message)"
    case .unknown(let name, let known):
      "there is no prompt template “\(name)”; there are: \(known.joined(separator: ", "))"
    }
  }
}
