/// One accepted connection and the reply it is busy with.
final class ServerConnection {
  let descriptor: Int32
  let number: Int
  var input: [UInt8] = []
  var output: [UInt8] = []
  /// How much of `output` the system has taken.
  var sent = 0
  var closed = false
  var reply: ReplyProgress?
  /// When the request came that is being answered.
  var requestTime = Duration.zero

  init(descriptor: Int32, number: Int) {
    self.descriptor = descriptor
    self.number = number
  }

  func begin(_ reply: ScriptedReply, index: Int?) {
    self.reply = ReplyProgress(steps: reply.steps, index: index)
  }
}

/// How far a reply's steps have been performed.
struct ReplyProgress {
  enum Action {
    case send([UInt8])
    case pause(Duration)
    case hang, close, reset
  }

  /// Waiting for a timer, or for ever.
  var waiting = false
  /// The request's number; `nil` when there was no proper request.
  let index: Int?
  private let steps: [ScriptedReply.Step]
  private var position = 0
  /// How often the present step has been repeated.
  private var repetition = 0
  /// A repeated step pauses between two sends.
  private var pauseFirst = false

  init(steps: [ScriptedReply.Step], index: Int?) {
    self.steps = steps
    self.index = index
  }

  /// What to do next; `nil` when the reply is over.
  mutating func next() -> Action? {
    while position < steps.count {
      switch steps[position] {
      case .bytes(let bytes):
        return finishStep(.send(bytes))
      case .wait(let duration):
        return finishStep(.pause(duration))
      case .silence: return finishStep(.hang)
      case .close: return finishStep(.close)
      case .reset: return finishStep(.reset)
      case .repeated(let bytes, let count):
        if repetition < count {
          repetition += 1
          return .send(bytes)
        }
        _ = finishStep(.hang)
      case .drip(let bytes, let interval):
        if let action = beat(interval, until: bytes.count, { [bytes[$0]] }) { return action }
        _ = finishStep(.hang)
      case .forever(let bytes, let interval):
        if let action = beat(interval, until: .max, { _ in bytes }) { return action }
      }
    }
    return nil
  }

  private mutating func finishStep(_ action: Action) -> Action {
    position += 1
    repetition = 0
    pauseFirst = false
    return action
  }

  /// Alternates sends with pauses; `nil` when `count` sends are done.
  private mutating func beat(
    _ interval: Duration, until count: Int, _ bytes: (Int) -> [UInt8]
  ) -> Action? {
    guard repetition < count else { return nil }
    if pauseFirst {
      pauseFirst = false
      return .pause(interval)
    }
    pauseFirst = true
    defer { repetition += 1 }
    return .send(bytes(repetition))
  }
}
