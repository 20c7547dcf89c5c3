// SPDX-License-Identifier: GPL-3.0-or-later
#include "front/event_loop.h"

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>

#include "base/error.h"
#include "base/log.h"
#include "base/text.h"

namespace hips {
namespace {

// Also what a connection may keep of requests that wait for their turn.
constexpr std::size_t kReceiveBytes = 16384;
constexpr std::size_t kRequestLineBytes = 8192;
constexpr int kEventsAtOnce = 256;
constexpr int kAcceptsAtOnce = 64;
// Longest sleep while connections have deadlines.
constexpr int kTickMs = 250;
// After a stop: for requests that are on their way on a silent connection.
constexpr int kStopGraceMs = 400;
constexpr std::uint64_t kWakeTag = 1;
constexpr std::uint64_t kListenTag = 2;      // and the number of the socket
constexpr std::uint64_t kLargestTag = 4095;  // below every pointer

BadHead TooLarge(std::string_view received) {
  if (received.substr(0, kRequestLineBytes).find('\n') ==
      std::string_view::npos)
    return {414, "the URL is too long"};
  return {431, "the request head is too long"};
}

void Watch(int epoll, int fd, std::uint32_t events, std::uint64_t tag) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = tag;
  if (::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0)
    throw IoError("epoll_ctl", errno);
}

}  // namespace

Front::Shared::Shared(const FrontOptions& given, FrontHandler& answers)
    : options(given), handler(answers), keeps_log(answers.KeepsLog()) {}

Front::Shared::~Shared() = default;

EventLoop::EventLoop(Front::Shared& shared)
    : shared_(shared),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      buffer_(kReceiveBytes) {
  if (!epoll_ || !wake_) throw IoError("epoll", errno);
  Watch(epoll_.get(), wake_.get(), EPOLLIN, kWakeTag);
  for (std::size_t i = 0; i < shared.sockets.size(); ++i)
    Watch(epoll_.get(), shared.sockets[i].fd.get(), EPOLLIN | EPOLLEXCLUSIVE,
          kListenTag + i);
}

EventLoop::~EventLoop() {
  for (DeadlineList& phase : lists_)
    while (!phase.empty()) {
      const std::unique_ptr<Connection> connection(phase.front());
      phase.Remove(connection.get());
    }
}

void EventLoop::Run() {
  std::array<epoll_event, kEventsAtOnce> events;
  while (!IsDone()) {
    const int count =
        ::epoll_wait(epoll_.get(), events.data(), kEventsAtOnce, kTickMs);
    now_ms_ = SteadyMs();
    for (int i = 0; i < count; ++i) Handle(events[static_cast<std::size_t>(i)]);
    if (shared_.stopping && !stopping_) BeginStop();
    CheckDeadlines();
    dead_.clear();
  }
}

bool EventLoop::IsDone() const {
  return stopping_ && (load() == 0 || now_ms_ >= shared_.cut_off_ms);
}

void EventLoop::Wake() {
  const std::uint64_t one = 1;
  // A full counter wakes the loop too.
  [[maybe_unused]] const ssize_t count = ::write(wake_.get(), &one, sizeof one);
}

void EventLoop::Take(std::unique_ptr<Connection> connection) {
  ++load_;
  {
    const std::lock_guard lock(mutex_);
    taken_.push_back(std::move(connection));
  }
  Wake();
}

void EventLoop::Finish(Connection* connection, Answer answer) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = finished_.empty();
    finished_.push_back({connection, std::move(answer)});
  }
  if (first) Wake();
}

void EventLoop::Handle(const epoll_event& event) {
  const std::uint64_t tag = event.data.u64;
  if (tag > kLargestTag)
    OnEvent(static_cast<Connection*>(event.data.ptr), event.events);
  else if (tag == kWakeTag)
    EmptyInbox();
  else
    Accept(shared_.sockets[tag - kListenTag]);
}

void EventLoop::EmptyInbox() {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t got =
      ::read(wake_.get(), &count, sizeof count);
  std::vector<std::unique_ptr<Connection>> taken;
  std::vector<Finished> finished;
  {
    const std::lock_guard lock(mutex_);
    taken.swap(taken_);
    finished.swap(finished_);
  }
  for (auto& connection : taken) Begin(std::move(connection));
  for (auto& [connection, answer] : finished) {
    if (connection->gone) {
      Close(connection);
      continue;
    }
    Exchange exchange = std::move(*connection->exchange);
    connection->exchange.reset();
    if (StartAnswer(connection, std::move(answer), std::move(exchange)))
      Continue(connection);
  }
}

