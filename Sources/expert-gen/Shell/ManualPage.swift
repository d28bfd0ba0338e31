package import ExpertRecord

/// The manual page, from the description of the commands that ArgumentParser dumps as JSON.
/// The macros are those of man(7).
package enum ManualPage {
  /// The page of the command that `dump` describes. Throws `JSONError` when it is no JSON.
  package static func text(dump: String) throws(JSONError) -> String {
    let root = try JSONValue.parse(dump)
    guard let command = root["command"] else { return "" }
    let name = command["commandName"]?.string ?? ""
    var page = [
      ".TH \(name.uppercased()) 1 \"\" \"\(name) \(ExpertGen.version)\"",
      ".SH NAME", "\(name) \\- \(escaped(command["abstract"]?.string ?? ""))",
      ".SH SYNOPSIS", ".B \(name)", "[\\fIcommand\\fR] [\\fIoptions\\fR]",
      ".SH DESCRIPTION",
    ]
    page += paragraphs(command["discussion"]?.string)
    page.append(".SH COMMANDS")
    page += commands(below: command, prefix: [name])
    page += environment
    return page.joined(separator: "\n") + "\n"
  }

  /// Every command below, depth first; groups without arguments of their own only lead on.
  private static func commands(below command: JSONValue, prefix: [String]) -> [String] {
    (command["subcommands"]?.array ?? []).flatMap { child -> [String] in
      let name = child["commandName"]?.string ?? ""
      guard name != "help", child["shouldDisplay"]?.bool ?? true else { return [] }
      let path = prefix + [name]
      let below = commands(below: child, prefix: path)
      return below.isEmpty ? section(child, path) : below
    }
  }

  private static func section(_ command: JSONValue, _ path: [String]) -> [String] {
    var lines = [".SS \(escaped(path.joined(separator: " ")))"]
    lines += paragraphs(command["abstract"]?.string)
    for argument in command["arguments"]?.array ?? [] {
      guard argument["shouldDisplay"]?.bool ?? true else { continue }
      lines.append(".TP")
      lines.append(heading(argument))
      let fallback = argument["defaultValue"]?.string.map { " (default: \($0))" } ?? ""
      lines.append(escaped((argument["abstract"]?.string ?? "") + fallback))
    }
    return lines + paragraphs(command["discussion"]?.string, opening: ".PP")
  }

  /// `--count N` or `FILE`, names in bold and values in italics.
  private static func heading(_ argument: JSONValue) -> String {
    let value = escaped((argument["valueName"]?.string ?? "value").uppercased())
    guard argument["kind"]?.string != "positional" else { return "\\fI\(value)\\fR" }
    let names = (argument["names"]?.array ?? []).map { name -> String in
      let dashes = name["kind"]?.string == "long" ? "\\-\\-" : "\\-"
      return "\\fB\(dashes)\(escaped(name["name"]?.string ?? ""))\\fR"
    }
    let joined = names.joined(separator: ", ")
    return argument["kind"]?.string == "option" ? "\(joined) \\fI\(value)\\fR" : joined
  }

  /// Paragraphs of a discussion; indented lines are examples and keep their form.
  private static func paragraphs(_ text: String?, opening: String? = nil) -> [String] {
    guard let text, !text.isEmpty else { return [] }
    var lines = opening.map { [$0] } ?? []
    var isExample = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let indented = line.hasPrefix("  ")
      if indented != isExample { lines.append(indented ? ".PP\n.nf" : ".fi") }
      isExample = indented
      lines.append(line.isEmpty ? ".PP" : escaped(String(line)))
    }
    if isExample { lines.append(".fi") }
    return lines
  }

  /// Backslashes and dashes kept as they are, and no line that starts like a macro.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for (index, character) in text.enumerated() {
      switch character {
      case "\\": result += "\\e"
      case "-": result += "\\-"
      case ".", "'": result += (index == 0 ? "\\&" : "") + String(character)
      case "\n": result += " "
      default: result.append(character)
      }
    }
    return result
  }

  private static let environment = [
    ".SH ENVIRONMENT",
    ".TP", "\\fBEXPERT_STORE\\fR", "The store's file, where \\fB\\-\\-store\\fR names none.",
    ".TP", "\\fBEXPERT_HOME\\fR", "The user's own folder (default: ~/.expert).",
    ".TP", "\\fBNO_COLOR\\fR", "Any value switches colours off.",
    ".TP", "\\fBSOURCE_DATE_EPOCH\\fR", "Seconds since 1970 to use for the present time.",
    ".SH EXIT STATUS",
    ".TP", "0", "Done.", ".TP", "1", "Failed, or stopped short of what was asked.",
    ".TP", "2", "Wrong usage.", ".TP", "3", "A key, a library or a program is missing.",
    ".TP", "11", "Damage found, or data that fails validation.", ".TP", "130", "Interrupted.",
  ]
}
