// SPDX-License-Identifier: GPL-3.0-or-later
// The front over real sockets of this machine; the client is a plain socket,
// so every byte is known. Expected behaviour: RFC 9112.
#include "front/front.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "front/connection.h"
#include "serve/respond.h"
#include "support/test_data.h"

namespace hips {
namespace {

constexpr auto kMoment = std::chrono::milliseconds(1);

class Client {
 public:
  /// Has a descriptor; Connect is to come.
  Client() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {}
  explicit Client(int port) : Client() { Connect(port); }
  void Connect(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    is_connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address),
                              sizeof address) == 0;
  }
  ~Client() {
    if (socket_ >= 0) ::close(socket_);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool is_connected() const { return is_connected_; }
  int socket() const { return socket_; }
  /// A small window: the server's system has to keep most of an answer.
  void ReadSlowly(int window = 4096) {
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &window, sizeof window);
  }
  /// Ends the connection for both directions (RST).
  void Reset() {
    const linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    ::close(std::exchange(socket_, -1));
  }
  void Send(std::string_view text) {
    ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
  }
  // All bytes until the server closes; what came when 5 s pass without any.
  std::string ReadToEnd() {
    std::string text;
    char bytes[4096];
    pollfd descriptor{socket_, POLLIN, 0};
    while (::poll(&descriptor, 1, 5000) > 0) {
      const ssize_t count = ::recv(socket_, bytes, sizeof bytes, 0);
      if (count <= 0) return text;
      text.append(bytes, static_cast<std::size_t>(count));
    }
    return text + "<still open>";
  }
  std::string Read(std::size_t count) {
    std::string text(count, '\0');
    const ssize_t got = ::recv(socket_, text.data(), count, MSG_WAITALL);
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
  }

 private:
  int socket_;
  bool is_connected_ = false;
};

// Echoes the target; "/file" is a file, "/none" an empty one. "/hold" keeps its
// loop until Release. A worker is taken by "/later", by "/slow", which waits
// for Release, and by "/large", a body of kLargeBytes.
class RunningServer : public FrontHandler {
 public:
  explicit RunningServer(const FrontLimits& limits = {}, int loops = 2) {
    WriteFileAtomic(folder_.path() / "file", std::string(kFileBytes, 'x'));
    WriteFileAtomic(folder_.path() / "none", "");
    FrontOptions options;
    options.loops = loops;
    options.workers = 2;
    options.limits = limits;
    options.trusted = {*AddressBlock::Make("127.0.0.1", 32)};
    auto sockets = Listen("127.0.0.1", 0, false);
    port_ = sockets.front().port;
    front_ = std::make_unique<Front>(options, std::move(sockets), *this);
  }
  ~RunningServer() override {
    Release();
    Stop();
  }

  static constexpr std::size_t kFileBytes = 3 << 20;
  static constexpr std::size_t kLargeBytes = 24 << 20;

  int port() const { return port_; }
  int connections() const { return front_->connections(); }
  int CountOf(FrontEvent event) const {
    return events_[static_cast<std::size_t>(event)];
  }
  void WaitForSlowRequests(int count = 1) const {
    while (in_slow_ < count) std::this_thread::sleep_for(kMoment);
  }
  int in_slow() const { return in_slow_; }
  int in_hold() const { return in_hold_; }
  int made_large() const { return made_large_; }
  int releases() const { return releases_; }
  void Release() { released_ = true; }
  void Stop() { front_->Stop(); }
  std::string Ask(const std::string& bytes) {
    Client client(port_);
    client.Send(bytes);
    return client.ReadToEnd();
  }
  std::vector<Exchange> exchanges() {
    const std::lock_guard lock(mutex_);
    return exchanges_;
  }
  /// Status and target of what was refused last; "-" when there was no request.
  std::string last_refused() {
    const std::lock_guard lock(mutex_);
    return last_refused_;
  }

