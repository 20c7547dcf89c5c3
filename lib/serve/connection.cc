// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/connection.h"

#include <netdb.h>
#include <poll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <utility>

#include "base/text.h"
#include "serve/respond.h"

namespace hips {
namespace {

constexpr std::size_t kReceiveBytes = 4096;
// How long a silent connection keeps its thread when others wait: one that
// was answered before, and a new one.
constexpr int kGraceMs = 100;
constexpr int kFreshGraceMs = 1000;
// Requests after which a busy connection makes room for a waiting one.
constexpr int kFairShare = 100;
constexpr int kLingerMs = 500;
// Longest sleep between two looks at the stop flag while an answer is stuck.
constexpr std::int64_t kSliceMs = 250;
constexpr std::size_t kRequestLineBytes = 8192;
constexpr std::uint64_t kSendFileBytes = std::uint64_t{1} << 20;

// poll(2) that a signal does not end; true when one is ready.
bool Poll(pollfd* descriptors, nfds_t count, std::int64_t wait_ms) {
  const std::int64_t deadline_ms = SteadyMs() + wait_ms;
  while (true) {
    const std::int64_t rest =
        std::max<std::int64_t>(0, deadline_ms - SteadyMs());
    const int ready = ::poll(descriptors, count, static_cast<int>(rest));
    if (ready >= 0 || errno != EINTR) return ready > 0;
  }
}

std::string PeerAddress(int socket) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  char text[NI_MAXHOST] = "-";
  if (::getpeername(socket, reinterpret_cast<sockaddr*>(&address), &length) ==
      0)
    ::getnameinfo(reinterpret_cast<sockaddr*>(&address), length, text,
                  sizeof text, nullptr, 0, NI_NUMERICHOST);
  // A socket for both IP versions shows IPv4 clients as ::ffff:192.0.2.1.
  constexpr std::string_view kMapped = "::ffff:";
  std::string_view name = text;
  if (name.starts_with(kMapped) && name.find('.') != std::string_view::npos)
    name.remove_prefix(kMapped.size());
  return std::string(name);
}

BadHead TooLarge(std::string_view received) {
  if (received.substr(0, kRequestLineBytes).find('\n') ==
      std::string_view::npos)
    return {414, "the URL is too long"};
  return {431, "the request head is too long"};
}

bool WouldBlock() { return errno == EAGAIN || errno == EWOULDBLOCK; }

}  // namespace

std::optional<std::size_t> HeadEnd(std::string_view text) {
  for (std::size_t at = text.find('\n'); at != std::string_view::npos;
       at = text.find('\n', at + 1)) {
    if (text.substr(at + 1, 1) == "\n") return at + 2;
    if (text.substr(at + 1, 2) == "\r\n") return at + 3;
  }
  return std::nullopt;
}

Connection::Connection(int socket, const ConnectionLimits& limits,
                       ServerState& state)
    : socket_(socket),
      limits_(limits),
      state_(state),
      client_(PeerAddress(socket)) {}

void Connection::Serve(const Responder& respond, const Observer& observe) {
  for (int served = 0; WaitForRequest(served); ++served)
    if (!AnswerOne(respond, observe, served)) break;
  if (may_linger_ && !is_gone_) Linger();
}

bool Connection::WaitForRequest(int served) {
  may_linger_ = false;
  if (!buffer_.empty()) return true;
  pollfd descriptors[] = {{socket_, POLLIN, 0},
                          {state_.stopping.fd(), POLLIN, 0},
                          {state_.crowded.fd(), POLLIN, 0}};
  if (!Poll(descriptors, 3, limits_.idle_ms)) return false;
  if (descriptors[0].revents != 0) return true;
  const bool is_fresh = served == 0 && !state_.stopping.IsSet();
  return Poll(descriptors, 1, is_fresh ? kFreshGraceMs : kGraceMs);
}

// The next head, or why there is none; status 0 when the client left.
std::variant<std::string, BadHead> Connection::ReadHead() {
  const std::int64_t deadline_ms = SteadyMs() + limits_.head_ms;
  while (true) {
    // RFC 9112, 2.2: empty lines before a request are forgiven.
    buffer_.erase(0, buffer_.find_first_not_of("\r\n"));
    const auto end = HeadEnd(buffer_);
    if (end.value_or(buffer_.size()) > limits_.head_bytes)
      return TooLarge(buffer_);
    if (end) {
      std::string head = buffer_.substr(0, *end);
      buffer_.erase(0, *end);
      return head;
    }
    if (Receive(deadline_ms)) continue;
    if (is_gone_) return BadHead{0, ""};
    return BadHead{408, "the request did not come whole in time"};
  }
}

bool Connection::Receive(std::int64_t deadline_ms) {
  while (true) {
    if (state_.stopping.IsSet())
      deadline_ms = std::min(deadline_ms, state_.cut_off_ms.load());
    pollfd descriptor{socket_, POLLIN, 0};
    const std::int64_t rest = deadline_ms - SteadyMs();
    if (rest <= 0) return false;
    if (!Poll(&descriptor, 1, std::min(rest, kSliceMs))) continue;
    char bytes[kReceiveBytes];
    const ssize_t count = ::recv(socket_, bytes, sizeof bytes, 0);
    if (count < 0 && (WouldBlock() || errno == EINTR)) continue;
    is_gone_ = count <= 0;
    if (!is_gone_) buffer_.append(bytes, static_cast<std::size_t>(count));
    return !is_gone_;
  }
}

