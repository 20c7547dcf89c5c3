// SPDX-License-Identifier: GPL-3.0-or-later
// One connection of a client: whole heads in, answers out, with deadlines.
//
// A client can neither hold a thread nor fill memory: a head has a size and a
// time in all, an answer must move, bodies are never read. Requests sent
// ahead (pipelining) are answered in order. Files go out by sendfile(2).
// Thread-safety: one thread a connection; the state is shared.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "serve/access_log.h"
#include "serve/answer.h"
#include "serve/request.h"
#include "serve/worker_queue.h"

namespace hips {

struct ConnectionLimits {
  std::size_t head_bytes = 16384;  ///< request line and headers
  int head_ms = 10000;             ///< from the first byte to the last
  int idle_ms = 15000;             ///< between two requests
  int stall_ms = 20000;            ///< no byte of an answer accepted
  int bytes_per_ms = 4;            ///< slowest reader, after stall_ms
  int request_count = 10000;       ///< on one connection
};

using Responder = std::function<Answer(const Request&)>;
using Observer = std::function<void(const Exchange&)>;

class Connection {
 public:
  /// socket  connected, non-blocking; stays the caller's
  Connection(int socket, const ConnectionLimits& limits, ServerState& state);

  /// Answers requests until the client leaves, a limit is reached or the
  /// server stops. Each one is told to `observe` when its answer is out.
  void Serve(const Responder& respond, const Observer& observe);

 private:
  bool WaitForRequest(int served);
  std::variant<std::string, BadHead> ReadHead();
  bool Receive(std::int64_t deadline_ms);
  bool AnswerOne(const Responder& respond, const Observer& observe, int served);
  bool MayGoOn(const Request& request, int served) const;
  void Send(const Answer& answer, bool with_body, bool keep_alive);
  std::uint64_t SendText(std::string_view text, int flags);
  std::uint64_t SendPart(const FilePart& part);
  bool WaitWritable();
  void Linger();

  int socket_;
  const ConnectionLimits& limits_;
  ServerState& state_;
  std::string client_;
  std::string buffer_;       ///< received, not yet understood
  bool is_gone_ = false;     ///< nothing can be sent or received any more
  bool may_linger_ = false;  ///< an answer is out that must not be lost
  std::uint64_t body_sent_ = 0;
  std::int64_t send_deadline_ms_ = 0;
};

/// Where the head ends in `text`: behind its empty line; nothing while that
/// is missing.
std::optional<std::size_t> HeadEnd(std::string_view text);

}  // namespace hips
