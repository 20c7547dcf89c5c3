// SPDX-License-Identifier: GPL-3.0-or-later
#include "front/event_loop.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

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
// A stop takes all that wait; no queue is longer (net.core.somaxconn).
constexpr int kLongestQueue = 65536;
// Connections that are looked at for one that may be closed.
constexpr int kLooksForRoom = 64;
// What was made and is smaller goes out whatever is in memory.
constexpr std::uint64_t kSmallBody = 65536;
// Bytes a second that readers of bodies in memory must take when that is
// scarce.
constexpr std::int64_t kScarceRate = 65536;
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

BadHead TooMuchInMemory() {
  return {503, "too many large answers are on their way; try again in a while"};
}

// Made for this answer alone, and large.
bool IsLargeAndItsOwn(const Answer& answer) {
  const auto* text = std::get_if<std::string>(&answer.body);
  return text != nullptr && text->size() > kSmallBody;
}

// Bytes of the answer that the client's system has; below zero while it still
// lacks some of an earlier one.
std::int64_t TakenBytes(const Connection& connection) {
  int queued = 0;
  if (::ioctl(connection.fd.get(), SIOCOUTQ, &queued) != 0) queued = 0;
  return static_cast<std::int64_t>(connection.out->sent_bytes()) - queued;
}

FileDescriptor SpareDescriptor(const FileDescriptor& any) {
  return FileDescriptor(::fcntl(any.get(), F_DUPFD_CLOEXEC, 0));
}

