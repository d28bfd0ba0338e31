/// A binary heap of moments at which a connection goes on.
struct TimerHeap {
  struct Timer {
    var due: Duration
    var descriptor: Int32
    /// The connection's number: the descriptor may belong to another one by then.
    var connection: Int
  }

  private var items: [Timer] = []

  var nextDue: Duration? { items.first?.due }

  mutating func insert(due: Duration, descriptor: Int32, connection: Int) {
    items.append(Timer(due: due, descriptor: descriptor, connection: connection))
    var child = items.count - 1
    while child > 0, items[child].due < items[(child - 1) / 2].due {
      items.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  /// The earliest timer, if it is due.
  mutating func popDue(_ now: Duration) -> Timer? {
    guard let first = items.first, first.due <= now else { return nil }
    let last = items.removeLast()
    if !items.isEmpty {
      items[0] = last
      siftDown()
    }
    return first
  }

  private mutating func siftDown() {
    var parent = 0
    while true {
      let left = 2 * parent + 1
      guard left < items.count else { return }
      let right = left + 1
      let smaller = right < items.count && items[right].due < items[left].due ? right : left
      guard items[smaller].due < items[parent].due else { return }
      items.swapAt(smaller, parent)
      parent = smaller
    }
  }
}