void EventLoop::Accept(const ListeningSocket& socket) {
  if (!accepting_) return;
  for (int i = 0; i < kAcceptsAtOnce; ++i) {
    sockaddr_storage from{};
    socklen_t length = sizeof from;
    FileDescriptor fd(::accept4(socket.fd.get(),
                                reinterpret_cast<sockaddr*>(&from), &length,
                                SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd) {
      // Without a descriptor nothing can be accepted, not even to be refused.
      if ((errno == EMFILE || errno == ENFILE) && MakeRoom()) continue;
      if (errno == ECONNABORTED || errno == EINTR) continue;
      return;
    }
    const FrontLimits& limits = shared_.options.limits;
    if (shared_.connections >= limits.connections && !MakeRoom()) {
      shared_.handler.Notice(FrontEvent::kTooMany);
      TurnAway(fd, {503, "too many connections; try again in a while"});
      continue;
    }
    const ClientAddress address(reinterpret_cast<const sockaddr*>(&from));
    ClientTable::Handle client;
    if (!address.IsLoopback()) {
      client = shared_.clients.Get(address);
      if (client->connections >= limits.connections_per_client) {
        shared_.handler.Notice(FrontEvent::kTooManyOfOne);
        TurnAway(fd, {429, "too many connections from this address"});
        continue;
      }
      ++client->connections;
    }
    ++shared_.connections;
    shared_.handler.Notice(FrontEvent::kOpened);
    auto connection =
        std::make_unique<Connection>(std::move(fd), address, std::move(client));
    EventLoop* least = this;
    for (const auto& loop : shared_.loops)
      if (loop->load() < least->load()) least = loop.get();
    if (least != this) {
      least->Take(std::move(connection));
      continue;
    }
    ++load_;
    Begin(std::move(connection));
  }
}

// Ends the connection that has been silent for longest.
bool EventLoop::MakeRoom() {
  DeadlineList& idle = list(Phase::kIdle);
  if (idle.empty()) return false;
  shared_.handler.Notice(FrontEvent::kDropped);
  Close(idle.front());
  return true;
}

void EventLoop::TurnAway(const FileDescriptor& socket, const BadHead& bad) {
  Outgoing(shared_.handler.Refuse(bad), true, false, std::time(nullptr))
      .Send(socket.get());
}

void EventLoop::Begin(std::unique_ptr<Connection> connection) {
  Connection* one = connection.release();
  one->events = EPOLLIN;
  epoll_event event{};
  event.events = one->events;
  event.data.ptr = one;
  list(one->phase).Append(one);
  Enter(one, Phase::kIdle);
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, one->fd.get(), &event) != 0)
    Close(one);
}

void EventLoop::OnEvent(Connection* connection, std::uint32_t events) {
  if (!connection->fd) return;  // closed by an earlier event
  const bool is_lost = (events & (EPOLLERR | EPOLLHUP)) != 0;
  switch (connection->phase) {
    case Phase::kWork:
      // The worker still has it; nothing more is to be heard of the client.
      if (is_lost) {
        connection->gone = true;
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, connection->fd.get(), nullptr);
      } else {
        SetEvents(connection, 0);
      }
      return;
    case Phase::kSend:
      if (is_lost || (events & EPOLLOUT) != 0) return Pump(connection);
      return SetEvents(connection, EPOLLOUT);
    case Phase::kLinger: {
      const ssize_t count = ::recv(connection->fd.get(), buffer_.data(),
                                   buffer_.size(), MSG_TRUNC);
      if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR))
        Close(connection);
      return;
    }
    case Phase::kIdle:
    case Phase::kHead:
      return Read(connection);
  }
}

void EventLoop::Read(Connection* connection) {
  const ssize_t count =
      ::recv(connection->fd.get(), buffer_.data(), buffer_.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) return Close(connection);
  const std::string_view bytes(buffer_.data(), static_cast<std::size_t>(count));
  if (connection->in.empty()) return Process(connection, bytes);
  std::string all = std::move(connection->in);
  connection->in.clear();
  all += bytes;
  Process(connection, all);
}

// Answers the heads in `bytes`, one after the other; what is left waits in
// `in`.
void EventLoop::Process(Connection* connection, std::string_view bytes) {
  const std::size_t most = shared_.options.limits.head_bytes;
  while (true) {
    // RFC 9112, 2.2: empty lines before a request are forgiven.
    bytes.remove_prefix(
        std::min(bytes.find_first_not_of("\r\n"), bytes.size()));
    const auto end = HeadEnd(bytes.substr(0, most));
    if (!end) break;
    const std::string_view head = bytes.substr(0, *end);
    bytes.remove_prefix(*end);
    if (!AnswerOne(connection, head)) {
      if (connection->fd) connection->in = bytes;
      return;
    }
  }
  if (bytes.size() >= most) {
    shared_.handler.Notice(FrontEvent::kBadHead);
    RefuseOne(connection, TooLarge(bytes));
    return;
  }
  if (bytes.empty())
    std::string().swap(connection->in);
  else
    connection->in = bytes;
  SetEvents(connection, EPOLLIN);
  if (bytes.empty())
    Enter(connection, Phase::kIdle);
  else if (connection->phase != Phase::kHead)
    Enter(connection, Phase::kHead);
}

