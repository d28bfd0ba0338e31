internal import ExpertLoopback
internal import ExpertPlatform
internal import ExpertRecord
internal import Synchronization

/// A scripted provider whose answers hold valid records that no two arrivals share, and which
/// remembers who asked what, in what order.
final class ScriptedModel: Sendable {
  /// One question as it arrived.
  struct Arrival: Sendable {
    /// The words and the seed: slots that ask the same differ by the seed.
    var question: String
    var time: Duration
    /// Whether it was answered with records.
    var isAnswered: Bool
  }

  private struct State {
    var arrivals: [Arrival] = []
    var random: SeededGenerator
  }

  private let state: Mutex<State>
  /// Records in each answer.
  private let batch: Int
  private let delay: ClosedRange<UInt64>
  /// Replaces the good reply to the arrival of this number where it gives another one.
  private let instead: @Sendable (Int, DialectScript.Question) -> ScriptedReply?

  /// `delay` is in milliseconds.
  init(
    seed: UInt64 = 1, batch: Int = 1, delay: ClosedRange<UInt64> = 0...0,
    instead: @escaping @Sendable (Int, DialectScript.Question) -> ScriptedReply? = { _, _ in nil }
  ) {
    state = Mutex(State(random: SeededGenerator(seed: seed, stream: "scripted model")))
    self.batch = batch
    self.delay = delay
    self.instead = instead
  }

  var arrivals: [Arrival] { state.withLock { $0.arrivals } }
  var count: Int { state.withLock { $0.arrivals.count } }
  var answered: Int { state.withLock { state in state.arrivals.count { $0.isAnswered } } }

  /// A server that speaks for this model in one dialect, or in that of each path.
  func server(_ dialect: Dialect? = nil) throws -> ScriptedServer {
    try ScriptedServer(
      DialectScript.replying(dialect: dialect) { [self] question in
        reply(to: question, in: dialect ?? question.dialect)
      })
  }

  private func reply(to question: DialectScript.Question, in dialect: Dialect) -> ScriptedReply {
    let (number, wait) = state.withLock { state in
      state.arrivals.append(
        Arrival(
          question: Self.identity(of: question), time: question.request.time, isAnswered: false))
      return (state.arrivals.count - 1, state.random.next() % (delay.upperBound + 1))
    }
    if let other = instead(number, question) { return other }
    state.withLock { $0.arrivals[number].isAnswered = true }
    let answer = DialectAnswer(Self.text(number, batch: batch), model: question.model)
    let good = dialect.reply(answer)
    let milliseconds = max(delay.lowerBound, wait)
    return milliseconds == 0 ? good : good.delayed(.milliseconds(Int64(milliseconds)))
  }

  /// What tells a question from all others, as the wire shows it.
  private static func identity(of question: DialectScript.Question) -> String {
    let seed = question.body["seed"] ?? question.body["generationConfig"]?["seed"]
    return question.prompt + "#" + (seed?.integer.map(String.init) ?? "")
  }

  /// The same, from a request as the store keeps it.
  static func identity(ofStored request: JSONValue, hasSeed: Bool) -> String {
    let prompt = request["messages"]?.array?.last { $0["role"]?.string == "user" }
    let seed = hasSeed ? request["seed"]?.string ?? "" : ""
    return (prompt?["content"]?.string ?? "") + "#" + seed
  }

  /// An answer that no other arrival gets.
  static func text(_ number: Int, batch: Int) -> String {
    CanonicalJSON.text(of: [
      "records": .array((0..<batch).map { record(number * 100 + $0) })
    ])
  }

  private static func record(_ number: Int) -> JSONValue {
    var random = SeededGenerator(seed: UInt64(number), stream: "scripted record")
    let words = (0..<18).map { _ in
      StoreFixture.words[Int(random.next() % 20)] + String(random.next() % 1000)
    }
    // The answer is a JSON text too, so that it passes whatever kind of answer a plan declares.
    let answer = CanonicalJSON.text(of: .string(words.reversed().joined(separator: " ")))
    return [
      "instruction": .string("Reverse the order of the words in list \(number)."),
      "input": .string(words.joined(separator: " ")), "output": .string(answer),
    ]
  }
}
