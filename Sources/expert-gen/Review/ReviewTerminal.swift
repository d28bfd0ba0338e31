internal import ExpertGeneration
internal import ExpertRecord
internal import Foundation

/// A review session in the terminal: shows a record, asks for a letter, edits in `$EDITOR` or line
/// by line. Reads its answers from standard input, so a script can be the person.
struct ReviewTerminal {
  let terminal: Terminal
  /// The editor's command, from `VISUAL` or `EDITOR`; `nil` where there is none.
  let editor: String?
  /// The next line of answers; `nil` at their end.
  var readAnswer: () -> String? = { readLine() }

  init(
    terminal: Terminal, environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    self.terminal = terminal
    let named = environment["VISUAL"] ?? environment["EDITOR"]
    editor = named.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Puts every item before the person and returns what was decided.
  func run(_ items: [ReviewItem]) -> ReviewOutcome {
    var queue = ReviewQueue(items)
    var action = queue.next
    while case .show(let item) = action, !Interruption.happened {
      show(item, progress: queue.progress)
      action = queue.decide(ask(item))
    }
    return queue.finish()
  }

  private func show(_ item: ReviewItem, progress: (number: Int, of: Int)) {
    let facts = [
      item.attributes.difficulty?.rawValue, item.attributes.split?.rawValue,
      item.attributes.labels.isEmpty ? nil : item.attributes.labels.joined(separator: ","),
    ]
    let title = "\(progress.number) of \(progress.of)  \(item.rid)"
    Console.note("")
    Console.note(
      terminal.styled(([title] + facts.compactMap(\.self)).joined(separator: "  "), .bold))
    for line in RecordText.lines(item.record, terminal: terminal) { Console.note(line) }
  }

  /// Asks until the answer is one.
  private func ask(_ item: ReviewItem) -> ReviewDecision {
    while true {
      Console.write("[a]ccept  [e]dit  [r]eject  [s]kip  [q]uit: ", to: STDERR_FILENO)
      guard let answer = readAnswer() else { return .stop }
      let words = answer.split(separator: " ", maxSplits: 1).map(String.init)
      switch words.first ?? "" {
      case "a", "accept": return .accept
      case "s", "skip": return .skip
      case "q", "quit": return .stop
      case "r", "reject": return .reject(words.count > 1 ? words[1] : "rejected in review")
      case "e", "edit":
        if let record = edit(item.record, field: words.count > 1 ? words[1] : nil) {
          return .edit(record)
        }
      default: Console.note("answer with one of the letters; `r REASON` and `e FIELD` say more")
      }
    }
  }

  /// The changed record, or `nil` where the edit was given up or its result is no record.
  private func edit(_ record: Record, field: String?) -> Record? {
    do {
      if field == nil, let editor {
        return try RecordEditor(command: editor).edit(record)
      }
      return try editField(record, field: field)
    } catch {
      Console.note("not changed: \(VisibleText.line(String(describing: error)))")
      return nil
    }
  }

  /// Replaces one field by lines that end with a lone full stop.
  private func editField(_ record: Record, field: String?) throws -> Record? {
    let fields = record.kind.fields
    guard let name = field ?? ask("field (\(fields.joined(separator: ", "))): ") else { return nil }
    guard fields.contains(name), case .object(var members) = record.json else {
      Console.note("there is no field \(VisibleText.line(name))")
      return nil
    }
    Console.note("new text, ended by a line with a single full stop:")
    var lines: [String] = []
    while let line = readAnswer(), line != "." { lines.append(line) }
    let text = lines.joined(separator: "\n")
    for index in members.indices where members[index].name == name {
      members[index].value =
        members[index].value.string == nil ? try JSONValue.parse(text) : .string(text)
    }
    return try Record(json: .object(members), kind: record.kind)
  }

  private func ask(_ question: String) -> String? {
    Console.write(question, to: STDERR_FILENO)
    return readAnswer()
  }
}
