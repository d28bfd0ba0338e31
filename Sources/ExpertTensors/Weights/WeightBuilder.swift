internal import CKernels
internal import ExpertPlatform

/// Makes one part of a frozen matrix from tensors that are held alike.
struct WeightBuilder {
  let views: [TensorView]
  let holding: Holding
  let weights: expert_weights
  private let firstRows: [Int]

  init(_ views: [TensorView], _ holding: Holding) {
    self.views = views
    self.holding = holding
    var rows: [Int] = []
    var total = 0
    for view in views {
      rows.append(total)
      total += view.rows
    }
    firstRows = rows
    weights = holding.description(outputs: total, inputs: views.first?.columns ?? 0)
  }

  /// The part, with memory of its own or the file's.
  func part(start: Int, pool: ThreadPool) -> WeightPart {
    var held = weights
    if holding.form == .rows16 {
      held.values = views[0].bytes.baseAddress.map { UnsafeRawPointer($0) }
      return WeightPart(weights: held, start: start, owners: [views[0].owner], bytes: 0)
    }
    let (values, scales) = withUnsafePointer(to: weights) {
      (
        RawBuffer(count: expert_panel_bytes($0) * weights.panels),
        RawBuffer(count: expert_panel_scale_bytes($0) * weights.panels)
      )
    }
    fill(values.base, scales.base, pool: pool)
    held.values = UnsafeRawPointer(values.base)
    held.scales = UnsafeRawPointer(scales.base)
    return WeightPart(
      weights: held, start: start, owners: [values, scales], bytes: values.count + scales.count)
  }

  /// Rows of one panel are written by one thread.
  private func fill(
    _ values: UnsafeMutableRawPointer, _ scales: UnsafeMutableRawPointer, pool: ThreadPool
  ) {
    let largest = blockMagnitudes(pool: pool)
    pool.run(weights.panels) { panel in
      let row = FloatBuffer(count: weights.inputs)
      var weights = weights
      for place in panel * 32..<min(weights.outputs, panel * 32 + 32) {
        put(&weights, place, row.base, largest, values, scales)
      }
    }
  }

  private func put(
    _ weights: inout expert_weights, _ place: Int, _ row: UnsafeMutablePointer<Float>,
    _ largest: [FloatBuffer], _ values: UnsafeMutableRawPointer,
    _ scales: UnsafeMutableRawPointer
  ) {
    let (index, number) = source(of: place)
    let view = views[index]
    let codes = values.assumingMemoryBound(to: UInt16.self)
    if case .kept(let type) = holding.form {
      let from = view.address(ofRow: number).assumingMemoryBound(to: UInt8.self)
      expert_repack_row(&weights, type.blocks, from, place, codes, scales)
      return
    }
    view.copyFloats(rows: number..<number + 1, to: row)
    switch holding.form {
    case .panels32:
      expert_put_row_f32(&weights, values.assumingMemoryBound(to: Float.self), place, row)
    case .rounded4: expert_quantize_row_4bit(&weights, row, place, codes, scales)
    case .rounded8: expert_quantize_row_8bit(&weights, row, place, codes, scales)
    case .nf4:
      let scale = scalesOfRow(number, largest[index])
      scale.withUnsafeBufferPointer {
        guard let first = $0.baseAddress else { return }
        expert_quantize_row_nf4(&weights, row, first, place, codes, scales)
      }
    case .nf4Values:
      for k in 0..<weights.inputs {
        let block = (number * weights.inputs + k) / Self.nf4Block
        row[k] = expert_nf4_round(row[k], largest[index].base[block])
      }
      expert_put_row_bf16(&weights, codes, place, row)
    default: expert_put_row_bf16(&weights, codes, place, row)
    }
  }

  /// The tensor and its row that row `place` of the part comes from.
  private func source(of place: Int) -> (view: Int, row: Int) {
    let index = (firstRows.lastIndex { $0 <= place }) ?? 0
    return (index, place - firstRows[index])
  }

  private static let nf4Block = 64

  /// For NF4: the largest magnitude of every block of 64 along each flattened tensor.
  private func blockMagnitudes(pool: ThreadPool) -> [FloatBuffer] {
    guard holding.form == .nf4 || holding.form == .nf4Values else { return [] }
    return views.map { view in
      let largest = FloatBuffer(count: (view.count + Self.nf4Block - 1) / Self.nf4Block)
      // A block may cross rows: runs of 64 rows hold whole blocks.
      pool.run(view.rows, grain: Self.nf4Block) { rows in
        let row = FloatBuffer(count: view.columns)
        for number in rows {
          view.copyFloats(rows: number..<number + 1, to: row.base)
          for k in 0..<view.columns {
            let block = (number * view.columns + k) / Self.nf4Block
            largest.base[block] = max(largest.base[block], abs(row.base[k]))
          }
        }
      }
      return largest
    }
  }

  /// The block magnitudes that the groups of one row take.
  private func scalesOfRow(_ number: Int, _ largest: FloatBuffer) -> [Float] {
    stride(from: 0, to: weights.inputs, by: weights.group).map {
      largest.base[(number * weights.inputs + $0) / Self.nf4Block]
    }
  }
}

extension ElementType {
  /// The kernels' name of a block encoding.
  fileprivate var blocks: expert_blocks {
    switch self {
    case .q4_0: EXPERT_BLOCKS_Q4_0
    case .q4_1: EXPERT_BLOCKS_Q4_1
    case .q4_k: EXPERT_BLOCKS_Q4_K
    case .q6_k: EXPERT_BLOCKS_Q6_K
    default: EXPERT_BLOCKS_Q8_0
    }
  }
}
