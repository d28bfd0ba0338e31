/// Takes a reply's body as it arrives, for bodies that are too large for memory.
///
/// It is called on the transport's own thread, one call after another, and whatever it does there
/// holds up the other transfers of that transport: give downloads a transport of their own.
package protocol HTTPBodySink: AnyObject, Sendable {
  /// Judges the head of the final reply before any byte of its body. `false` leaves the body to
  /// the response, as it should for an error page.
  func begin(status: Int, headers: [HTTPHeader]) -> Bool

  /// Takes bytes of the body; `false` ends the transfer as `.stopped`.
  func receive(_ bytes: UnsafeRawBufferPointer) -> Bool
}
