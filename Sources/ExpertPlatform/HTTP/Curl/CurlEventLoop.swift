internal import CLibcurl
internal import Glibc
internal import Synchronization

/// The thread behind a `CurlTransport`: it waits in `epoll`, tells libcurl which sockets are
/// ready, and keeps the deadlines itself, so that nothing a server sends can extend one.
///
/// Unchecked: `inbox` has a lock of its own; every other stored property is touched by the loop's
/// thread alone once it runs.
final class CurlEventLoop: @unchecked Sendable {
  private struct Inbox {
    var submitted: [CurlTransfer] = []
    var cancelled: [CurlTransfer] = []
    var stopping = false
    var wakePending = false
    /// The thread to wait for.
    var thread: LoopThread?
  }

  private let inbox = Mutex(Inbox())
  private let inFlightCount = Atomic<Int>(0)
  private let settings: CurlSettings

  private let multi: UnsafeMutableRawPointer
  private let poller = SocketPoller()
  private var active: [CurlTransfer] = []
  private var idleHandles: [CurlHandle] = []
  /// When libcurl wants to be called without any socket being ready.
  private var curlDue: MonotonicTime?
  /// No active transfer's deadline lies before this moment.
  private var nextDeadline: MonotonicTime?
  private var connectionLimit = 0

  /// libcurl's global state is set up once, before any thread uses it.
  private static let globalSetup: CURLcode = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

  init(settings: CurlSettings) {
    precondition(Self.globalSetup == CURLE_OK, "libcurl cannot start")
    guard let multi = curl_multi_init() else { preconditionFailure("no memory for libcurl") }
    self.multi = multi
    self.settings = settings
  }

  deinit { curl_multi_cleanup(multi) }

  /// Transfers handed over and not finished.
  var inFlight: Int { inFlightCount.load(ordering: .relaxed) }

  /// Starts the thread, which keeps the loop alive until it is stopped.
  func start() {
    let context = Unmanaged.passUnretained(self).toOpaque()
    expert_curl_multi_set_callbacks(multi, socketChanged, timerChanged, context)
    expert_curl_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
    let thread = LoopThread(name: "expert-http") { self.run() }
    inbox.withLock { $0.thread = thread }
  }

  /// Hands a transfer to the thread; after `stop` it ends as cancelled at once.
  func submit(_ transfer: CurlTransfer) {
    inFlightCount.wrappingAdd(1, ordering: .relaxed)
    let accepted = post { inbox in
      guard !inbox.stopping else { return false }
      inbox.submitted.append(transfer)
      return true
    }
    if !accepted { finish(transfer, .failure(.cancelled)) }
  }

  /// Ends a transfer, whether it has been handed over already or not.
  func cancel(_ transfer: CurlTransfer) {
    transfer.cancelled.store(true, ordering: .relaxed)
    _ = post { inbox in
      guard !inbox.stopping else { return false }
      inbox.cancelled.append(transfer)
      return true
    }
  }

  /// Asks the thread to end.
  func stop() {
    _ = post { inbox in
      inbox.stopping = true
      return true
    }
  }

  /// Waits for the thread, once.
  func join() {
    let thread = inbox.withLock { inbox in
      defer { inbox.thread = nil }
      return inbox.thread
    }
    thread?.join()
  }

  /// Changes the inbox and wakes the thread unless it is going to look anyway.
  private func post(_ change: (inout Inbox) -> Bool) -> Bool {
    let (accepted, wake) = inbox.withLock { inbox in
      let accepted = change(&inbox)
      let wake = !inbox.wakePending
      inbox.wakePending = true
      return (accepted, wake)
    }
    if wake { poller.wake() }
    return accepted
  }

  // MARK: - On the thread

  private func run() {
    while true {
      let ready = poller.wait(milliseconds: patience)
      for event in ready { act(on: event.descriptor, mask: Self.mask(event)) }
      if let due = curlDue, due <= .now { act(on: CURL_SOCKET_TIMEOUT, mask: 0) }
      collectFinished()
      if !takeInbox() { break }
      expireOverdue()
    }
    abandonAll()
  }

  /// Readiness in libcurl's bits.
  private static func mask(_ event: SocketPoller.Ready) -> Int32 {
    (event.readable ? CURL_CSELECT_IN : 0) | (event.writable ? CURL_CSELECT_OUT : 0)
      | (event.failed ? CURL_CSELECT_ERR : 0)
  }

  /// How long the thread may sleep.
  private var patience: Int32 {
    guard let next = [curlDue, nextDeadline].compactMap({ $0 }).min() else { return -1 }
    return next.milliseconds(after: .now)
  }

  private func act(on descriptor: curl_socket_t, mask: Int32) {
    if descriptor == CURL_SOCKET_TIMEOUT { curlDue = nil }
    var running: Int32 = 0
    curl_multi_socket_action(multi, descriptor, mask, &running)
  }

