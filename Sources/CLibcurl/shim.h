#pragma once
#include <curl/curl.h>

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
