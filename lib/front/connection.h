// SPDX-License-Identifier: GPL-3.0-or-later
// One connection as its loop sees it: what came, what goes out, until when.
//
// Touched by its loop's thread only. Kept small: what is needed only while an
// answer goes out is made for it and thrown away.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "front/addresses.h"
#include "front/body_budget.h"
#include "serve/access_log.h"
#include "serve/answer.h"
#include "serve/request.h"
#include "serve/served_file.h"

namespace hips {

/// What a connection waits for; each has a deadline of its own kind.
enum class Phase : std::uint8_t {
  kIdle,    ///< the first byte of a request
  kHead,    ///< the rest of a head
  kWork,    ///< a worker; no deadline
  kSend,    ///< room for the rest of an answer
  kLinger,  ///< the client's end, after the last answer
};
inline constexpr std::size_t kPhases = 5;

/// What one connection may send before others have their turn: a reader that
/// takes everything at once does not keep the loop. Usual tiles are smaller and
/// go out in one turn.
inline constexpr std::uint64_t kTurnBytes = std::uint64_t{2} << 20;

/// An answer on its way out.
class Outgoing {
 public:
  enum class Progress { kDone, kBlocked, kGone };

  Outgoing(Answer answer, bool with_body, bool keep_alive, std::time_t now);

  /// Sends what the socket takes without waiting, and no more of the body than
  /// the turn has. kBlocked when there is more to send, because of the one or
  /// the other; the socket may still have room then.
  /// turn_bytes  left of the turn, for several answers; what was sent is taken
  ///             off. With 0 nothing is sent.
  Progress Send(int socket, std::uint64_t& turn_bytes);

  std::uint64_t sent_bytes() const { return sent_bytes_; }
  std::uint64_t body_bytes() const;
  std::uint64_t total_bytes() const { return head_.size() + body_length_; }
  std::span<const BodyPart> parts() const { return parts_; }
  /// Counts the parts until the answer is out.
  void Keep(BodyBudget::Hold hold) { hold_ = std::move(hold); }
  bool holds_memory() const { return static_cast<bool>(hold_); }

 private:
  Progress SendMemory(int socket, std::uint64_t& turn_bytes);
  Progress SendPart(int socket, BodyPart& part, std::uint64_t& turn_bytes);
  Progress Sent(ssize_t result, std::uint64_t& turn_bytes);

  std::string head_;
  std::size_t head_sent_ = 0;
  std::vector<BodyPart> parts_;
  std::size_t part_ = 0;         // the first that is not out
  std::uint64_t part_sent_ = 0;  // of that one
  std::uint64_t body_length_ = 0;
  std::uint64_t sent_bytes_ = 0;
  BodyBudget::Hold hold_;
};

struct Connection {
  Connection(FileDescriptor socket, const ClientAddress& from,
             ClientTable::Handle record)
      : fd(std::move(socket)), address(from), client(std::move(record)) {}

  FileDescriptor fd;
  ClientAddress address;
  ClientTable::Handle client;  ///< nullptr: without limits
  std::string in;              ///< received, not yet answered
  std::unique_ptr<Outgoing> out;
  std::unique_ptr<Exchange> exchange;  ///< of the answer on its way
  std::int64_t began_us = 0;           ///< its whole head was there
  std::int64_t deadline_ms = 0;
  std::int64_t taken_before = 0;  ///< by the client, at the last look
  std::uint32_t events = 0;       ///< what epoll waits for
  std::uint32_t batch = 0;        ///< of those that were accepted together
  Phase phase = Phase::kIdle;
  bool with_body = true;  ///< of the answer that a worker makes
  bool ends = false;      ///< after this answer
  bool gone = false;      ///< client left while a worker was at it

  // The list of its phase.
  Connection* previous = nullptr;
  Connection* next = nullptr;
};

/// Connections in the order of their deadlines: those of one phase all have
/// the same time, so new ones go to the end.
class DeadlineList {
 public:
  bool empty() const { return first_ == nullptr; }
  Connection* front() const { return first_; }
  void Append(Connection* connection);
  void Remove(Connection* connection);

 private:
  Connection* first_ = nullptr;
  Connection* last_ = nullptr;
};

/// Where the head ends in `text`: behind its empty line; nothing while that is
/// missing.
std::optional<std::size_t> HeadEnd(std::string_view text);

/// Milliseconds and microseconds of the steady clock.
std::int64_t SteadyMs();
std::int64_t SteadyUs();

}  // namespace hips
