/// Comparing text as identity needs it.
///
/// Swift's `==` on strings takes "é" in one code point and in two for the same text; their bytes,
/// and so their hashes, differ. Swift's `hash(into:)` may stay: equal bytes hash equally.
package enum ExactText {
  /// Whether two texts have the same UTF-8 bytes.
  package static func equal(_ a: String, _ b: String) -> Bool {
    a.utf8.elementsEqual(b.utf8)
  }

  /// Whether the UTF-8 bytes of `a` sort before those of `b`.
  package static func precedes(_ a: String, _ b: String) -> Bool {
    a.utf8.lexicographicallyPrecedes(b.utf8)
  }
}
