import ExpertGeneration
import Testing

@Suite struct BudgetTests {
  @Test func neverReservesPastTheLimit() {
    var budget = Budget(limit: 100, spent: 10)
    let first = [60, 31, 30].map { budget.reserve($0) }
    #expect(first == [true, false, true])
    #expect(budget.spent + budget.reserved == 100)
    budget.settle(reserved: 60, cost: 5)
    #expect(budget.spent == 15)
    let second = [55, 1].map { budget.reserve($0) }
    #expect(second == [true, false])
  }

  @Test func withoutALimitEverythingFits() {
    var budget = Budget(limit: nil)
    let fits = budget.reserve(.max / 4)
    #expect(fits)
  }
}
