/// Lays examples together so that few passes carry many tokens.
package enum Packing {
  /// Best fit decreasing (Johnson 1973: at most 11/9 of the least number of bins, and one more):
  /// the longest first, each into the fullest bin that still takes it.
  ///
  /// - Parameters:
  ///   - lengths: rows of each example.
  ///   - budget: rows of a bin; a longer example has a bin of its own.
  /// - Returns: places of examples, in rising order within a bin; bins in order of their first.
  package static func bins(_ lengths: [Int], budget: Int) -> [[Int]] {
    let decreasing = lengths.indices.sorted {
      (lengths[$1], $0) < (lengths[$0], $1)
    }
    var bins: [(room: Int, places: [Int])] = []
    for place in decreasing {
      let length = lengths[place]
      let fitting = bins.indices.filter { bins[$0].room >= length }
      if let best = fitting.min(by: { (bins[$0].room, $0) < (bins[$1].room, $1) }) {
        bins[best].room -= length
        bins[best].places.append(place)
      } else {
        bins.append((budget - length, [place]))
      }
    }
    return bins.map { $0.places.sorted() }.sorted { ($0.first ?? 0) < ($1.first ?? 0) }
  }
}