  /// Takes what other threads left; false when the loop is to end.
  private func takeInbox() -> Bool {
    let (submitted, cancelled, stopping) = inbox.withLock { inbox in
      defer {
        inbox.submitted.removeAll()
        inbox.cancelled.removeAll()
        inbox.wakePending = false
      }
      return (inbox.submitted, inbox.cancelled, inbox.stopping)
    }
    for transfer in submitted { begin(transfer) }
    for transfer in cancelled where transfer.slot >= 0 { abort(transfer, .cancelled) }
    return !stopping
  }

  private func begin(_ transfer: CurlTransfer) {
    guard !transfer.cancelled.load(ordering: .relaxed) else {
      return finish(transfer, .failure(.cancelled))
    }
    guard
      let handle = idleHandles.popLast()
        ?? CurlHandle(settings)
    else { return finish(transfer, .failure(.connect(reason: "no memory"))) }
    handle.prepare(for: transfer)
    transfer.handle = handle
    transfer.slot = active.count
    active.append(transfer)
    growConnectionCache()
    nextDeadline = min(nextDeadline ?? transfer.deadline, transfer.deadline)
    guard curl_multi_add_handle(multi, handle.raw) == CURLM_OK else {
      return abort(transfer, .connect(reason: "libcurl takes no more transfers"))
    }
  }

  /// Keeps as many idle connections as were ever in flight, so that none is closed and opened
  /// again between two replies.
  private func growConnectionCache() {
    guard active.count > connectionLimit else { return }
    connectionLimit = max(64, active.count * 2)
    expert_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, connectionLimit)
  }

  /// Ends the transfers that libcurl reports as over.
  private func collectFinished() {
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let raw = message.pointee.easy_handle else {
        continue
      }
      let code = message.pointee.data.result
      var context: UnsafeMutableRawPointer?
      guard expert_curl_info_pointer(raw, CURLINFO_PRIVATE, &context) == CURLE_OK, let context
      else { continue }
      let handle = Unmanaged<CurlHandle>.fromOpaque(context).takeUnretainedValue()
      guard let transfer = handle.transfer else { continue }
      let outcome = transfer.outcome(of: code)
      retire(transfer)
      finish(transfer, outcome)
    }
  }

  /// Ends the transfers whose time is over; looks at all of them only when the nearest deadline
  /// has passed.
  private func expireOverdue() {
    let now = MonotonicTime.now
    guard let next = nextDeadline, next <= now else { return }
    for transfer in active where transfer.deadline <= now {
      abort(transfer, .timeout(phase: transfer.isConnected ? .transfer : .connect))
    }
    nextDeadline = active.lazy.map(\.deadline).min()
  }

  private func abort(_ transfer: CurlTransfer, _ error: HTTPTransferError) {
    retire(transfer)
    finish(transfer, .failure(error))
  }

  /// Takes a transfer out of libcurl and gives its handle back.
  private func retire(_ transfer: CurlTransfer) {
    if let handle = transfer.handle {
      curl_multi_remove_handle(multi, handle.raw)
      handle.clear()
      transfer.handle = nil
      idleHandles.append(handle)
    }
    let last = active.removeLast()
    if last !== transfer {
      active[transfer.slot] = last
      last.slot = transfer.slot
    }
    transfer.slot = -1
  }

  private func finish(_ transfer: CurlTransfer, _ outcome: CurlTransfer.Outcome) {
    inFlightCount.wrappingSubtract(1, ordering: .relaxed)
    transfer.finish(outcome)
  }

  private func abandonAll() {
    while let transfer = active.last { abort(transfer, .cancelled) }
    idleHandles.removeAll()
  }

  // MARK: - Called by libcurl, on the thread

  fileprivate func watch(_ descriptor: curl_socket_t, _ wish: Int32) {
    poller.watch(
      descriptor, read: wish == CURL_POLL_IN || wish == CURL_POLL_INOUT,
      write: wish == CURL_POLL_OUT || wish == CURL_POLL_INOUT)
  }

  fileprivate func setTimer(_ milliseconds: Int) {
    curlDue = milliseconds < 0 ? nil : .now + .milliseconds(milliseconds)
  }
}

private func socketChanged(
  _ easy: UnsafeMutableRawPointer?, _ descriptor: curl_socket_t, _ wish: Int32,
  _ context: UnsafeMutableRawPointer?, _ socketContext: UnsafeMutableRawPointer?
) -> Int32 {
  guard let context else { return 0 }
  Unmanaged<CurlEventLoop>.fromOpaque(context).takeUnretainedValue().watch(descriptor, wish)
  return 0
}

private func timerChanged(
  _ multi: UnsafeMutableRawPointer?, _ milliseconds: Int, _ context: UnsafeMutableRawPointer?
) -> Int32 {
  guard let context else { return 0 }
  Unmanaged<CurlEventLoop>.fromOpaque(context).takeUnretainedValue().setTimer(milliseconds)
  return 0
}
