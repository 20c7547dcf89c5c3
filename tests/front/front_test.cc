// SPDX-License-Identifier: GPL-3.0-or-later
// The front over real sockets of this machine; the client is a plain socket,
// so every byte is known. Expected behaviour: RFC 9112.
#include "front/front.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
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
  explicit Client(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    is_connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address),
                              sizeof address) == 0;
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool is_connected() const { return is_connected_; }
  int socket() const { return socket_; }
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

// Echoes the target; "/file" is a file, "/later" takes a worker, "/slow" one
// that waits for Release.
class RunningServer : public FrontHandler {
 public:
  explicit RunningServer(const FrontLimits& limits = {}, int loops = 2) {
    WriteFileAtomic(folder_.path() / "file", std::string(kFileBytes, 'x'));
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

  int port() const { return port_; }
  int connections() const { return front_->connections(); }
  int CountOf(FrontEvent event) const {
    return events_[static_cast<std::size_t>(event)];
  }
  void WaitForSlowRequests(int count = 1) const {
    while (in_slow_ < count) std::this_thread::sleep_for(kMoment);
  }
  int in_slow() const { return in_slow_; }
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

  std::optional<Answer> Now(const Request& request) override {
    if (request.target == "/slow" || request.target == "/later")
      return std::nullopt;
    Answer answer;
    answer.body = "<" + request.target + ">";
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
    return answer;
  }
  Answer Refuse(const BadHead& bad) override { return RespondToBadHead(bad); }
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
  std::atomic<bool> released_{false};
  std::array<std::atomic<int>, 16> events_{};
  std::mutex mutex_;
  std::vector<Exchange> exchanges_;
};

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
    const int small = 4096;
    ::setsockopt(stuck.back()->socket(), SOL_SOCKET, SO_RCVBUF, &small,
                 sizeof small);
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
    const linger reset{1, 0};
    ::setsockopt(client.socket(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  }
  std::this_thread::sleep_for(50 * kMoment);
  server.Release();
  for (int i = 0; i < 5000 && server.connections() > 0; ++i)
    std::this_thread::sleep_for(kMoment);
  EXPECT_EQ(server.connections(), 0);
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

TEST(Front, CutsOffReadersThatDoNotReadWhenStopped) {
  FrontLimits limits;
  limits.drain_ms = 300;
  RunningServer server(limits);
  Client client(server.port());
  const int small = 4096;
  ::setsockopt(client.socket(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
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

TEST(HeadEnd, IsBehindTheEmptyLine) {
  EXPECT_EQ(HeadEnd("GET / HTTP/1.1\r\n\r\nrest"), 18u);
  EXPECT_EQ(HeadEnd("GET / HTTP/1.1\n\nrest"), 16u);
  EXPECT_EQ(HeadEnd("GET / HTTP/1.1\r\nA: b\r\n"), std::nullopt);
  EXPECT_EQ(HeadEnd("GET / HTTP/1.1\r\n\r"), std::nullopt);
  EXPECT_EQ(HeadEnd(""), std::nullopt);
}

}  // namespace
}  // namespace hips