// true when the answer is out and the connection goes on.
bool EventLoop::AnswerOne(Connection* connection, std::string_view head) {
  connection->began_us = SteadyUs();
  auto parsed = ParseHead(head);
  if (const auto* bad = std::get_if<BadHead>(&parsed)) {
    shared_.handler.Notice(FrontEvent::kBadHead);
    return RefuseOne(connection, *bad);
  }
  Request& request = std::get<Request>(parsed);
  Exchange exchange;
  const ClientTable::Handle client =
      WhoAsks(*connection, request, exchange.client);
  exchange.time = std::time(nullptr);
  exchange.minor_version = request.minor_version;
  if (shared_.keeps_log) {
    exchange.referer = request.Get("Referer").value_or("");
    exchange.user_agent = request.Get("User-Agent").value_or("");
    exchange.method = request.method;
    exchange.target = request.target;
  }
  connection->with_body = request.method != "HEAD";
  // A body is not read, so what follows it could be taken for a request.
  connection->ends = !request.WantsKeepAlive() || request.HasBody() ||
                     shared_.stopping.load(std::memory_order_relaxed);
  if (client &&
      !client->TakeRequest(shared_.options.limits.requests, now_ms_)) {
    shared_.handler.Notice(FrontEvent::kTooFast);
    return StartAnswer(
        connection,
        shared_.handler.Refuse({429, "too many requests; slow down"}),
        std::move(exchange));
  }
  if (auto answer = shared_.handler.Now(request))
    return StartAnswer(connection, std::move(*answer), std::move(exchange));
  return StartLater(connection, std::move(request), std::move(exchange),
                    client);
}

bool EventLoop::RefuseOne(Connection* connection, const BadHead& bad) {
  connection->ends = true;
  connection->with_body = true;
  Exchange exchange;
  exchange.client = connection->address.Text();
  exchange.time = std::time(nullptr);
  return StartAnswer(connection, shared_.handler.Refuse(bad),
                     std::move(exchange));
}

// The client's record, and its name for the log: the last address that a
// trusted proxy tells. From others, what proxies tell is nobody's business.
ClientTable::Handle EventLoop::WhoAsks(const Connection& connection,
                                       Request& request, std::string& name) {
  const auto& trusted = shared_.options.trusted;
  const auto is_trusted = [&](const ClientAddress& address) {
    return std::any_of(
        trusted.begin(), trusted.end(),
        [&](const AddressBlock& block) { return block.Contains(address); });
  };
  if (shared_.keeps_log) name = connection.address.Text();
  if (trusted.empty() || !is_trusted(connection.address)) {
    std::erase_if(request.headers, [](const HeaderLine& line) {
      return line.first.size() > 11 &&
             SameName(std::string_view(line.first).substr(0, 11),
                      "X-Forwarded");
    });
    return connection.client;
  }
  const auto told = Split(request.Get("X-Forwarded-For").value_or(""), ',');
  for (auto it = told.rbegin(); it != told.rend(); ++it) {
    const auto address = ClientAddress::Parse(Trim(*it));
    if (!address) break;
    if (is_trusted(*address)) continue;
    name = address->Text();
    return address->IsLoopback() ? nullptr : shared_.clients.Get(*address);
  }
  return connection.client;
}

bool EventLoop::StartLater(Connection* connection, Request request,
                           Exchange exchange, ClientTable::Handle client) {
  auto job = [this, connection, request = std::move(request)] {
    Finish(connection, shared_.handler.Later(request));
  };
  if (!shared_.jobs->Add(std::move(client), std::move(job))) {
    shared_.handler.Notice(FrontEvent::kTooMuchWork);
    return StartAnswer(
        connection,
        shared_.handler.Refuse({503, "too much to do; try again in a while"}),
        std::move(exchange));
  }
  connection->exchange = std::make_unique<Exchange>(std::move(exchange));
  Enter(connection, Phase::kWork);
  return false;
}

// true when the answer is out and the connection goes on.
bool EventLoop::StartAnswer(Connection* connection, Answer answer,
                            Exchange exchange) {
  exchange.status = answer.status;
  exchange.kind = answer.kind;
  exchange.meter = answer.meter;
  Outgoing out(std::move(answer), connection->with_body, !connection->ends,
               exchange.time);
  switch (out.Send(connection->fd.get())) {
    case Outgoing::Progress::kDone:
      Observe(out, exchange, connection->began_us);
      if (!connection->ends) return true;
      Linger(connection);
      return false;
    case Outgoing::Progress::kBlocked:
      connection->sent_before = out.sent_bytes();
      connection->out = std::make_unique<Outgoing>(std::move(out));
      connection->exchange = std::make_unique<Exchange>(std::move(exchange));
      Enter(connection, Phase::kSend);
      SetEvents(connection, EPOLLOUT);
      return false;
    case Outgoing::Progress::kGone:
      break;
  }
  Observe(out, exchange, connection->began_us);
  Close(connection);
  return false;
}

