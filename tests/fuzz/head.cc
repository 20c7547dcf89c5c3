// SPDX-License-Identifier: GPL-3.0-or-later
// Heads of requests, their conditions and ranges.
#include <algorithm>
#include <variant>

#include "fuzz/fuzz.h"
#include "serve/conditions.h"
#include "serve/request.h"

namespace {

constexpr std::uint64_t kByteCount = 1000;

void CheckPath(const hips::Request& request) {
  const auto path = hips::PathOf(request.target);
  if (!path) return;
  hips::Require(path->starts_with('/'));
  hips::Require(std::none_of(path->begin(), path->end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  }));
  hips::Require(hips::PathOf(hips::EncodePath(*path)) == path);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace hips;
  const auto parsed = ParseHead(TextOf(data, size));
  if (const auto* bad = std::get_if<BadHead>(&parsed)) {
    Require(bad->status >= 400 && bad->status <= 505);
    return 0;
  }
  const Request& request = std::get<Request>(parsed);
  Require(request.headers.size() <= kMaxHeaderLines);
  for (const auto& [name, value] : request.headers)
    Require(value.find_first_of("\r\n") == std::string::npos &&
            request.Get(name).has_value());
  request.HasBody();
  request.WantsKeepAlive();
  CheckPath(request);
  const Validators state{"\"abc\"", 1'700'000'000};
  CheckConditions(request, state);
  const auto ranges = RequestedRanges(request, state, kByteCount);
  std::uint64_t end = 0;
  if (const auto* parts = std::get_if<std::vector<ByteRange>>(&ranges)) {
    Require(!parts->empty() && parts->size() <= kMostRanges);
    for (const ByteRange& part : *parts) {
      Require(part.length >= 1 && part.offset >= end &&
              part.offset < kByteCount &&
              part.length <= kByteCount - part.offset);
      end = part.offset + part.length;
    }
  }
  return 0;
}