  std::optional<Answer> Now(const Request& request) override {
    if (request.target == "/slow" || request.target == "/later" ||
        request.target == "/large" || request.target.starts_with("/light"))
      return std::nullopt;
    if (request.target == "/hold") {
      ++in_hold_;
      while (!released_) std::this_thread::sleep_for(kMoment);
    }
    Answer answer;
    answer.body = "<" + request.target + ">";
    if (request.target == "/none") {
      const auto file = OpenBeneath(folder_.path(), "", "none");
      answer.body = FilePart{file, 0, 0};
    }
    if (request.target == "/nothing") answer.body = std::string();
    if (request.target == "/ends-in-nothing")
      answer.body = std::vector<BodyPart>{std::string("<>"), std::string()};
    if (request.target == "/text") answer.body = std::string(kLargeBytes, 't');
    if (request.target == "/file") {
      const auto file = OpenBeneath(folder_.path(), "", "file");
      answer.body = FilePart{file, 0, file->byte_count()};
    }
    if (request.target == "/parts") {
      const auto file = OpenBeneath(folder_.path(), "", "file");
      answer.body = std::vector<BodyPart>{
          std::string("<"), FilePart{file, 5, 3},
          std::make_shared<const std::string>("shared"), std::string(">")};
    }
    return answer;
  }
  Answer Later(const Request& request) override {
    if (request.target == "/slow") ++in_slow_;
    while (request.target == "/slow" && !released_)
      std::this_thread::sleep_for(kMoment);
    Answer answer;
    answer.body = "<" + request.target + ">";
    if (request.target == "/large") {
      ++made_large_;
      answer.body = std::string(kLargeBytes, 'y');
    }
    if (request.target == "/light-not") answer.body = std::string(1 << 20, 'z');
    return answer;
  }
  bool MayBeLarge(const Request& request) const override {
    return !request.target.starts_with("/light");
  }
  Answer Refuse(const BadHead& bad, const Request* request) override {
    const std::lock_guard lock(mutex_);
    last_refused_ = std::to_string(bad.status) + " " +
                    (request != nullptr ? request->target : "-");
    return RespondToBadHead(bad);
  }
  void ReleaseDescriptors() override { ++releases_; }
  void Observe(const Exchange& exchange) override {
    const std::lock_guard lock(mutex_);
    exchanges_.push_back(exchange);
  }
  void Notice(FrontEvent event) override {
    ++events_[static_cast<std::size_t>(event)];
  }

 private:
  TestFolder folder_;
  std::unique_ptr<Front> front_;
  int port_ = 0;
  std::atomic<int> in_slow_{0};
  std::atomic<int> in_hold_{0};
  std::atomic<int> made_large_{0};
  std::atomic<int> releases_{0};
  std::atomic<bool> released_{false};
  std::array<std::atomic<int>, 16> events_{};
  std::mutex mutex_;
  std::vector<Exchange> exchanges_;
  std::string last_refused_;
};

// Whether it becomes true within 5 s.
bool Becomes(const std::function<bool()>& is_so) {
  for (int i = 0; i < 5000; ++i) {
    if (is_so()) return true;
    std::this_thread::sleep_for(kMoment);
  }
  return is_so();
}

double SecondsOf(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

std::size_t CountOf(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + part.size()))
    ++count;
  return count;
}

constexpr const char* kClose = "Host: x\r\nConnection: close\r\n\r\n";

std::string Get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n";
}

// As a proxy passes it on.
std::string GetFor(const std::string& client, const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nX-Forwarded-For: " + client + "\r\n" +
         kClose;
}

// "HTTP/1.1 200": how many bytes that is, and what comes first.
constexpr std::size_t kStatusBytes = 12;

TEST(Front, AnswersOneRequest) {
  RunningServer server;
  const std::string text =
      server.Ask(std::string("GET /a HTTP/1.1\r\n") + kClose);
  EXPECT_TRUE(text.starts_with("HTTP/1.1 200 OK\r\n")) << text;
  EXPECT_NE(text.find("\r\nContent-Length: 4\r\n"), std::string::npos);
  EXPECT_NE(text.find("\r\nConnection: close\r\n"), std::string::npos);
  EXPECT_TRUE(text.ends_with("\r\n\r\n</a>")) << text;
}

TEST(Front, AnswersPipelinedRequestsInOrder) {
  RunningServer server;
  std::string bytes;
  for (int i = 0; i < 10; ++i)
    bytes += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::string text =
      server.Ask(bytes + "GET /last HTTP/1.1\r\n" + kClose);
  EXPECT_EQ(CountOf(text, "HTTP/1.1 200 OK"), 11u);
  EXPECT_LT(text.find("</3>"), text.find("</4>"));
  EXPECT_TRUE(text.ends_with("</last>"));
}

TEST(Front, LeavesTheBodyOffForHead) {
  RunningServer server;
  const std::string text =
      server.Ask(std::string("HEAD /abc HTTP/1.1\r\n") + kClose);
  EXPECT_NE(text.find("\r\nContent-Length: 6\r\n"), std::string::npos);
  EXPECT_TRUE(text.ends_with("\r\n\r\n")) << text;
}

