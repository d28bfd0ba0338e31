/// Money, in millionths of a US dollar: what was spent, and what the requests in flight may cost.
///
/// A request is sent only when its highest possible cost still fits, so the sum never passes the
/// limit. Pure: the caller reserves before asking and settles after.
package struct Budget: Sendable, Hashable {
  /// `nil` = no limit.
  package var limit: Int64?
  package private(set) var spent: Int64
  package private(set) var reserved: Int64 = 0

  package init(limit: Int64?, spent: Int64 = 0) {
    self.limit = limit
    self.spent = spent
  }

  /// Sets the highest cost of one request aside; `false` when it would pass the limit.
  package mutating func reserve(_ highest: Int64) -> Bool {
    if let limit, spent + reserved + highest > limit { return false }
    reserved += highest
    return true
  }

  /// Replaces what was set aside by what the request did cost.
  package mutating func settle(reserved highest: Int64, cost: Int64) {
    reserved -= highest
    spent += cost
  }
}
