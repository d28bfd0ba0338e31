import ExpertCuration
import ExpertPlatform
import ExpertRecord
import ExpertTestSupport
import FoundationEssentials
import Testing

@Suite struct DuplicateCacheTests {
  private let basis = SHA256.hash("version 1")
  private let texts = families(60, copies: 2, seed: 5)

  private func filled() -> DuplicateIndex {
    let index = DuplicateIndex(threshold: 0.85)
    _ = index.judge(texts, ids: texts.indices.map { $0 + 1000 })
    return index
  }

  private func verdicts(_ index: DuplicateIndex) -> [DuplicateVerdict] {
    let more = families(60, copies: 3, seed: 5) + texts
    return index.judge(more, ids: more.indices.map { $0 + 100_000 })
  }

  @Test func aLoadedIndexJudgesAsTheSavedOne() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("dedup.cache")
    let index = filled()
    try index.save(to: path, basis: basis)
    let loaded = try #require(DuplicateIndex.load(from: path, basis: basis, threshold: 0.85))
    #expect(loaded.count == index.count && index.count > 50)
    #expect(verdicts(loaded) == verdicts(index))
  }

  @Test func aCacheOfOtherRecordsOrBandsIsNotUsed() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("dedup.cache")
    try filled().save(to: path, basis: basis)
    #expect(DuplicateIndex.load(from: path, basis: SHA256.hash("version 2")) == nil)
    #expect(DuplicateIndex.load(from: path, basis: basis, threshold: 0.6) == nil)
    #expect(DuplicateIndex.load(from: folder.file("none"), basis: basis) == nil)
    #expect(DuplicateIndex.load(from: path, basis: basis, threshold: 0.9) != nil)
  }

  @Test func everyFlippedBitAndEveryCutIsNoticed() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("dedup.cache")
    try filled().save(to: path, basis: basis)
    let good = try #require(FileManager.default.contents(atPath: path))
    var random = SeededGenerator(seed: 1, stream: "flips")
    for trial in 0..<200 {
      var bad = good
      if trial % 4 == 0 {
        bad = bad.prefix(random.below(good.count))
      } else {
        bad[random.below(trial % 2 == 0 ? 96 : good.count)] ^= 1 << random.below(8)
      }
      #expect(FileManager.default.createFile(atPath: path, contents: bad))
      #expect(DuplicateIndex.load(from: path, basis: basis) == nil, "trial \(trial)")
    }
    #expect(FileManager.default.createFile(atPath: path, contents: good))
    #expect(DuplicateIndex.load(from: path, basis: basis) != nil)
  }

  @Test func aDamagedCacheIsRebuiltAndAGoodOneIsNot() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("dedup.cache")
    #expect(FileManager.default.createFile(atPath: path, contents: Data("garbage".utf8)))
    var rebuilt = 0
    for _ in 0..<2 {
      let index = DuplicateIndex.open(cache: path, basis: basis) { index in
        rebuilt += 1
        _ = index.judge(texts, ids: Array(texts.indices))
      }
      #expect(index.count == filled().count)
    }
    #expect(rebuilt == 1)
  }

  @Test func aCacheThatCannotBeWrittenSaysWhere() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("missing/dedup.cache")
    #expect(throws: CurationError.self) { try filled().save(to: path, basis: basis) }
  }
}