// Reads one request and answers it; true when the connection stays open.
bool Connection::AnswerOne(const Responder& respond, const Observer& observe,
                           int served) {
  const auto head = ReadHead();
  const auto start = std::chrono::steady_clock::now();
  Exchange exchange;
  exchange.client = client_;
  exchange.time = std::time(nullptr);

  std::variant<Request, BadHead> parsed = BadHead{};
  if (const auto* bad = std::get_if<BadHead>(&head))
    parsed = *bad;
  else
    parsed = ParseHead(std::get<std::string>(head));

  bool keep_alive = false;
  if (const auto* bad = std::get_if<BadHead>(&parsed)) {
    if (bad->status == 0) return false;
    exchange.status = bad->status;
    Send(RespondToBadHead(*bad), true, false);
  } else {
    const Request& request = std::get<Request>(parsed);
    exchange.method = request.method;
    exchange.target = request.target;
    exchange.minor_version = request.minor_version;
    exchange.referer = request.Get("Referer").value_or("");
    exchange.user_agent = request.Get("User-Agent").value_or("");
    const Answer answer = respond(request);
    exchange.status = answer.status;
    keep_alive = MayGoOn(request, served);
    Send(answer, request.method != "HEAD", keep_alive);
  }
  exchange.body_bytes = body_sent_;
  exchange.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count();
  if (observe) observe(exchange);
  may_linger_ = true;
  return keep_alive && !is_gone_;
}

bool Connection::MayGoOn(const Request& request, int served) const {
  // A body is not read, so what follows it could be taken for a request.
  return request.WantsKeepAlive() && !request.HasBody() &&
         served + 1 < limits_.request_count && !state_.stopping.IsSet() &&
         !(state_.crowded.IsSet() && served >= kFairShare);
}

void Connection::Send(const Answer& answer, bool with_body, bool keep_alive) {
  const bool has_body =
      with_body && answer.MayHaveBody() && answer.BodyLength() > 0;
  const std::string head = HeadText(answer, keep_alive, std::time(nullptr));
  send_deadline_ms_ =
      SteadyMs() + limits_.stall_ms +
      static_cast<std::int64_t>(answer.BodyLength()) / limits_.bytes_per_ms;
  body_sent_ = 0;
  // MSG_MORE: head and first bytes leave in one packet.
  SendText(head, has_body ? MSG_MORE : 0);
  if (!has_body || is_gone_) return;
  if (const auto* part = std::get_if<FilePart>(&answer.body))
    body_sent_ = SendPart(*part);
  else
    body_sent_ = SendText(std::get<std::string>(answer.body), 0);
}

std::uint64_t Connection::SendText(std::string_view text, int flags) {
  std::uint64_t sent = 0;
  while (!text.empty() && !is_gone_) {
    const ssize_t count =
        ::send(socket_, text.data(), text.size(), flags | MSG_NOSIGNAL);
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
      sent += static_cast<std::uint64_t>(count);
    } else if (errno != EINTR) {
      is_gone_ = !WouldBlock() || !WaitWritable();
    }
  }
  return sent;
}

std::uint64_t Connection::SendPart(const FilePart& part) {
  off_t offset = static_cast<off_t>(part.offset);
  std::uint64_t rest = part.length;
  while (rest > 0 && !is_gone_) {
    const ssize_t count = ::sendfile(socket_, part.file->fd(), &offset,
                                     std::min(rest, kSendFileBytes));
    if (count > 0) {
      rest -= static_cast<std::uint64_t>(count);
    } else if (count == 0) {
      // The file shrank: the promised length cannot be kept.
      is_gone_ = true;
    } else if (errno != EINTR) {
      is_gone_ = !WouldBlock() || !WaitWritable();
    }
  }
  return part.length - rest;
}

// Until the client takes more; false when it is too slow or gone.
bool Connection::WaitWritable() {
  const std::int64_t deadline_ms =
      std::min(SteadyMs() + limits_.stall_ms, send_deadline_ms_);
  while (true) {
    const std::int64_t now_ms = SteadyMs();
    const bool is_cut_off =
        state_.stopping.IsSet() && now_ms >= state_.cut_off_ms.load();
    if (now_ms >= deadline_ms || is_cut_off) return false;
    pollfd descriptor{socket_, POLLOUT, 0};
    if (Poll(&descriptor, 1, std::min(deadline_ms - now_ms, kSliceMs)))
      return (descriptor.revents & POLLOUT) != 0;
  }
}

// Closing at once, with bytes unread, makes the system reset the connection
// and may take the answer away from the client: end our side and read on.
void Connection::Linger() {
  ::shutdown(socket_, SHUT_WR);
  const std::int64_t deadline_ms =
      SteadyMs() + (state_.stopping.IsSet() ? kGraceMs : kLingerMs);
  while (!is_gone_ && SteadyMs() < deadline_ms) {
    buffer_.clear();
    Receive(deadline_ms);
  }
}

}  // namespace hips
