import ExpertRecord
import Testing

@Suite struct BenchCommandTests {
  @Test func everyPartHasAPeakOfMemoryOfItsOwn() throws {
    let outcome = try CommandLineTool().run("bench", "data", "--quick", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let figures = try #require(try outcome.json()["figures"]?.array)
    func peak(_ part: String) throws -> Double {
      let line = figures.first { $0["name"]?.string == "peak memory, \(part)" }
      return try #require(line?["rate"]?.number)
    }
    // In one process the peaks of the later parts could only grow.
    #expect(try peak("duplicates") > peak("parser"))
    #expect(try peak("http") < peak("store"))
    #expect(figures.contains { $0["name"]?.string == "export" })
  }

  @Test func onePartIsMeasuredAlone() throws {
    let tool = try CommandLineTool()
    let outcome = try tool.run("bench", "data", "--quick", "--part", "parser", "--json")
    let names = try outcome.json()["figures"]?.array?.map { $0["name"]?.string }
    #expect(names == ["JSON parser, one core", "peak memory, parser"])
    #expect(try tool.run("bench", "data", "--part", "disk").status == 2)
  }
}