TEST(Front, SendsAWholeFile) {
  RunningServer server;
  const std::string text =
      server.Ask(std::string("GET /file HTTP/1.1\r\n") + kClose);
  const std::size_t body = text.find("\r\n\r\n") + 4;
  EXPECT_EQ(text.size() - body, RunningServer::kFileBytes);
  EXPECT_EQ(text.find_first_not_of('x', body), std::string::npos);
  server.Stop();
  ASSERT_EQ(server.exchanges().size(), 1u);
  EXPECT_EQ(server.exchanges()[0].body_bytes, RunningServer::kFileBytes);
  EXPECT_EQ(server.exchanges()[0].client, "127.0.0.1");
}

TEST(Front, AnswersAndClosesOnABrokenHead) {
  RunningServer server;
  const std::string bad = server.Ask("GET / HTTP/1.1\r\nBad Line\r\n\r\n");
  EXPECT_TRUE(bad.starts_with("HTTP/1.1 400 ")) << bad;
  EXPECT_NE(bad.find("Access-Control-Allow-Origin: *"), std::string::npos);
  const std::string line = server.Ask("GET /" + std::string(40000, 'a'));
  EXPECT_TRUE(line.starts_with("HTTP/1.1 414 ")) << line;
  const std::string head =
      server.Ask("GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(40000, 'a'));
  EXPECT_TRUE(head.starts_with("HTTP/1.1 431 ")) << head;
}

TEST(Front, TakesNoBodyForARequest) {
  RunningServer server;
  const std::string text = server.Ask(
      "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n\r\n"
      "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(CountOf(text, "HTTP/1.1 "), 1u) << text;
  EXPECT_EQ(text.find("hidden"), std::string::npos);
}

TEST(Front, EndsASlowHead) {
  FrontLimits limits;
  limits.head_ms = 200;
  RunningServer server(limits);
  const std::string text = server.Ask("GET / HTTP/1.1\r\nHo");
  EXPECT_TRUE(text.starts_with("HTTP/1.1 408 ")) << text;
  EXPECT_EQ(server.CountOf(FrontEvent::kSlowHead), 1);
  EXPECT_EQ(server.last_refused(), "408 -");
}

// Each head is whole in half of its time, but there is always another that is
// not.
TEST(Front, GivesEachHeadItsTime) {
  FrontLimits limits;
  limits.head_ms = 500;
  RunningServer server(limits);
  Client client(server.port());
  client.Send("GET /0 HTTP/1.1\r\nHo");
  for (int i = 0; i < 6; ++i) {
    std::this_thread::sleep_for(200 * kMoment);
    client.Send("st: x\r\n\r\nGET /" + std::to_string(i + 1) +
                " HTTP/1.1\r\nHo");
  }
  client.Send(std::string("st: x\r\nConnection: close\r\n\r\n"));
  const std::string text = client.ReadToEnd();
  EXPECT_EQ(CountOf(text, "HTTP/1.1 200 OK"), 7u) << text;
  EXPECT_EQ(server.CountOf(FrontEvent::kSlowHead), 0);
}

// The head must be whole in time, however often another byte comes.
TEST(Front, IsNotHeldByDribblingClients) {
  FrontLimits limits;
  limits.head_ms = 300;
  RunningServer server(limits);
  Client client(server.port());
  client.Send("GET / HTTP/1.1\r\nA: ");
  const double seconds = SecondsOf([&] {
    std::thread dribble([&] {
      for (int i = 0; i < 100; ++i) {
        client.Send("a");
        std::this_thread::sleep_for(10 * kMoment);
      }
    });
    EXPECT_EQ(client.Read(12), "HTTP/1.1 408");
    dribble.join();
  });
  EXPECT_LT(seconds, 4.0);
}

TEST(Front, ClosesIdleConnections) {
  FrontLimits limits;
  limits.idle_ms = 200;
  RunningServer server(limits);
  EXPECT_EQ(server.Ask(""), "");
}

// Readers that take nothing are ended; others are served meanwhile.
TEST(Front, EndsReadersThatDoNotRead) {
  FrontLimits limits;
  limits.stall_ms = 300;
  RunningServer server(limits);
  std::vector<std::unique_ptr<Client>> stuck;
  for (int i = 0; i < 20; ++i) {
    stuck.push_back(std::make_unique<Client>(server.port()));
    stuck.back()->ReadSlowly();
    for (int k = 0; k < 4; ++k)
      stuck.back()->Send("GET /file HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  EXPECT_TRUE(server.Ask(std::string("GET /a HTTP/1.1\r\n") + kClose)
                  .ends_with("</a>"));
  for (int i = 0; i < 5000 && server.connections() > 0; ++i)
    std::this_thread::sleep_for(kMoment);
  EXPECT_EQ(server.connections(), 0);
  EXPECT_EQ(server.CountOf(FrontEvent::kSlowReader), 20);
}

// 1.6 MB a second is more than 1 kB, though a send buffer of megabytes has no
// room again for half a second.
TEST(Front, KeepsReadersThatAreFastEnough) {
  FrontLimits limits;
  limits.stall_ms = 150;
  RunningServer server(limits);
  Client client(server.port());
  client.ReadSlowly(1 << 17);
  client.Send(Get("/large"));
  constexpr std::size_t kPiece = 65536;
  std::size_t count = 0;
  for (int i = 0; i < 30; ++i) {
    count += client.Read(kPiece).size();
    std::this_thread::sleep_for(40 * kMoment);
  }
  EXPECT_EQ(count, 30 * kPiece);
  EXPECT_EQ(server.CountOf(FrontEvent::kSlowReader), 0);
  EXPECT_EQ(server.connections(), 1);
}

// With MSG_MORE and nothing behind, the system keeps a head for 200 ms.
TEST(Front, SendsAnswersWithoutABodyAtOnce) {
  RunningServer server;
  for (const char* target : {"/none", "/nothing", "/ends-in-nothing"}) {
    Client client(server.port());
    const double seconds = SecondsOf([&] {
      for (int i = 0; i < 5; ++i) {
        client.Send(Get(target));
        std::string text;
        while (text.find("\r\n\r\n") == std::string::npos) {
          text += client.Read(1);
          ASSERT_FALSE(text.empty());
        }
        if (std::string_view(target) == "/ends-in-nothing") {
          EXPECT_EQ(client.Read(2), "<>");
        }
      }
    });
    EXPECT_LT(seconds, 0.6) << target;
  }
}

// Several turns in all, and of one connection: nothing is lost between them.
TEST(Front, SendsMuchInTurns) {
  RunningServer server({}, 1);
  const auto body_bytes = [&](const std::string& text) {
    return text.size() - (text.find("\r\n\r\n") + 4);
  };
  EXPECT_EQ(
      body_bytes(server.Ask(std::string("GET /large HTTP/1.1\r\n") + kClose)),
      RunningServer::kLargeBytes);
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += Get("/file");
  const std::string text =
      server.Ask(bytes + "GET /last HTTP/1.1\r\n" + kClose);
  EXPECT_EQ(CountOf(text, "HTTP/1.1 200 OK"), 9u);
  EXPECT_GT(text.size(), 8 * RunningServer::kFileBytes);
  EXPECT_LT(text.size(), 8 * RunningServer::kFileBytes + 9 * 1024);
  EXPECT_TRUE(text.ends_with("</last>"));
}

TEST(Front, MakesRoomWhenCrowded) {
  FrontLimits limits;
  limits.connections = 4;
  RunningServer server(limits, 1);
  Client first(server.port()), second(server.port()), third(server.port()),
      fourth(server.port());
  fourth.Send("GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(fourth.Read(12), "HTTP/1.1 200");
  EXPECT_TRUE(server.Ask(std::string("GET /a HTTP/1.1\r\n") + kClose)
                  .ends_with("</a>"));
  EXPECT_EQ(server.CountOf(FrontEvent::kDropped), 1);
  EXPECT_EQ(first.ReadToEnd(), "");  // silent for longest
}

// What limits the descriptors of a process limits their numbers, too: those
// below are taken.
class FewDescriptors {
 public:
  explicit FewDescriptors(int left) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const int next = ::dup(0);
    ::close(next);
    rlimit few = before_;
    few.rlim_cur = static_cast<rlim_t>(next + left);
    ::setrlimit(RLIMIT_NOFILE, &few);
  }
  ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

// accept(2) wants a descriptor before it looks whether anybody waits: two
// clients and room for two is no reason to close anything. The next one gets
// the place of the one that has been silent for longest.
TEST(Front, ClosesNothingForWantOfADescriptorThatNobodyWaitsFor) {
  RunningServer server({}, 1);
  Client first(server.port()), second(server.port());
  first.Send(Get("/a"));
  EXPECT_EQ(first.Read(kStatusBytes), "HTTP/1.1 200");
  second.Send(Get("/a"));
  EXPECT_EQ(second.Read(kStatusBytes), "HTTP/1.1 200");
  first.Reset();
  second.Reset();
  ASSERT_TRUE(Becomes([&] { return server.connections() == 0; }));
  Client third, fourth, fifth;
  const FewDescriptors few(2);
  third.Connect(server.port());
  third.Send(Get("/c"));
  EXPECT_EQ(third.Read(kStatusBytes), "HTTP/1.1 200");
  fourth.Connect(server.port());
  fourth.Send(Get("/d"));
  EXPECT_EQ(fourth.Read(kStatusBytes), "HTTP/1.1 200");
  EXPECT_EQ(server.CountOf(FrontEvent::kDropped), 0);
  EXPECT_EQ(server.releases(), 0);
  fifth.Connect(server.port());
  fifth.Send(Get("/e"));
  EXPECT_EQ(fifth.Read(kStatusBytes), "HTTP/1.1 200");
  EXPECT_EQ(server.CountOf(FrontEvent::kDropped), 1);
  EXPECT_EQ(server.releases(), 1);
  EXPECT_EQ(server.connections(), 2);
  EXPECT_TRUE(third.ReadToEnd().ends_with("</c>"));
}

TEST(Front, AnswersWhoeverItHasNoDescriptorFor) {
  RunningServer server({}, 1);
  Client first, second, third, fourth;
  const FewDescriptors few(2);
  for (Client* client : {&first, &second}) {
    client->Connect(server.port());
    client->Send(Get("/slow"));
  }
  server.WaitForSlowRequests(2);
  for (Client* client : {&third, &fourth}) {
    client->Connect(server.port());
    client->Send(Get("/a"));
    const std::string text = client->ReadToEnd();
    EXPECT_TRUE(text.starts_with("HTTP/1.1 503 ")) << text;
  }
  EXPECT_EQ(server.CountOf(FrontEvent::kTooMany), 2);
  server.Release();
  EXPECT_EQ(first.Read(kStatusBytes), "HTTP/1.1 200");
  EXPECT_EQ(second.Read(kStatusBytes), "HTTP/1.1 200");
}

TEST(Front, TurnsClientsAwayWhenNobodyIsIdle) {
  FrontLimits limits;
  limits.connections = 2;
  RunningServer server(limits, 1);
  Client first(server.port()), second(server.port());
  first.Send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  second.Send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  server.WaitForSlowRequests(2);
  const std::string text =
      server.Ask(std::string("GET /a HTTP/1.1\r\n") + kClose);
  EXPECT_TRUE(text.starts_with("HTTP/1.1 503 ")) << text;
  EXPECT_NE(text.find("\r\nRetry-After: "), std::string::npos);
  EXPECT_EQ(server.CountOf(FrontEvent::kTooMany), 1);
}

TEST(Front, AnswersFromWorkersInOrder) {
  RunningServer server;
  const std::string text = server.Ask(
      "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n"
      "GET /later HTTP/1.1\r\nHost: x\r\n\r\n"
      "GET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_LT(text.find("</1>"), text.find("</later>"));
  EXPECT_LT(text.find("</later>"), text.find("</2>"));
  EXPECT_TRUE(text.ends_with("</2>"));
}

TEST(Front, ForgetsClientsThatLeaveTheirWorkerBehind) {
  RunningServer server;
  {
    Client client(server.port());
    client.Send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
    server.WaitForSlowRequests();
    client.Reset();
  }
  std::this_thread::sleep_for(50 * kMoment);
  server.Release();
  EXPECT_TRUE(Becomes([&] { return server.connections() == 0; }));
  // The log has it nevertheless.
  ASSERT_EQ(server.exchanges().size(), 1u);
  EXPECT_EQ(server.exchanges()[0].status, 499);
  EXPECT_EQ(server.exchanges()[0].target, "/slow");
  EXPECT_EQ(server.exchanges()[0].body_bytes, 0u);
}

// Of two requests of one client one waits: that is one thread for it, one for
// the others. Nobody does the work that the one who left had asked for.
TEST(Front, SkipsTheWorkOfClientsThatLeft) {
  RunningServer server;
  Client first(server.port()), second(server.port()), third(server.port());
  first.Send(GetFor("192.0.2.1", "/slow"));
  server.WaitForSlowRequests();
  second.Send(GetFor("192.0.2.1", "/slow"));
  // Behind it in the same loop or not, this one is answered by a worker.
  third.Send(GetFor("192.0.2.2", "/later"));
  EXPECT_TRUE(third.ReadToEnd().ends_with("</later>"));
  third.Reset();
  ASSERT_TRUE(Becomes([&] { return server.connections() == 2; }));
  EXPECT_EQ(server.in_slow(), 1);
  second.Reset();
  EXPECT_TRUE(Becomes([&] { return server.connections() == 1; }));
  server.Release();
  EXPECT_TRUE(first.ReadToEnd().ends_with("</slow>"));
  EXPECT_EQ(server.in_slow(), 1);
  ASSERT_EQ(server.exchanges().size(), 3u);
  EXPECT_EQ(server.exchanges()[1].status, 499);
}

// A client that ends its own direction still wants its answer.
TEST(Front, AnswersClientsThatHaveNothingMoreToSay) {
  RunningServer server;
  Client running(server.port()), waiting(server.port());
  for (Client* client : {&running, &waiting}) {
    client->Send(GetFor("192.0.2.1", "/slow"));
    ::shutdown(client->socket(), SHUT_WR);
    server.WaitForSlowRequests();
  }
  std::this_thread::sleep_for(50 * kMoment);
  server.Release();
  EXPECT_TRUE(running.ReadToEnd().ends_with("</slow>"));
  EXPECT_TRUE(waiting.ReadToEnd().ends_with("</slow>"));
}

// One client asks for much and closes; others are served at once.
TEST(Front, IsNotStoppedByOneClient) {
  FrontLimits limits;
  limits.jobs = 20;
  limits.jobs_waiting_per_client = 4;
  RunningServer server(limits);
  Client blocked(server.port());
  blocked.Send(GetFor("192.0.2.1", "/slow"));
  server.WaitForSlowRequests();
  for (int i = 0; i < 60; ++i) {
    Client client(server.port());
    client.Send(GetFor("192.0.2.1", "/slow"));
  }
  // One runs, four wait.
  ASSERT_TRUE(Becomes(
      [&] { return server.CountOf(FrontEvent::kTooMuchWork) == 60 - 4; }));
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(server.Ask(GetFor("192.0.2.2", "/later")).ends_with("</later>"))
        << i;
  const std::string text = server.Ask(GetFor("192.0.2.1", "/later"));
  EXPECT_TRUE(text.starts_with("HTTP/1.1 429 ")) << text;
  EXPECT_NE(text.find("\r\nRetry-After: "), std::string::npos);
  EXPECT_EQ(server.last_refused(), "429 /later");
  EXPECT_EQ(server.in_slow(), 1);
}

// Whoever reads slowly keeps memory: until it is free again, nothing more is
// made. The first is larger than the budget, and made nevertheless.
TEST(Front, MakesNothingWhileTooMuchIsInMemory) {
  FrontLimits limits;
  limits.body_bytes = 1 << 20;
  RunningServer server(limits);
  auto slow = std::make_unique<Client>(server.port());
  slow->ReadSlowly();
  slow->Send(Get("/large"));
  EXPECT_EQ(slow->Read(kStatusBytes), "HTTP/1.1 200");
  const std::string text =
      server.Ask(std::string("GET /later HTTP/1.1\r\n") + kClose);
  EXPECT_TRUE(text.starts_with("HTTP/1.1 503 ")) << text;
  EXPECT_NE(text.find("\r\nRetry-After: "), std::string::npos);
  EXPECT_EQ(server.CountOf(FrontEvent::kTooMuchWork), 1);
  EXPECT_EQ(server.last_refused(), "503 /later");
  // A large text costs memory wherever it was made; files and small ones not.
  EXPECT_TRUE(server.Ask(std::string("GET /text HTTP/1.1\r\n") + kClose)
                  .starts_with("HTTP/1.1 503 "));
  EXPECT_TRUE(server.Ask(std::string("GET /light-not HTTP/1.1\r\n") + kClose)
                  .starts_with("HTTP/1.1 503 "));
  EXPECT_TRUE(server.Ask(std::string("GET /a HTTP/1.1\r\n") + kClose)
                  .ends_with("</a>"));
  EXPECT_TRUE(server.Ask(std::string("GET /light HTTP/1.1\r\n") + kClose)
                  .ends_with("</light>"));
  EXPECT_TRUE(server.Ask(std::string("GET /file HTTP/1.1\r\n") + kClose)
                  .starts_with("HTTP/1.1 200 "));
  slow->Reset();
  EXPECT_TRUE(Becomes([&] {
    return server.Ask(std::string("GET /later HTTP/1.1\r\n") + kClose)
        .ends_with("</later>");
  }));
}

TEST(Front, KeepsMemoryForOtherClients) {
  FrontLimits limits;
  limits.body_bytes_per_client = 1 << 20;
  RunningServer server(limits);
  Client slow(server.port());
  slow.ReadSlowly();
  slow.Send(GetFor("192.0.2.1", "/large"));
  EXPECT_EQ(slow.Read(kStatusBytes), "HTTP/1.1 200");
  EXPECT_TRUE(
      server.Ask(GetFor("192.0.2.1", "/later")).starts_with("HTTP/1.1 503 "));
  EXPECT_TRUE(server.Ask(GetFor("192.0.2.2", "/later")).ends_with("</later>"));
}

// Five waited before there was anything in memory: one of the two workers makes
// one answer, and so may the other, but not each of the five.
TEST(Front, LooksAtTheMemoryAgainBeforeItBegins) {
  FrontLimits limits;
  limits.body_bytes = 1 << 20;
  RunningServer server(limits);
  Client first(server.port()), second(server.port());
  first.Send(Get("/slow"));
  second.Send(Get("/slow"));
  server.WaitForSlowRequests(2);
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(std::make_unique<Client>(server.port()));
    clients.back()->ReadSlowly();
    clients.back()->Send(Get("/large"));
  }
  // Their heads have come when a later one of the same loop is answered.
  for (int i = 0; i < 8; ++i)
    server.Ask(std::string("GET /a HTTP/1.1\r\n") + kClose);
  server.Release();
  int made = 0;
  for (const auto& client : clients)
    made += client->Read(kStatusBytes) == "HTTP/1.1 200" ? 1 : 0;
  EXPECT_GE(made, 1);
  EXPECT_LE(made, 2);
  EXPECT_EQ(server.made_large(), made);
}

TEST(Front, OutlivesClientsThatLeaveDuringAFile) {
  RunningServer server;
  for (int i = 0; i < 50; ++i) {
    Client client(server.port());
    client.Send("GET /file HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(client.Read(12), "HTTP/1.1 200");
  }
  EXPECT_TRUE(server.Ask(std::string("GET /a HTTP/1.1\r\n") + kClose)
                  .ends_with("</a>"));
}

TEST(Front, SendsBodiesOfSeveralParts) {
  RunningServer server;
  const std::string text =
      server.Ask(std::string("GET /parts HTTP/1.1\r\n") + kClose);
  EXPECT_NE(text.find("\r\nContent-Length: 11\r\n"), std::string::npos);
  EXPECT_TRUE(text.ends_with("\r\n\r\n<xxxshared>")) << text;
}

// One client, known by its proxy, has two requests at once.
TEST(Front, SlowsDownWhoAsksTooFast) {
  FrontLimits limits;
  limits.requests.per_second = 0.001;
  limits.requests.burst = 2;
  RunningServer server(limits);
  const auto ask = [&](const std::string& from) {
    return server
        .Ask("GET /a HTTP/1.1\r\nX-Forwarded-For: " + from + "\r\n" + kClose)
        .substr(9, 3);
  };
  EXPECT_EQ(ask("192.0.2.1"), "200");
  EXPECT_EQ(ask("10.1.1.1, 192.0.2.1"), "200");
  EXPECT_EQ(ask("192.0.2.1"), "429");
  EXPECT_EQ(ask("192.0.2.2"), "200");
  EXPECT_EQ(ask("192.0.2.1, 127.0.0.1"), "429");
  EXPECT_EQ(ask("2001:db8::1"), "200");
  EXPECT_EQ(ask("2001:db8::2"), "200");  // the same /64
  EXPECT_EQ(ask("2001:db8::3"), "429");
  EXPECT_EQ(server.exchanges()[1].client, "192.0.2.1");
  EXPECT_EQ(server.CountOf(FrontEvent::kTooFast), 3);
  EXPECT_EQ(server.last_refused(), "429 /a");
}

TEST(Front, FinishesAnswersWhenStopped) {
  RunningServer server;
  Client idle(server.port());
  Client client(server.port());
  client.Send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  server.WaitForSlowRequests();
  std::thread release([&] {
    std::this_thread::sleep_for(150 * kMoment);
    server.Release();
  });
  EXPECT_LT(SecondsOf([&] { server.Stop(); }), 4.0);
  release.join();
  EXPECT_TRUE(client.ReadToEnd().ends_with("\r\n\r\n</slow>"));
  EXPECT_EQ(idle.ReadToEnd(), "");
  EXPECT_FALSE(Client(server.port()).is_connected());
}

// Its loop being kept, 200 clients wait to be accepted when the stop comes.
TEST(Front, AnswersAllThatWaitWhenStopped) {
  AllowManyDescriptors();
  RunningServer server({}, 1);
  Client holding(server.port());
  holding.Send(Get("/hold"));
  ASSERT_TRUE(Becomes([&] { return server.in_hold() == 1; }));
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 200; ++i) {
    clients.push_back(std::make_unique<Client>(server.port()));
    ASSERT_TRUE(clients.back()->is_connected()) << i;
    clients.back()->Send(Get("/a"));
  }
  std::thread stop([&] { server.Stop(); });
  std::this_thread::sleep_for(50 * kMoment);
  server.Release();
  int answered = 0;
  for (const auto& client : clients)
    answered += client->ReadToEnd().ends_with("</a>") ? 1 : 0;
  stop.join();
  EXPECT_EQ(answered, 200);
}

// As long as it is open, the system gives the socket its part of the new
// connections, though another program listens there.
TEST(Front, ClosesItsSocketsAtTheBeginningOfAStop) {
  RunningServer server;
  Client client(server.port());
  client.Send(Get("/slow"));
  server.WaitForSlowRequests();
  std::thread stop([&] { server.Stop(); });
  bool is_closed = false;
  for (int i = 0; i < 100 && !is_closed; ++i) {
    is_closed = !Client(server.port()).is_connected();
    std::this_thread::sleep_for(20 * kMoment);
  }
  EXPECT_TRUE(is_closed);
  // The answer is still to come: the stop is not over.
  EXPECT_EQ(server.exchanges().size(), 0u);
  server.Release();
  EXPECT_TRUE(client.ReadToEnd().ends_with("</slow>"));
  stop.join();
}

TEST(Front, CutsOffReadersThatDoNotReadWhenStopped) {
  FrontLimits limits;
  limits.drain_ms = 300;
  RunningServer server(limits);
  Client client(server.port());
  client.ReadSlowly();
  for (int i = 0; i < 8; ++i)
    client.Send("GET /file HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.Read(8), "HTTP/1.1");
  EXPECT_LT(SecondsOf([&] { server.Stop(); }), 3.0);
}

TEST(Front, CarriesManyConnections) {
  AllowManyDescriptors();
  RunningServer server;
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 400; ++i) {
    clients.push_back(std::make_unique<Client>(server.port()));
    ASSERT_TRUE(clients.back()->is_connected()) << i;
  }
  for (const auto& client : clients)
    client->Send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  for (const auto& client : clients)
    EXPECT_EQ(client->Read(12), "HTTP/1.1 200");
  EXPECT_EQ(server.connections(), 400);
  EXPECT_EQ(server.CountOf(FrontEvent::kOpened), 400);
}

TEST(Listen, SaysThatAPortIsTaken) {
  RunningServer server;
  try {
    Listen("127.0.0.1", server.port(), false);
    FAIL() << "two servers on one port";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kIo);
    EXPECT_NE(std::string(error.what()).find("another program"),
              std::string::npos)
        << error.what();
  }
}

TEST(Listen, SharesAPortWhenAsked) {
  const auto first = Listen("127.0.0.1", 0, true);
  const auto second = Listen("127.0.0.1", first.front().port, true);
  EXPECT_EQ(second.front().port, first.front().port);
}

TEST(Listen, SaysThatAHostIsNotHere) {
  // RFC 5737: nobody's.
  EXPECT_THROW(Listen("192.0.2.1", 0, false), Error);
}

// A reader takes 16 MiB as fast as they come; a loop has others to look after.
TEST(Outgoing, SendsNoMoreThanOneTurn) {
  const auto listening = Listen("127.0.0.1", 0, false);
  Client client(listening.front().port);
  const FileDescriptor socket(
      ::accept4(listening.front().fd.get(), nullptr, nullptr, SOCK_NONBLOCK));
  std::thread read([&] { client.ReadToEnd(); });
  Answer answer;
  answer.body = std::string(16 << 20, 'x');
  Outgoing out(std::move(answer), true, true, 0);
  std::uint64_t turn = kTurnBytes;
  EXPECT_EQ(out.Send(socket.get(), turn), Outgoing::Progress::kBlocked);
  EXPECT_LE(out.sent_bytes(), kTurnBytes + 1024);
  const std::uint64_t sent = out.sent_bytes();
  turn = 0;
  EXPECT_EQ(out.Send(socket.get(), turn), Outgoing::Progress::kBlocked);
  EXPECT_EQ(out.sent_bytes(), sent);
  EXPECT_TRUE(Becomes([&] {
    turn = kTurnBytes;
    return out.Send(socket.get(), turn) == Outgoing::Progress::kDone;
  }));
  EXPECT_EQ(out.body_bytes(), std::uint64_t{16} << 20);
  ::shutdown(socket.get(), SHUT_WR);
  read.join();
}

TEST(HeadEnd, IsBehindTheEmptyLine) {
  EXPECT_EQ(HeadEnd("GET / HTTP/1.1\r\n\r\nrest"), 18u);
  EXPECT_EQ(HeadEnd("GET / HTTP/1.1\n\nrest"), 16u);
  EXPECT_EQ(HeadEnd("GET / HTTP/1.1\r\nA: b\r\n"), std::nullopt);
  EXPECT_EQ(HeadEnd("GET / HTTP/1.1\r\n\r"), std::nullopt);
  EXPECT_EQ(HeadEnd(""), std::nullopt);
}

}  // namespace
}  // namespace hips
