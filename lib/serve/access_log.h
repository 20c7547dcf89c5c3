// SPDX-License-Identifier: GPL-3.0-or-later
// One line a request, for people and for log readers.
//
// What a client sent is escaped: no line can forge another. Pure function,
// safe from any thread.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>

#include "base/log.h"
#include "serve/metrics.h"

namespace hips {

/// One request and what became of it.
struct Exchange {
  std::string client;  ///< address, without port
  std::time_t time = 0;
  std::string method;  ///< empty when the head was none
  std::string target;
  int minor_version = 1;
  int status = 0;
  std::uint64_t body_bytes = 0;  ///< sent, less than promised when cut off
  double seconds = 0.0;          ///< from the whole head to the last byte
  std::string referer;
  std::string user_agent;
  // For metrics.
  RequestKind kind = RequestKind::kOther;
  HipsMeter* meter = nullptr;
};

/// kText: the "combined" format of Apache and nginx. kJson: one object, with
/// the duration besides. No line end.
std::string AccessLine(const Exchange& exchange, LogFormat format);

}  // namespace hips
