package import ExpertModel
package import ExpertPlatform
internal import ExpertTensors

/// The k likeliest tokens of a teacher before each target of every example.
///
/// They are large (some 400 bytes a target at k = 64), so where there is a cache only those of the
/// microbatch at hand are in memory; they are read through a store of their own, for a run closes
/// its store before the first step.
package struct TeacherAnswers {
  private enum Source {
    case memory([[UInt8]])
    case cache(PrecomputedCache, items: [String])
  }

  private let source: Source
  private let examples: [TokenExample]
  /// Examples that were read from the cache.
  package let cached: Int
  /// Examples that were computed.
  package let computed: Int

  /// Asks a teacher for what the cache does not have yet.
  ///
  /// `examples` are those of places 0 and on, and `student` the shape of what will learn from the
  /// answers: throws `otherVocabulary` where it knows other tokens. `progress` is called with the
  /// examples known so far and all of them; it throws to cancel, and what was computed stays in the
  /// cache.
  package init(
    of examples: [TokenExample], k: Int, teacher: BaseModel, adapter: Adapter? = nil,
    student: ModelConfig, cache: PrecomputedCache? = nil, tokensAtOnce: Int = 2048,
    pool: ThreadPool, progress: (Int, Int) throws -> Void = { _, _ in }
  ) throws {
    guard teacher.config.vocabularySize == student.vocabularySize else {
      throw TrainingError.otherVocabulary(
        teacher: teacher.config.vocabularySize, student: student.vocabularySize)
    }
    let examples = examples.map { $0.replacingSoftPrompt(with: 0) }
    let items = PrecomputedCache.items(examples.map(\.rid))
    let asking = Asking(
      pass: FrozenPass(teacher, adapter: adapter, pool: pool), k: k, tokensAtOnce: tokensAtOnce,
      pool: pool)
    let keepsAll = cache == nil || cache?.isReadOnly == true
    var bodies: [[UInt8]?] = Array(repeating: nil, count: examples.count)
    var missing: [Int] = []
    for place in examples.indices {
      let body = try cache?.rows([items[place]])[items[place]]
      let fits = body.flatMap { TeacherRow(bytes: $0) }.map {
        $0.fingerprint == TokenExample.fingerprint([examples[place]])
      }
      if fits == true { if keepsAll { bodies[place] = body } } else { missing.append(place) }
    }
    var done = examples.count - missing.count
    try progress(done, examples.count)
    for batch in asking.batches(missing, of: examples) {
      let rows = asking.rows(of: batch.map { examples[$0] })
      if keepsAll {
        for (place, row) in zip(batch, rows) { bodies[place] = row.bytes }
      } else {
        try cache?.keep(zip(batch, rows).map { (items[$0], $1.bytes) })
      }
      done += batch.count
      try progress(done, examples.count)
    }
    self.examples = examples
    cached = examples.count - missing.count
    computed = missing.count
    if let cache, !keepsAll {
      source = .cache(try cache.reader(), items: items)
    } else {
      source = .memory(bodies.compactMap { $0 })
    }
  }

  /// The answers of some examples, row by row in the order of their targets.
  func answers(of places: [Int]) throws -> TopKTeacher {
    var found = TopKTeacher(k: 0, ids: [], logProbabilities: [])
    for (place, body) in zip(places, try bodies(of: places)) {
      guard let row = body.flatMap({ TeacherRow(bytes: $0) }),
        row.answers.ids.count == examples[place].targetCount * row.answers.k
      else { throw TrainingError.noAnswer(example: examples[place].rid) }
      found.k = row.answers.k
      found.ids += row.answers.ids
      found.logProbabilities += row.answers.logProbabilities
    }
    return found
  }

  private func bodies(of places: [Int]) throws -> [[UInt8]?] {
    switch source {
    case .memory(let bodies): return places.map { bodies[$0] }
    case .cache(let cache, let items):
      let rows = try cache.rows(places.map { items[$0] })
      return places.map { rows[items[$0]] }
    }
  }
}

/// A teacher that is asked for several examples at once.
private struct Asking {
  var pass: FrozenPass
  var k: Int
  var tokensAtOnce: Int
  var pool: ThreadPool

  /// Places in runs that fill a pass.
  func batches(_ places: [Int], of examples: [TokenExample]) -> [[Int]] {
    var batches: [[Int]] = []
    var room = 0
    for place in places {
      let rows = examples[place].ids.count + pass.promptLength
      if rows > room || batches.isEmpty {
        batches.append([])
        room = tokensAtOnce
      }
      batches[batches.count - 1].append(place)
      room -= rows
    }
    return batches
  }

  func rows(of examples: [TokenExample]) -> [TeacherRow] {
    let batch = SegmentBatch(examples.map { $0.replacingSoftPrompt(with: pass.promptLength) })
    let states = pass.states(of: batch)
    let all = pass.head.topK(states.base, rows: batch.targets.count, k: k, pool: pool)
    var start = 0
    return examples.map { example in
      let range = start..<start + example.targetCount * all.k
      start = range.upperBound
      return TeacherRow(
        fingerprint: TokenExample.fingerprint([example]),
        answers: TopKTeacher(
          k: all.k, ids: Array(all.ids[range]), logProbabilities: Array(all.logProbabilities[range])
        ))
    }
  }
}

/// One row of the cache: eight bytes that tell the tokens, k and the bytes of an id as two bytes
/// each, then the ids, then the log-probabilities as whole multiples of −1/2048 in two bytes each;
/// all little-endian. The rounding changes a probability by at most 0.025 %; what is less likely
/// than e⁻³² is kept as that.
struct TeacherRow {
  var fingerprint: UInt64
  var answers: TopKTeacher

  private static let steps: Float = 2048

  init(fingerprint: UInt64, answers: TopKTeacher) {
    self.fingerprint = fingerprint
    self.answers = answers
  }

  var bytes: [UInt8] {
    let width = (answers.ids.max() ?? 0) < 1 << 16 ? 2 : 4
    var bytes = LittleEndian.bytes([fingerprint])
    bytes.reserveCapacity(12 + answers.ids.count * (width + 2))
    func append(_ number: UInt32, _ width: Int) {
      for byte in 0..<width {
        bytes.append(UInt8(truncatingIfNeeded: number >> (8 * UInt32(byte))))
      }
    }
    append(UInt32(answers.k), 2)
    append(UInt32(width), 2)
    for id in answers.ids { append(UInt32(bitPattern: id), width) }
    for value in answers.logProbabilities {
      append(UInt32(max(0, min(65_535, (-value * Self.steps).rounded()))), 2)
    }
    return bytes
  }

  /// `nil` where the bytes are no such row.
  init?(bytes: [UInt8]) {
    func number(_ at: Int, _ width: Int) -> UInt32 {
      (0..<width).reduce(0) { $0 | UInt32(bytes[at + $1]) << (8 * UInt32($1)) }
    }
    guard bytes.count >= 12 else { return nil }
    let (k, width) = (Int(number(8, 2)), Int(number(10, 2)))
    guard k > 0, width == 2 || width == 4, (bytes.count - 12) % (k * (width + 2)) == 0 else {
      return nil
    }
    let count = (bytes.count - 12) / (width + 2)
    fingerprint = LittleEndian.words(Array(bytes[..<8]))[0]
    answers = TopKTeacher(
      k: k, ids: (0..<count).map { Int32(bitPattern: number(12 + $0 * width, width)) },
      logProbabilities: (0..<count).map {
        -Float(number(12 + count * width + 2 * $0, 2)) / Self.steps
      })
  }
}
