internal import CKernels
package import ExpertPlatform

extension FusedHead {
  /// Compares x [rows, C] with the teacher's hidden rows [rows, C′] under its own head (the same
  /// vocabulary), and gives dX of Σ rowWeights·loss where `dx` is given.
  ///
  /// Two passes over both heads: sums first, then the gradient. The reverse and the mixed
  /// divergence need their own value before the gradient, a third pass.
  package func distill(
    _ x: Floats, teacher: FusedHead, teacherRows: Floats, rows: Int, targets: [Int32],
    objective: Distillation, rowWeights: [Float], into dx: MutableFloats?, pool: ThreadPool
  ) -> DistillationScores {
    precondition(teacher.vocabulary == vocabulary, "teacher and student share a vocabulary")
    let pass = DistillationPass(
      student: self, x: x, teacher: teacher, teacherRows: teacherRows, rows: rows,
      targets: targets, objective: objective, rowWeights: rowWeights, pool: pool)
    pass.sum()
    if objective.divergence != .forward || dx == nil { pass.compare() }
    if let dx { pass.differentiate(into: dx) }
    return pass.scores
  }
}

/// The passes of one comparison, and what they carry from one to the next.
///
/// `@unchecked Sendable`: a row is touched by one task at a time.
private final class DistillationPass: @unchecked Sendable {
  private let student: FusedHead
  private let x: Floats
  private let teacher: FusedHead
  private let teacherRows: Floats
  private let rows: Int
  private let targets: [Int32]
  private let objective: Distillation
  private let rowWeights: [Float]
  private let pool: ThreadPool
  /// The student at temperature 1; both at the objective's.
  private let plain: RowStatistics
  private let softened: RowStatistics
  private let taught: RowStatistics
  private let losses: UnsafeMutableBufferPointer<Double>
  private let reverses: UnsafeMutableBufferPointer<Double>

  init(
    student: FusedHead, x: Floats, teacher: FusedHead, teacherRows: Floats, rows: Int,
    targets: [Int32], objective: Distillation, rowWeights: [Float], pool: ThreadPool
  ) {
    self.student = student
    self.x = x
    self.teacher = teacher
    self.teacherRows = teacherRows
    self.rows = rows
    self.targets = targets
    self.objective = objective
    self.rowWeights = rowWeights
    self.pool = pool
    plain = RowStatistics(rows: rows, kernels: student.kernels)
    let temperature = objective.temperature
    softened = RowStatistics(rows: rows, temperature: temperature, kernels: student.kernels)
    taught = RowStatistics(rows: rows, temperature: temperature, kernels: student.kernels)
    losses = .allocate(capacity: rows)
    losses.initialize(repeating: 0)
    reverses = .allocate(capacity: rows)
    reverses.initialize(repeating: 0)
  }

  deinit {
    losses.deallocate()
    reverses.deallocate()
  }

  var scores: DistillationScores {
    let square = Double(objective.temperature) * Double(objective.temperature)
    return DistillationScores(
      student: HeadScores(plain, targets: targets, vocabulary: student.vocabulary),
      divergences: losses.map { Float($0 * square) })
  }

  /// Maxima and sums of all three distributions.
  func sum() {
    student.stream(x, rows: rows, pool: pool) { [self] tile, logits in
      pool.run(rows) { row in
        let line = logits + row * tile.count
        plain.observe(row, line, tile, target: targets[row])
        softened.observe(row, line, tile)
      }
    }
    teacher.streamTiles(student.tiles(rows: rows), teacherRows, rows: rows, pool: pool) {
      [self] tile, logits in
      pool.run(rows) { row in
        taught.observe(row, logits + row * tile.count, tile)
      }
    }
  }

  /// The divergence itself, where its gradient needs it.
  func compare() { both { visit($0, $1, $2, gradient: false) } }

  /// The gradient, and the divergence where it is not known yet.
  func differentiate(into dx: MutableFloats) {
    both { [self] tile, logits, taughtLogits in
      visit(tile, logits, taughtLogits, gradient: true)
      student.weights.backward(
        logits, rows: rows, range: tile, into: dx, accumulate: tile.lowerBound > 0, pool: pool)
    }
  }

  /// Calls `body` with each tile's logits of both.
  private func both(_ body: (Range<Int>, MutableFloats, MutableFloats) -> Void) {
    let taughtLogits = student.tileBuffer(rows: rows)
    student.stream(x, rows: rows, pool: pool) { [self] tile, logits in
      teacher.weights.forward(
        teacherRows, rows: rows, range: tile, into: taughtLogits.base, pool: pool)
      body(tile, logits, taughtLogits.base)
    }
  }

  private func visit(
    _ tile: Range<Int>, _ logits: MutableFloats, _ taughtLogits: MutableFloats, gradient: Bool
  ) {
    pool.run(rows) { [self] row in
      let line = logits + row * tile.count
      var values = parameters(row)
      var (loss, reverse) = (0.0, 0.0)
      student.kernels.table.pointee.divergence(
        objective.divergence.kind, &values, line, taughtLogits + row * tile.count, tile.count,
        gradient ? 1 : 0, &loss, &reverse)
      if !gradient || objective.divergence == .forward { losses[row] += loss }
      if !gradient { reverses[row] += reverse }
      if gradient, tile.contains(Int(targets[row])) {
        line[Int(targets[row]) - tile.lowerBound] -= values.entropy_factor
      }
    }
  }

  /// d(T²·D)/dz = T · dD/d(z/T).
  private func parameters(_ row: Int) -> expert_divergence {
    let inverse = 1 / objective.temperature
    var beta: Float = 0
    if case .jensenShannon(let share) = objective.divergence { beta = share }
    return expert_divergence(
      inverse_temperature: inverse, student_total: Float(softened.rows[row].logSumExp(inverse)),
      teacher_total: Float(taught.rows[row].logSumExp(inverse)), beta: beta,
      reverse: Float(reverses[row]),
      factor: rowWeights[row] * (1 - objective.alpha) * objective.temperature,
      entropy_factor: rowWeights[row] * objective.alpha,
      entropy_total: Float(plain.rows[row].logSumExp(1)))
  }
}

extension FusedHead {
  /// `stream` over given tiles.
  fileprivate func streamTiles(
    _ tiles: [Range<Int>], _ x: Floats, rows: Int, pool: ThreadPool,
    _ body: (Range<Int>, MutableFloats) -> Void
  ) {
    let logits = FloatBuffer(count: rows * (tiles.first?.count ?? 0))
    for tile in tiles {
      weights.forward(x, rows: rows, range: tile, into: logits.base, pool: pool)
      body(tile, logits.base)
    }
  }
}
