internal import CLibcurl
internal import Glibc

/// `epoll` with a wake-up call. `wake` may be called from any thread; the rest belongs to one.
package final class SocketPoller {
  /// A socket that is ready, and for what.
  package struct Ready {
    package var descriptor: Int32
    package var readable: Bool
    package var writable: Bool
    package var failed: Bool
  }

  private static let capacity = 256

  private let epoll: Int32
  private let wakeUp: Int32
  /// What is watched for each descriptor; 0 for nothing.
  private var watched: [Int32] = []
  private var descriptors = [Int32](repeating: 0, count: capacity)
  private var masks = [Int32](repeating: 0, count: capacity)

  package init() {
    epoll = expert_epoll_create()
    wakeUp = expert_eventfd_create()
    precondition(epoll >= 0 && wakeUp >= 0, "no descriptors left for the network")
    watch(wakeUp, read: true, write: false)
  }

  deinit {
    close(epoll)
    close(wakeUp)
  }

  /// Ends a wait, now or the next one.
  package func wake() {
    var one: UInt64 = 1
    write(wakeUp, &one, MemoryLayout<UInt64>.size)
  }

  /// Sets what is watched; neither reading nor writing takes the descriptor out.
  package func watch(_ descriptor: Int32, read: Bool, write: Bool) {
    let mask = Int32((read ? expert_poll_read : 0) | (write ? expert_poll_write : 0))
    let index = Int(descriptor)
    while watched.count <= index { watched.append(0) }
    guard watched[index] != mask else { return }
    expert_epoll_watch(epoll, descriptor, mask, watched[index])
    watched[index] = mask
  }

  /// Waits for ready sockets; below zero waits without end.
  package func wait(milliseconds: Int32) -> [Ready] {
    let count = expert_epoll_wait(
      epoll, &descriptors, &masks, Int32(Self.capacity), milliseconds)
    guard count > 0 else { return [] }
    return (0..<Int(count)).compactMap { i in
      guard descriptors[i] != wakeUp else {
        drainWakeUp()
        return nil
      }
      return Ready(
        descriptor: descriptors[i], readable: masks[i] & Int32(expert_poll_read) != 0,
        writable: masks[i] & Int32(expert_poll_write) != 0,
        failed: masks[i] & Int32(expert_poll_error) != 0)
    }
  }

  private func drainWakeUp() {
    var value: UInt64 = 0
    read(wakeUp, &value, MemoryLayout<UInt64>.size)
  }
}
