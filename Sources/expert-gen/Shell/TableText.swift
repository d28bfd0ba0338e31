/// A table in plain text: columns as wide as their widest cell, numbers to the right.
///
/// On a terminal the last column gives way when a row would not fit; in a file nothing is cut.
package struct TableText: Sendable, Hashable {
  package var header: [String]
  /// The columns that hold numbers.
  package var numeric: Set<Int>
  package var rows: [[String]]

  package init(_ header: [String], numeric: Set<Int> = [], rows: [[String]] = []) {
    self.header = header
    self.numeric = numeric
    self.rows = rows
  }

  /// The lines of the table; cells are made safe to show.
  package func lines(for terminal: Terminal) -> [String] {
    let cells = ([header] + rows).map { $0.map { VisibleText.line($0) } }
    let widths = header.indices.map { column in
      cells.map { column < $0.count ? VisibleText.columns(of: $0[column]) : 0 }.max() ?? 0
    }
    return cells.enumerated().map { index, row in
      let line = self.line(row, widths: widths, terminal: terminal)
      return index == 0 ? terminal.styled(line, .bold) : line
    }
  }

  private func line(_ row: [String], widths: [Int], terminal: Terminal) -> String {
    var text = ""
    for (column, cell) in row.enumerated() {
      let isLast = column == row.count - 1
      if isLast && !numeric.contains(column) {
        let room = terminal.width.map { max(8, $0 - VisibleText.columns(of: text)) }
        text += room.map { VisibleText.excerpt(cell, $0) } ?? cell
      } else {
        let gap = String(
          repeating: " ", count: max(0, widths[column] - VisibleText.columns(of: cell)))
        text += numeric.contains(column) ? gap + cell : cell + gap
        text += isLast ? "" : "  "
      }
    }
    while text.last == " " { text.removeLast() }
    return text
  }
}
