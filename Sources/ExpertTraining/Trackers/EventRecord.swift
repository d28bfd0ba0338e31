/// The records of a TensorBoard event file (`tensorboard/compat/proto/event.proto`,
/// `summary.proto`; TFRecord framing).
enum EventRecord {
  /// The first record of every file.
  static func version(time: Double) -> [UInt8] {
    framed(time: time, step: 0) { $0.text(3, "brain.Event:2") }
  }

  /// One number for each tag.
  static func scalars(_ values: [(tag: String, value: Double)], time: Double, step: Int)
    -> [UInt8]
  {
    framed(time: time, step: step) { event in
      event.message(5) { summary in
        for (tag, value) in values {
          summary.message(1) {
            $0.text(1, tag)
            $0.float(2, Float(value))
          }
        }
      }
    }
  }

  /// A text for the text page; Markdown.
  static func text(_ text: String, tag: String, time: Double, step: Int) -> [UInt8] {
    framed(time: time, step: step) { event in
      event.message(5) { summary in
        summary.message(1) { value in
          value.text(1, tag)
          value.message(8) { tensor in
            tensor.integer(1, 7)  // DT_STRING
            tensor.message(2) { shape in shape.message(2) { $0.integer(1, 1) } }
            tensor.text(8, text)
          }
          value.message(9) { metadata in
            metadata.message(1) { $0.text(1, "text") }
            metadata.integer(4, 2)  // DATA_CLASS_TENSOR
          }
        }
      }
    }
  }

  /// Tells readers that a run begins again at a step: what earlier files say of it and of later
  /// steps is no longer shown.
  static func restart(time: Double, step: Int) -> [UInt8] {
    framed(time: time, step: step) { event in event.message(7) { $0.integer(1, 1) } }
  }

  private static func framed(
    time: Double, step: Int, _ body: (inout ProtobufWriter) -> Void
  ) -> [UInt8] {
    var event = ProtobufWriter()
    event.double(1, time)
    if step != 0 { event.integer(2, Int64(step)) }
    body(&event)
    var length = ProtobufWriter()
    length.fixed(UInt64(event.bytes.count))
    var record = length
    record.fixed(CRC32C.masked(length.bytes))
    var end = ProtobufWriter()
    end.fixed(CRC32C.masked(event.bytes))
    return record.bytes + event.bytes + end.bytes
  }
}
