#pragma once
#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

// curl_easy_setopt and its relatives are variadic, which Swift cannot call: one wrapper per
// argument type.
static inline CURLcode expert_curl_set_long(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode expert_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode expert_curl_set_pointer(CURL *handle, CURLoption option, const void *value) {
  return curl_easy_setopt(handle, option, value);
}

typedef size_t (*expert_curl_data_callback)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode expert_curl_set_data_callbacks(
    CURL *handle, expert_curl_data_callback body, expert_curl_data_callback header, void *context) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, body);
  if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_WRITEDATA, context);
  if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, header);
  if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_HEADERDATA, context);
  return code;
}

static inline CURLcode expert_curl_set_open_socket(
    CURL *handle, curl_opensocket_callback callback, void *context) {
  CURLcode code = curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, callback);
  if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, context);
  return code;
}

// http and https alone, also for redirects (which are off anyway). The string form of the option
// came with 7.85 and the numeric form was deprecated then.
static inline CURLcode expert_curl_restrict_protocols(CURL *handle) {
#if LIBCURL_VERSION_NUM >= 0x075500
  CURLcode code = curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
#else
  long allowed = CURLPROTO_HTTP | CURLPROTO_HTTPS;
  CURLcode code = curl_easy_setopt(handle, CURLOPT_PROTOCOLS, allowed);
  if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS, allowed);
#endif
  return code;
}

// Without this a transfer that is dropped while its name is being resolved waits for the resolver
// thread, and every other transfer waits with it. Since 7.87.
static inline CURLcode expert_curl_leave_resolver_behind(CURL *handle) {
#if LIBCURL_VERSION_NUM >= 0x075700
  return curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);
#else
  (void)handle;
  return CURLE_OK;
#endif
}

static inline CURLcode expert_curl_info_long(CURL *handle, CURLINFO info, long *value) {
  return curl_easy_getinfo(handle, info, value);
}
static inline CURLcode expert_curl_info_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
  return curl_easy_getinfo(handle, info, value);
}
static inline CURLcode expert_curl_info_pointer(CURL *handle, CURLINFO info, void **value) {
  return curl_easy_getinfo(handle, info, value);
}

static inline CURLMcode expert_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}
static inline CURLMcode expert_curl_multi_set_callbacks(
    CURLM *multi, curl_socket_callback socket, curl_multi_timer_callback timer, void *context) {
  CURLMcode code = curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket);
  if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
  if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer);
  if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
  return code;
}

// The network address of a socket about to be opened: 4 or 16 bytes into `out`, and how many;
// 0 for a family that is neither IPv4 nor IPv6. `addr` is the head of a longer structure.
static inline int expert_curl_address(const struct curl_sockaddr *address, unsigned char out[16]) {
  if (address->family == AF_INET) {
    struct sockaddr_in four;
    memcpy(&four, &address->addr, sizeof four);
    memcpy(out, &four.sin_addr, 4);
    return 4;
  }
  if (address->family == AF_INET6) {
    const unsigned char *start = (const unsigned char *)&address->addr;
    memcpy(out, start + offsetof(struct sockaddr_in6, sin6_addr), 16);
    return 16;
  }
  return 0;
}

// Reads dotted IPv4 or colon-separated IPv6 text: the same bytes and count as above.
static inline int expert_parse_address(const char *text, unsigned char out[16]) {
  if (inet_pton(AF_INET, text, out) == 1) return 4;
  if (inet_pton(AF_INET6, text, out) == 1) return 16;
  return 0;
}

// What drives libcurl's sockets, and what Swift's Glibc module leaves out.

static inline int expert_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static inline int expert_eventfd_create(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

enum { expert_poll_read = 1, expert_poll_write = 2, expert_poll_error = 4 };

// Watches `descriptor` for the wishes in `mask`; 0 takes it out. A descriptor's number is used
// again after a close, which takes it out silently, so whether it is known is tried, not assumed.
static inline int expert_epoll_watch(int epoll, int descriptor, int mask, int known) {
  struct epoll_event event = {0};
  if (mask & expert_poll_read) event.events |= EPOLLIN;
  if (mask & expert_poll_write) event.events |= EPOLLOUT;
  event.data.fd = descriptor;
  if (mask == 0) return epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &event);
  if (epoll_ctl(epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, descriptor, &event) == 0) return 0;
  return epoll_ctl(epoll, known ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, descriptor, &event);
}

// Waits; writes ready descriptors and what they are ready for; answers how many, at most 256.
static inline int expert_epoll_wait(int epoll, int *descriptors, int *masks, int capacity,
                                    int milliseconds) {
  struct epoll_event events[256];
  int count = epoll_wait(epoll, events, capacity < 256 ? capacity : 256, milliseconds);
  for (int i = 0; i < count; i++) {
    uint32_t happened = events[i].events;
    descriptors[i] = events[i].data.fd;
    masks[i] = (happened & (EPOLLIN | EPOLLHUP) ? expert_poll_read : 0) |
               (happened & EPOLLOUT ? expert_poll_write : 0) |
               (happened & EPOLLERR ? expert_poll_error : 0);
  }
  return count;
}

// The name that debuggers and `top -H` show for the calling thread.
static inline void expert_name_thread(const char *name) {
#ifdef __linux__
  extern int pthread_setname_np(pthread_t, const char *);
  pthread_setname_np(pthread_self(), name);
#endif
}
