/// Requests that wait in a lane: first come, first served, but for those with a moment of their own.
struct WaitingLine: Sendable {
  struct Entry: Sendable, Hashable {
    var ticket: UInt64
    var size: Double
    var notBefore: Duration
  }

  /// In order of arrival; the first `head` are gone already.
  private var line: [Entry] = []
  private var head = 0
  /// Those whose moment may not have come.
  private var delayed: [Entry] = []

  var count: Int { line.count - head + delayed.count }
  var isEmpty: Bool { count == 0 }
  /// The earliest moment of the delayed.
  var earliest: Duration? { delayed.map(\.notBefore).min() }

  mutating func add(_ entry: Entry) {
    if entry.notBefore > .zero { delayed.append(entry) } else { line.append(entry) }
  }

  /// Who may go now: a delayed one whose moment has come, for it came first, or the line's head.
  func next(_ now: Duration) -> Entry? {
    let due = delayed.filter { $0.notBefore <= now }
    if let first = due.min(by: { ($0.notBefore, $0.ticket) < ($1.notBefore, $1.ticket) }) {
      return first
    }
    return head < line.count ? line[head] : nil
  }

  mutating func removeNext(_ entry: Entry) {
    if head < line.count, line[head].ticket == entry.ticket {
      head += 1
      compact()
    } else {
      delayed.removeAll { $0.ticket == entry.ticket }
    }
  }

  mutating func remove(_ ticket: UInt64) -> Bool {
    if let index = delayed.firstIndex(where: { $0.ticket == ticket }) {
      delayed.remove(at: index)
      return true
    }
    guard let index = line[head...].firstIndex(where: { $0.ticket == ticket }) else { return false }
    line.remove(at: index)
    return true
  }

  mutating func removeAll() -> [UInt64] {
    let tickets = line[head...].map(\.ticket) + delayed.map(\.ticket)
    self = WaitingLine()
    return tickets
  }

  /// Drops the part of the list that is gone once it is the larger part.
  private mutating func compact() {
    guard head > 64, head * 2 > line.count else { return }
    line.removeFirst(head)
    head = 0
  }
}
