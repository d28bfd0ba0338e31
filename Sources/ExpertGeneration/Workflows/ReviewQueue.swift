package import ExpertRecord

/// A record put before a person.
package struct ReviewItem: Sendable, Hashable {
  package var rid: RecordID
  package var record: Record
  package var attributes: RecordAttributes

  package init(rid: RecordID, record: Record, attributes: RecordAttributes) {
    self.rid = rid
    self.record = record
    self.attributes = attributes
  }
}

/// What the person says of it.
package enum ReviewDecision: Sendable, Hashable {
  case accept
  /// Keep it with another text.
  case edit(Record)
  /// Take it out of the dataset, for a reason.
  case reject(String)
  /// Say nothing of it.
  case skip
  /// End the session; what was decided counts.
  case stop
}

/// What to do next.
package enum ReviewAction: Sendable, Hashable {
  case show(ReviewItem)
  case finish
}

/// What a session decided; it becomes one commit.
package struct ReviewOutcome: Sendable, Hashable {
  /// Accepted as they are.
  package var accepted: [ReviewItem] = []
  /// Accepted with the text that stands in the item now.
  package var edited: [ReviewItem] = []
  /// Rejected, each with its reason.
  package var rejected: [Rejected] = []
  /// Skipped, or not reached.
  package var undecided = 0

  package struct Rejected: Sendable, Hashable {
    package var item: ReviewItem
    package var reason: String
  }

  /// Whether anything was decided.
  package var isEmpty: Bool { accepted.isEmpty && edited.isEmpty && rejected.isEmpty }
}

/// The order of a review session and what was decided in it. Pure: a terminal, a web page or a
/// test shows the records and hands the decisions in.
package struct ReviewQueue: ~Copyable {
  private let items: [ReviewItem]
  private var position = 0
  private var outcome = ReviewOutcome()

  package init(_ items: [ReviewItem]) { self.items = items }

  /// The number of the record to be shown, from 1, and of all.
  package var progress: (number: Int, of: Int) { (min(position + 1, items.count), items.count) }

  /// What to do first, or again after an answer that was none.
  package var next: ReviewAction {
    position < items.count ? .show(items[position]) : .finish
  }

  /// Takes the decision on the record that is shown. An edit that changes nothing is an acceptance.
  package mutating func decide(_ decision: ReviewDecision) -> ReviewAction {
    guard position < items.count else { return .finish }
    var item = items[position]
    position += 1
    switch decision {
    case .accept: outcome.accepted.append(item)
    case .edit(let record) where record == item.record: outcome.accepted.append(item)
    case .edit(let record):
      item.record = record
      outcome.edited.append(item)
    case .reject(let reason): outcome.rejected.append(.init(item: item, reason: reason))
    case .skip: outcome.undecided += 1
    case .stop:
      outcome.undecided += items.count - position + 1
      position = items.count
    }
    return next
  }

  /// Ends the session.
  package consuming func finish() -> ReviewOutcome {
    var outcome = outcome
    outcome.undecided += items.count - position
    return outcome
  }
}
