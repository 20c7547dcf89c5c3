// SPDX-License-Identifier: GPL-3.0-or-later
#include "front/connection.h"

#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

namespace hips {
namespace {

// One call of sendfile(2).
constexpr std::uint64_t kSendFileBytes = std::uint64_t{1} << 20;

std::uint64_t LengthOf(const BodyPart& part) {
  return std::visit([](const auto& one) { return LengthOfBody(one); }, part);
}

}  // namespace

Outgoing::Outgoing(Answer answer, bool with_body, bool keep_alive,
                   std::time_t now)
    : head_(HeadText(answer, keep_alive, now)) {
  if (!with_body || !answer.MayHaveBody()) return;
  body_length_ = answer.BodyLength();
  parts_ = std::move(answer).TakeParts();
}

std::uint64_t Outgoing::body_bytes() const {
  return sent_bytes_ - std::min<std::uint64_t>(sent_bytes_, head_.size());
}

Outgoing::Progress Outgoing::Send(int socket, std::uint64_t& turn_bytes) {
  while (head_sent_ < head_.size()) {
    if (turn_bytes == 0) return Progress::kBlocked;
    const Progress progress = SendMemory(socket, turn_bytes);
    if (progress != Progress::kDone) return progress;
  }
  while (part_ < parts_.size()) {
    BodyPart& part = parts_[part_];
    if (part_sent_ == LengthOf(part)) {
      part = std::string();
      part_sent_ = 0;
      ++part_;
      continue;
    }
    if (turn_bytes == 0) return Progress::kBlocked;
    const Progress progress = SendPart(socket, part, turn_bytes);
    if (progress != Progress::kDone) return progress;
  }
  return Progress::kDone;
}

// The head, and a first part that is in memory, in one packet; before a file,
// MSG_MORE makes the system wait for its bytes. With nothing behind, it would
// wait for 200 ms.
Outgoing::Progress Outgoing::SendMemory(int socket, std::uint64_t& turn_bytes) {
  iovec pieces[2];
  pieces[0] = {head_.data() + head_sent_, head_.size() - head_sent_};
  msghdr message{};
  message.msg_iov = pieces;
  message.msg_iovlen = 1;
  std::string_view body;
  if (part_ == 0 && !parts_.empty())
    body = MemoryOf(parts_.front()).substr(0, turn_bytes);
  if (!body.empty()) {
    pieces[1] = {const_cast<char*>(body.data()), body.size()};
    message.msg_iovlen = 2;
  }
  const bool more = body_length_ > body.size();
  const ssize_t sent =
      ::sendmsg(socket, &message, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
  const std::size_t rest_of_head = head_.size() - head_sent_;
  const Progress progress = Sent(sent, turn_bytes);
  if (sent <= 0) return progress;
  const auto count = static_cast<std::size_t>(sent);
  const std::size_t of_head = std::min(count, rest_of_head);
  head_sent_ += of_head;
  part_sent_ += count - of_head;
  return progress;
}

Outgoing::Progress Outgoing::SendPart(int socket, BodyPart& part,
                                      std::uint64_t& turn_bytes) {
  ssize_t sent = 0;
  if (const auto* file = std::get_if<FilePart>(&part)) {
    auto offset = static_cast<off_t>(file->offset + part_sent_);
    sent = ::sendfile(
        socket, file->file->fd(), &offset,
        std::min({file->length - part_sent_, kSendFileBytes, turn_bytes}));
    // The file became shorter: what was promised cannot be sent.
    if (sent == 0) return Progress::kGone;
  } else {
    const std::string_view rest = MemoryOf(part).substr(part_sent_, turn_bytes);
    const bool more = sent_bytes_ + rest.size() < total_bytes();
    sent = ::send(socket, rest.data(), rest.size(),
                  MSG_NOSIGNAL | (more ? MSG_MORE : 0));
  }
  const Progress progress = Sent(sent, turn_bytes);
  if (sent > 0) part_sent_ += static_cast<std::uint64_t>(sent);
  return progress;
}

// What a call that sends has returned; kDone: go on.
Outgoing::Progress Outgoing::Sent(ssize_t result, std::uint64_t& turn_bytes) {
  if (result < 0) {
    if (errno == EINTR) return Progress::kDone;
    return errno == EAGAIN ? Progress::kBlocked : Progress::kGone;
  }
  const auto count = static_cast<std::uint64_t>(result);
  sent_bytes_ += count;
  turn_bytes -= std::min(turn_bytes, count);
  return Progress::kDone;
}

void DeadlineList::Append(Connection* connection) {
  connection->previous = last_;
  connection->next = nullptr;
  (last_ != nullptr ? last_->next : first_) = connection;
  last_ = connection;
}

void DeadlineList::Remove(Connection* connection) {
  (connection->previous != nullptr ? connection->previous->next : first_) =
      connection->next;
  (connection->next != nullptr ? connection->next->previous : last_) =
      connection->previous;
  connection->previous = connection->next = nullptr;
}

std::optional<std::size_t> HeadEnd(std::string_view text) {
  for (std::size_t at = text.find('\n'); at != std::string_view::npos;
       at = text.find('\n', at + 1)) {
    if (text.substr(at + 1, 1) == "\n") return at + 2;
    if (text.substr(at + 1, 2) == "\r\n") return at + 3;
  }
  return std::nullopt;
}

std::int64_t SteadyMs() { return SteadyUs() / 1000; }

std::int64_t SteadyUs() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace hips
