internal import CKernels
package import ExpertPlatform

/// Rows of a table by token id.
package enum Embedding {
  /// table [V, C] of any encoding → out [ids.count, C] in fp32. Ids must be rows of the table.
  package static func gather(
    _ table: TensorView, ids: [Int32], into out: MutableFloats, pool: ThreadPool
  ) {
    let width = table.columns
    pool.run(ids.count, grain: rowGrain(8 * width)) { range in
      for place in range {
        let id = Int(ids[place])
        table.copyFloats(rows: id..<id + 1, to: out + place * width)
      }
    }
  }

  /// table [V, C] in fp32 → out [ids.count, C].
  package static func gather(
    _ table: Floats, width: Int, ids: [Int32], into out: MutableFloats, pool: ThreadPool
  ) {
    pool.run(ids.count, grain: rowGrain(width)) { range in
      for place in range {
        (out + place * width).update(from: table + Int(ids[place]) * width, count: width)
      }
    }
  }

  /// Adds dx [ids.count, C] to the rows of gradient [V, C] that the ids name, in the order of the
  /// ids: the gradient of `gather`, for soft prompts.
  package static func scatterAdd(
    _ dx: Floats, width: Int, ids: [Int32], into gradient: MutableFloats,
    kernels: Kernels = .current, pool: ThreadPool
  ) {
    pool.run(width, grain: 256) { columns in
      for (place, id) in ids.enumerated() {
        let row = gradient + Int(id) * width + columns.lowerBound
        kernels.table.pointee.add(
          row, dx + place * width + columns.lowerBound, row, columns.count)
      }
    }
  }
}
