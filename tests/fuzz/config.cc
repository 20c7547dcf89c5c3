// SPDX-License-Identifier: GPL-3.0-or-later
// Config files: refused with an Error, or within their ranges.
#include "hipsserve/config.h"

#include "fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace hips;
  Accepts([&] {
    const ServeConfig config = ParseServeConfig(TextOf(data, size), "/etc");
    Require(config.listen.port >= 0 && config.listen.port <= 65535);
    Require(config.limits.connections >= 1);
    Require(config.limits.head_seconds > 0.0);
    Require(config.limits.head_bytes >= 1024);
    Require(config.loops >= 0 && config.workers >= 0);
    for (const AddressRange& range : config.trusted_proxies)
      Require(range.prefix_bits >= 0 && range.prefix_bits <= 128);
  });
  return 0;
}
