internal import ExpertPackage
internal import ExpertRecord
import Testing

@Suite struct ResolutionTests {
  private func candidate(
    _ name: String, _ version: String, requires: [String] = [], not: [String] = [],
    installed: Bool = false, base: String = "b"
  ) throws -> Resolver.Candidate {
    Resolver.Candidate(
      name: name, version: try #require(ExpertVersion(version)), base: base,
      requires: requires.compactMap { VersionPattern($0) },
      incompatibleWith: not.compactMap { VersionPattern($0) }, isInstalled: installed)
  }

  private func titles(_ candidates: [Resolver.Candidate]) -> [String] {
    candidates.map { "\($0.name)@\($0.version)" }
  }

  @Test func theNewestVersionsThatFitAreChosen() throws {
    var resolver = Resolver([
      try candidate("b", "1.0.0"), try candidate("b", "1.9.0"), try candidate("b", "2.0.0"),
      try candidate("c", "1.0.0", requires: ["b@<2.0.0"]),
    ])
    let wanted = try candidate("a", "1.0.0", requires: ["b@>=1.0.0", "c@*"])
    // b 2.0.0 would be newer, but c cannot live with it: the search goes back.
    #expect(titles(try resolver.resolve(wanted)) == ["a@1.0.0", "b@1.9.0", "c@1.0.0"])
  }

  @Test func anEnemyIsAvoidedInEitherDirection() throws {
    var resolver = Resolver([
      try candidate("b", "2.0.0", not: ["a@*"]), try candidate("b", "1.0.0"),
      try candidate("c", "2.0.0"), try candidate("c", "1.0.0"),
    ])
    let wanted = try candidate("a", "1.0.0", requires: ["b", "c"], not: ["c@2.0.0"])
    #expect(titles(try resolver.resolve(wanted)) == ["a@1.0.0", "b@1.0.0", "c@1.0.0"])
  }

  @Test func whatCannotBeSatisfiedSaysWhy() throws {
    var resolver = Resolver([
      try candidate("b", "1.0.0", base: "other"), try candidate("c", "1.0.0"),
    ])
    for (requires, word) in [(["b"], "base b"), (["c@>=2.0.0"], "c@>=2.0.0"), (["zz"], "zz")] {
      let wanted = try candidate("a", "1.0.0", requires: requires)
      do {
        _ = try resolver.resolve(wanted)
        Issue.record("\(requires) was satisfied")
      } catch {
        #expect("\(error)".contains(word))
      }
    }
  }

  @Test func aCircleOfRequirementsIsResolvedOnceEach() throws {
    var resolver = Resolver([try candidate("b", "1.0.0", requires: ["a@*"])])
    let wanted = try candidate("a", "1.0.0", requires: ["b"])
    #expect(titles(try resolver.resolve(wanted)) == ["a@1.0.0", "b@1.0.0"])
  }

  private func manifest(_ name: String, _ constraints: JSONValue = [:]) throws -> Manifest {
    try Manifest([
      "name": .string(name), "version": "1.0.0", "base_model": ["name": "b"],
      "adapters": [["type": "ia3", "target_modules": ["k_proj"]]], "constraints": constraints,
    ])
  }

  @Test func aChainIsLoadedByRequirementAndLoadOrder() throws {
    let chain = [
      try manifest("late", ["load_order": 9]), try manifest("needs", ["requires": ["late@*"]]),
      try manifest("plain"), try manifest("early", ["load_order": -1]),
    ]
    #expect(try ExpertChain.ordered(chain).map(\.name) == ["early", "plain", "late", "needs"])
  }

  @Test func aChainThatCannotBeIsRefused() throws {
    let one = try manifest("one")
    for other in [
      try manifest("two", ["incompatible_with": ["one@<=1.0.0"]]),
      try manifest("two", ["max_chain": 1]), try manifest("two", ["requires": ["three@*"]]), one,
    ] {
      #expect(throws: PackageError.self) { try ExpertChain.ordered([one, other]) }
      #expect(throws: PackageError.self) { try ExpertChain.ordered([other, one]) }
    }
    let circle = [
      try manifest("x", ["requires": ["y@*"]]), try manifest("y", ["requires": ["x@*"]]),
    ]
    #expect(throws: PackageError.self) { try ExpertChain.ordered(circle) }
    _ = try ExpertChain.ordered([one, try manifest("two", ["incompatible_with": ["one@<1.0.0"]])])
  }
}
