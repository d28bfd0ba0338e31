#pragma once
#include <zlib.h>

/// Starts an inflater that reads one gzip member; the macro of zlib.h is no function.
static inline int expert_inflate_gzip_begin(z_stream *stream) {
  return inflateInit2(stream, 15 + 16);
}