FileDescriptor AcceptOne(const ListeningSocket& socket,
                         sockaddr_storage& from) {
  socklen_t length = sizeof from;
  return FileDescriptor(::accept4(socket.fd.get(),
                                  reinterpret_cast<sockaddr*>(&from), &length,
                                  SOCK_NONBLOCK | SOCK_CLOEXEC));
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
    : options(given),
      handler(answers),
      keeps_log(answers.KeepsLog()),
      bodies(given.limits.body_bytes, given.limits.body_bytes_per_client) {}

Front::Shared::~Shared() = default;

EventLoop::EventLoop(Front::Shared& shared)
    : shared_(shared),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      spare_(SpareDescriptor(wake_)),
      buffer_(kReceiveBytes) {
  if (!epoll_ || !wake_) throw IoError("epoll", errno);
  Watch(epoll_.get(), wake_.get(), EPOLLIN, kWakeTag);
  for (std::size_t i = 0; i < shared.sockets.size(); ++i)
    Watch(epoll_.get(), shared.sockets[i].fd.get(), EPOLLIN | EPOLLEXCLUSIVE,
          kListenTag + i);
}

// What a stop has cut off is closed as everything else.
EventLoop::~EventLoop() {
  for (auto& connection : taken_) Begin(std::move(connection));
  for (DeadlineList& phase : lists_)
    while (!phase.empty()) Close(phase.front());
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

bool EventLoop::IsDone() {
  if (!stopping_) return false;
  // Locked: no connection is handed over to a loop that has ended.
  const std::lock_guard lock(mutex_);
  ended_ = load() == 0 || now_ms_ >= shared_.cut_off_ms;
  return ended_;
}

void EventLoop::Wake() {
  const std::uint64_t one = 1;
  // A full counter wakes the loop too.
  [[maybe_unused]] const ssize_t count = ::write(wake_.get(), &one, sizeof one);
}

bool EventLoop::Take(std::unique_ptr<Connection>& connection) {
  {
    const std::lock_guard lock(mutex_);
    if (ended_) return false;
    ++load_;
    taken_.push_back(std::move(connection));
  }
  Wake();
  return true;
}

void EventLoop::Work(Connection* connection, const Request& request,
                     const ClientTable::Handle& client) {
  // Looked at again: many may have waited while there was room.
  Answer answer;
  const bool may_begin = MayBegin(request, client.get());
  if (may_begin) answer = shared_.handler.Later(request);
  const bool is_surprise = may_begin && !shared_.handler.MayBeLarge(request) &&
                           !MaySend(answer, client.get());
  if (!may_begin || is_surprise) {
    shared_.handler.Notice(FrontEvent::kTooMuchWork);
    answer = shared_.handler.Refuse(TooMuchInMemory(), &request);
  }
  std::vector<BodyPart> parts = std::move(answer).TakeParts();
  BodyBudget::Hold hold = shared_.bodies.Count(client, parts);
  // TakeParts takes the body only.
  // NOLINTNEXTLINE(bugprone-use-after-move)
  answer.body = std::move(parts);
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = finished_.empty();
    finished_.push_back({connection, std::move(answer), std::move(hold)});
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
    Accept(shared_.sockets[tag - kListenTag], kAcceptsAtOnce);
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
  for (auto& [connection, answer, hold] : finished) {
    turn_bytes_ = kTurnBytes;
    if (connection->gone) {
      connection->exchange->kind = answer.kind;
      connection->exchange->meter = answer.meter;
      Close(connection);
      continue;
    }
    Exchange exchange = std::move(*connection->exchange);
    connection->exchange.reset();
    if (StartAnswer(connection, std::move(answer), std::move(exchange), nullptr,
                    std::move(hold)))
      Continue(connection);
  }
}

void EventLoop::Accept(const ListeningSocket& socket, int most) {
  if (!accepting_) return;
  ++batch_;
  bool has_asked = false;
  for (int i = 0; i < most; ++i) {
    sockaddr_storage from{};
    FileDescriptor fd = AcceptOne(socket, from);
    if (fd) {
      Admit(std::move(fd),
            ClientAddress(reinterpret_cast<const sockaddr*>(&from)));
      continue;
    }
    if (errno == ECONNABORTED || errno == EINTR) continue;
    if (errno != EMFILE && errno != ENFILE) return;
    if (!FindDescriptor(socket, has_asked)) return;
  }
}

void EventLoop::Admit(FileDescriptor fd, const ClientAddress& address) {
  const FrontLimits& limits = shared_.options.limits;
  if (shared_.connections >= limits.connections && !MakeRoom()) {
    shared_.handler.Notice(FrontEvent::kTooMany);
    return TurnAway(fd, {503, "too many connections; try again in a while"});
  }
  ClientTable::Handle client;
  if (!address.IsLoopback()) {
    client = shared_.clients.Get(address);
    if (client->connections >= limits.connections_per_client) {
      shared_.handler.Notice(FrontEvent::kTooManyOfOne);
      return TurnAway(fd, {429, "too many connections from this address"});
    }
    ++client->connections;
  }
  ++shared_.connections;
  shared_.handler.Notice(FrontEvent::kOpened);
  auto connection =
      std::make_unique<Connection>(std::move(fd), address, std::move(client));
  EventLoop* least = this;
  if (!shared_.stopping)
    for (const auto& loop : shared_.loops)
      if (loop->load() < least->load()) least = loop.get();
  if (least != this && least->Take(connection)) return;
  ++load_;
  Begin(std::move(connection));
}

// Without a descriptor nothing can be accepted, not even to be refused. false
// when nobody waits, which the system does not look at before it says that it
// has none, or nothing can be done.
bool EventLoop::FindDescriptor(const ListeningSocket& socket, bool& has_asked) {
  pollfd waiting{socket.fd.get(), POLLIN, 0};
  if (::poll(&waiting, 1, 0) <= 0) return false;
  if (!std::exchange(has_asked, true)) {
    shared_.handler.ReleaseDescriptors();
    return true;
  }
  if (MakeRoom()) return true;
  if (!spare_) return static_cast<bool>(spare_ = SpareDescriptor(wake_));
  spare_ = FileDescriptor();
  {
    sockaddr_storage from{};
    if (const FileDescriptor fd = AcceptOne(socket, from)) {
      shared_.handler.Notice(FrontEvent::kTooMany);
      TurnAway(fd, {503, "too many connections; try again in a while"});
    }
  }
  spare_ = SpareDescriptor(wake_);
  return true;
}

// Ends the connection that has been silent for longest.
bool EventLoop::MakeRoom() {
  Connection* one = list(Phase::kIdle).front();
  for (int i = 0; i < kLooksForRoom && one != nullptr; ++i, one = one->next) {
    if (!IsSilent(*one)) continue;
    shared_.handler.Notice(FrontEvent::kDropped);
    Close(one);
    return true;
  }
  return false;
}

// One that was accepted just now had no time to say anything, and what an older
// one has said may not be read yet.
bool EventLoop::IsSilent(const Connection& connection) {
  if (connection.batch == batch_) return false;
  char byte = 0;
  return ::recv(connection.fd.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0;
}

// What has come is read: else close(2) would take the answer back (RST).
void EventLoop::TurnAway(const FileDescriptor& socket, const BadHead& bad) {
  std::uint64_t turn_bytes = kTurnBytes;
  Outgoing(shared_.handler.Refuse(bad, nullptr), true, false,
           std::time(nullptr))
      .Send(socket.get(), turn_bytes);
  ::shutdown(socket.get(), SHUT_WR);
  ::recv(socket.get(), buffer_.data(), buffer_.size(), 0);
}

void EventLoop::Begin(std::unique_ptr<Connection> connection) {
  Connection* one = connection.release();
  one->events = EPOLLIN;
  one->batch = batch_;
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
  turn_bytes_ = kTurnBytes;
  const bool is_lost = (events & (EPOLLERR | EPOLLHUP)) != 0;
  switch (connection->phase) {
    case Phase::kWork:
      if (is_lost) {
        if (shared_.jobs->Remove(connection)) return Close(connection);
        // The worker still has it; nothing more is to be heard of the client.
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
  bool has_answered = false;
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
    has_answered = true;
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
  else if (has_answered || connection->phase != Phase::kHead)
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
        shared_.handler.Refuse({429, "too many requests; slow down"}, &request),
        std::move(exchange), client);
  }
  if (auto answer = shared_.handler.Now(request)) {
    if (!MaySend(*answer, client.get())) {
      shared_.handler.Notice(FrontEvent::kTooMuchWork);
      answer = shared_.handler.Refuse(TooMuchInMemory(), &request);
    }
    return StartAnswer(connection, std::move(*answer), std::move(exchange),
                       client);
  }
  return StartLater(connection, std::move(request), std::move(exchange),
                    client);
}

bool EventLoop::RefuseOne(Connection* connection, const BadHead& bad) {
  connection->ends = true;
  connection->with_body = true;
  Exchange exchange;
  exchange.client = connection->address.Text();
  exchange.time = std::time(nullptr);
  return StartAnswer(connection, shared_.handler.Refuse(bad, nullptr),
                     std::move(exchange), connection->client);
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

// How large the answer is is not known before it is made.
bool EventLoop::MayBegin(const Request& request,
                         const ClientRecord* client) const {
  return shared_.bodies.HasRoom(client) || !shared_.handler.MayBeLarge(request);
}

bool EventLoop::MaySend(const Answer& answer,
                        const ClientRecord* client) const {
  if (IsLargeAndItsOwn(answer) && !shared_.bodies.HasRoom(client)) return false;
  const auto* shared = std::get_if<SharedText>(&answer.body);
  const bool is_shared_and_large =
      shared != nullptr && (*shared)->size() > kSmallBody;
  return !is_shared_and_large || !shared_.bodies.IsFull();
}

bool EventLoop::StartLater(Connection* connection, Request request,
                           Exchange exchange, ClientTable::Handle client) {
  const auto asked = std::make_shared<const Request>(std::move(request));
  const auto refuse = [&](const BadHead& bad) {
    shared_.handler.Notice(FrontEvent::kTooMuchWork);
    return StartAnswer(connection, shared_.handler.Refuse(bad, asked.get()),
                       std::move(exchange), client);
  };
  if (!MayBegin(*asked, client.get())) return refuse(TooMuchInMemory());
  const auto place = shared_.jobs->Add(
      client, connection,
      [this, connection, asked, client] { Work(connection, *asked, client); });
  if (place == JobQueue::Place::kTooMany)
    return refuse({503, "too much to do; try again in a while"});
  if (place == JobQueue::Place::kTooManyOfOne)
    return refuse({429, "too many requests at once; try again in a while"});
  connection->exchange = std::make_unique<Exchange>(std::move(exchange));
  Enter(connection, Phase::kWork);
  return false;
}

// true when the answer is out and the connection goes on.
bool EventLoop::StartAnswer(Connection* connection, Answer answer,
                            Exchange exchange,
                            const ClientTable::Handle& client,
                            BodyBudget::Hold hold) {
  exchange.status = answer.status;
  exchange.kind = answer.kind;
  exchange.meter = answer.meter;
  Outgoing out(std::move(answer), connection->with_body, !connection->ends,
               exchange.time);
  switch (out.Send(connection->fd.get(), turn_bytes_)) {
    case Outgoing::Progress::kDone:
      Observe(out.body_bytes(), exchange, connection->began_us);
      if (!connection->ends) return true;
      Linger(connection);
      return false;
    case Outgoing::Progress::kBlocked:
      // What goes out at once is never counted.
      if (!hold) hold = shared_.bodies.Count(client, out.parts());
      out.Keep(std::move(hold));
      connection->out = std::make_unique<Outgoing>(std::move(out));
      connection->taken_before = TakenBytes(*connection);
      connection->exchange = std::make_unique<Exchange>(std::move(exchange));
      Enter(connection, Phase::kSend);
      SetEvents(connection, EPOLLOUT);
      return false;
    case Outgoing::Progress::kGone:
      break;
  }
  Observe(out.body_bytes(), exchange, connection->began_us);
  Close(connection);
  return false;
}

void EventLoop::Pump(Connection* connection) {
  const auto progress =
      connection->out->Send(connection->fd.get(), turn_bytes_);
  if (progress == Outgoing::Progress::kBlocked) return;
  Observe(connection->out->body_bytes(), *connection->exchange,
          connection->began_us);
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

void EventLoop::Observe(std::uint64_t body_bytes, Exchange& exchange,
                        std::int64_t began_us) {
  exchange.body_bytes = body_bytes;
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
  if (connection->out) {
    Observe(connection->out->body_bytes(), *connection->exchange,
            connection->began_us);
  } else if (connection->exchange) {
    // Gone before there was an answer.
    connection->exchange->status = kClientGone;
    Observe(0, *connection->exchange, connection->began_us);
  }
  connection->out.reset();
  connection->exchange.reset();
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
  // What the client's system has acknowledged. What this one has accepted
  // moves in steps of megabytes: a full send buffer has room again only when
  // a third of it has left.
  const std::int64_t taken = TakenBytes(*connection);
  std::int64_t rate = limits.min_send_rate;
  if (rate > 0 && connection->out->holds_memory() && shared_.bodies.IsScarce())
    rate = std::max(rate, kScarceRate);
  const std::int64_t least = rate * limits.stall_ms / 1000;
  if (taken - connection->taken_before < std::max<std::int64_t>(1, least)) {
    shared_.handler.Notice(FrontEvent::kSlowReader);
    return Close(connection);
  }
  connection->taken_before = taken;
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

// Those who wait in the system's queue are still taken. Then the sockets are
// closed, as soon as no loop uses them: as long as they are open, the system
// gives them their part of the new connections, whoever else listens. Not by
// shutdown(2): the socket may be systemd's, too.
void EventLoop::BeginStop() {
  const auto accept_all = [&] {
    for (const ListeningSocket& socket : shared_.sockets)
      Accept(socket, kLongestQueue);
  };
  accept_all();
  for (const ListeningSocket& socket : shared_.sockets)
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, socket.fd.get(), nullptr);
  const bool is_last = --shared_.accepting_loops == 0;
  if (is_last) accept_all();  // whoever came while the others were at it
  accepting_ = false;
  stopping_ = true;
  if (is_last)
    for (ListeningSocket& socket : shared_.sockets)
      socket.fd = FileDescriptor();
  DeadlineList& idle = list(Phase::kIdle);
  for (Connection* one = idle.front(); one != nullptr; one = one->next)
    one->deadline_ms = now_ms_ + kStopGraceMs;
}

}  // namespace hips
