package import ExpertRecord

/// One cell of a plan: what a request in it asks for.
package struct PlanCell: Sendable, Hashable {
  package var topic: String
  package var difficulty: Difficulty

  package init(topic: String, difficulty: Difficulty) {
    self.topic = topic
    self.difficulty = difficulty
  }
}
