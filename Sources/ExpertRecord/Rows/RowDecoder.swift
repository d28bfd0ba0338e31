/// Makes records of single rows, each a JSON object. It keeps its memory from row to row; use one
/// for each thread.
package struct RowDecoder: ~Copyable {
  private var tape = JSONTape()
  private var builder: RowBuilder
  private let limits: JSONLimits

  /// A decoder for JSON rows. `kind` is the kind that the dataset wants.
  package init(
    map: FieldMap = .none, kind: RecordKind? = nil, limits: JSONLimits = JSONLimits()
  ) {
    builder = RowBuilder(map: map, kind: kind)
    self.limits = limits
  }

  /// A decoder for objects made of the cells of a table.
  init(cells map: FieldMap, kind: RecordKind?, maxBytes: Int) {
    builder = RowBuilder(map: map, kind: kind, isText: true)
    // A control character of one byte is six in JSON; names of columns come on top.
    limits = JSONLimits(maxBytes: maxBytes * 8 + (1 << 20))
  }

  /// The record of one row, or the reason why it is none.
  package mutating func decode(_ row: RawRow) -> Row {
    if let problem = row.problem { return row.bad(problem) }
    let builder = builder
    do throws(JSONError) {
      return try tape.read(row.bytes, limits: limits) { node in
        do throws(RecordError) {
          let (record, attributes) = try builder.build(node)
          return .record(line: row.line, record, attributes)
        } catch {
          return row.bad("\(error)")
        }
      }
    } catch {
      return row.bad(Self.reason(error, in: row))
    }
  }

  /// The place within the row: its line only where the row has several.
  private static func reason(_ error: JSONError, in row: RawRow) -> String {
    let line = error.line > 1 ? "line \(row.line + error.line - 1), " : ""
    return "\(line)column \(error.column): \(error.reason)"
  }
}