void EventLoop::Pump(Connection* connection) {
  const auto progress = connection->out->Send(connection->fd.get());
  if (progress == Outgoing::Progress::kBlocked) return;
  Observe(*connection->out, *connection->exchange, connection->began_us);
  connection->out.reset();
  connection->exchange.reset();
  if (progress == Outgoing::Progress::kGone) return Close(connection);
  if (connection->ends) return Linger(connection);
  Continue(connection);
}

void EventLoop::Continue(Connection* connection) {
  const std::string bytes = std::move(connection->in);
  connection->in.clear();
  Enter(connection, Phase::kIdle);
  Process(connection, bytes);
}

void EventLoop::Observe(const Outgoing& out, Exchange& exchange,
                        std::int64_t began_us) {
  exchange.body_bytes = out.body_bytes();
  exchange.seconds = 1e-6 * static_cast<double>(SteadyUs() - began_us);
  shared_.handler.Observe(exchange);
}

int EventLoop::TimeFor(Phase phase) const {
  const FrontLimits& limits = shared_.options.limits;
  switch (phase) {
    case Phase::kIdle:
      return stopping_ ? kStopGraceMs : limits.idle_ms;
    case Phase::kHead:
      return limits.head_ms;
    case Phase::kSend:
      return limits.stall_ms;
    case Phase::kLinger:
      return stopping_ ? std::min(limits.linger_ms, kStopGraceMs)
                       : limits.linger_ms;
    case Phase::kWork:
      break;
  }
  return 0;
}

void EventLoop::Enter(Connection* connection, Phase phase) {
  list(connection->phase).Remove(connection);
  connection->phase = phase;
  connection->deadline_ms = now_ms_ + TimeFor(phase);
  list(phase).Append(connection);
}

void EventLoop::SetEvents(Connection* connection, std::uint32_t events) {
  if (connection->events == events) return;
  connection->events = events;
  epoll_event event{};
  event.events = events;
  event.data.ptr = connection;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, connection->fd.get(), &event);
}

void EventLoop::Linger(Connection* connection) {
  std::string().swap(connection->in);
  ::shutdown(connection->fd.get(), SHUT_WR);
  SetEvents(connection, EPOLLIN);
  Enter(connection, Phase::kLinger);
}

void EventLoop::Close(Connection* connection) {
  if (connection->out)
    Observe(*connection->out, *connection->exchange, connection->began_us);
  connection->out.reset();
  connection->fd = FileDescriptor();
  list(connection->phase).Remove(connection);
  if (connection->client) --connection->client->connections;
  --shared_.connections;
  shared_.handler.Notice(FrontEvent::kClosed);
  --load_;
  dead_.emplace_back(connection);
}

void EventLoop::CheckPace(Connection* connection) {
  const FrontLimits& limits = shared_.options.limits;
  const std::uint64_t sent = connection->out->sent_bytes();
  const auto least = static_cast<std::uint64_t>(limits.min_send_rate) *
                     static_cast<std::uint64_t>(limits.stall_ms) / 1000;
  if (sent - connection->sent_before < std::max<std::uint64_t>(1, least)) {
    shared_.handler.Notice(FrontEvent::kSlowReader);
    return Close(connection);
  }
  connection->sent_before = sent;
  Enter(connection, Phase::kSend);
}

void EventLoop::CheckDeadlines() {
  const auto late = [&](Phase phase) {
    Connection* first = list(phase).front();
    return first != nullptr && first->deadline_ms <= now_ms_ ? first : nullptr;
  };
  while (Connection* connection = late(Phase::kHead)) {
    shared_.handler.Notice(FrontEvent::kSlowHead);
    RefuseOne(connection, {408, "the request did not come whole in time"});
  }
  while (Connection* connection = late(Phase::kSend)) CheckPace(connection);
  while (Connection* connection = late(Phase::kIdle)) Linger(connection);
  while (Connection* connection = late(Phase::kLinger)) Close(connection);
}

// Those who wait in the system's queue are still taken; then nobody is.
void EventLoop::BeginStop() {
  for (const ListeningSocket& socket : shared_.sockets) Accept(socket);
  accepting_ = false;
  stopping_ = true;
  for (const ListeningSocket& socket : shared_.sockets)
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, socket.fd.get(), nullptr);
  DeadlineList& idle = list(Phase::kIdle);
  for (Connection* one = idle.front(); one != nullptr; one = one->next)
    one->deadline_ms = now_ms_ + kStopGraceMs;
}

}  // namespace hips
