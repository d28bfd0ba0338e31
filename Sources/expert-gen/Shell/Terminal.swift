internal import Foundation

/// When to use colours.
package enum ColorChoice: String, Sendable, CaseIterable {
  case auto, always, never
}

/// What one output stream can show: whether it is a terminal, how wide it is, with or without
/// colour. `NO_COLOR` (no-color.org) and `TERM=dumb` switch colours off.
package struct Terminal: Sendable, Hashable {
  package var isTerminal: Bool
  /// Columns, or `nil` where lines may be of any length.
  package var width: Int?
  package var hasColor: Bool

  package init(isTerminal: Bool, width: Int?, hasColor: Bool) {
    self.isTerminal = isTerminal
    self.width = width
    self.hasColor = hasColor
  }

  /// What is known of a file descriptor.
  package init(
    descriptor: Int32, color: ColorChoice,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    isTerminal = isatty(descriptor) == 1
    width = isTerminal ? Self.columns(of: descriptor) : nil
    let refused = !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
    switch color {
    case .always: hasColor = true
    case .never: hasColor = false
    case .auto: hasColor = isTerminal && !refused
    }
  }

  /// ECMA-48 styles that every terminal of today shows.
  package enum Style: String, Sendable {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
  }

  /// The text in a style, or as it is where there are no colours.
  package func styled(_ text: String, _ style: Style) -> String {
    hasColor ? "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m" : text
  }

  private static func columns(of descriptor: Int32) -> Int {
    var size = winsize()
    let known = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return known ? Int(size.ws_col) : 80
  }
}
