// SPDX-License-Identifier: GPL-3.0-or-later
// The server over real sockets of this machine; the client is a plain socket,
// so every byte is known. Expected behaviour: RFC 9112.
#include "serve/http_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/file.h"
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

// Echoes the target; "/file" is a file, "/slow" waits for Release.
class RunningServer {
 public:
  explicit RunningServer(ServerOptions options = {}) {
    WriteFileAtomic(folder_.path() / "file", std::string(kFileBytes, 'x'));
    options.port = 0;
    server_ = std::make_unique<HttpServer>(
        options, [this](const Request& request) { return Reply(request); },
        [this](const Exchange& exchange) {
          const std::lock_guard lock(mutex_);
          exchanges_.push_back(exchange);
        });
    port_ = server_->Bind();
    thread_ =
        std::thread([this] { server_->Run([this] { return stop_.load(); }); });
  }
  ~RunningServer() { Stop(); }

  static constexpr std::size_t kFileBytes = 3 << 20;

  int port() const { return port_; }
  void WaitForSlowRequest() const {
    while (!is_in_slow_) std::this_thread::sleep_for(kMoment);
  }
  void Release() { released_ = true; }
  void AskToStop() { stop_ = true; }
  void Stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }
  std::string Ask(const std::string& bytes) {
    Client client(port_);
    client.Send(bytes);
    return client.ReadToEnd();
  }
  std::vector<Exchange> exchanges() {
    const std::lock_guard lock(mutex_);
    return exchanges_;
  }

 private:
  Answer Reply(const Request& request) {
    Answer answer;
    answer.body = "<" + request.target + ">";
    if (request.target == "/file") {
      const auto file = OpenBeneath(folder_.path(), "", "file");
      answer.body = FilePart{file, 0, file->byte_count()};
    }
    if (request.target == "/slow") is_in_slow_ = true;
    while (is_in_slow_ && !released_) std::this_thread::sleep_for(kMoment);
    return answer;
  }

  TestFolder folder_;
  std::unique_ptr<HttpServer> server_;
  int port_ = 0;
  std::atomic<bool> stop_{false};
  std::atomic<bool> is_in_slow_{false};
  std::atomic<bool> released_{false};
  std::mutex mutex_;
  std::vector<Exchange> exchanges_;
  std::thread thread_;
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

TEST(HttpServer, AnswersOneRequest) {
  RunningServer server;
  const std::string text =
      server.Ask(std::string("GET /a HTTP/1.1\r\n") + kClose);
  EXPECT_TRUE(text.starts_with("HTTP/1.1 200 OK\r\n")) << text;
  EXPECT_NE(text.find("\r\nContent-Length: 4\r\n"), std::string::npos);
  EXPECT_NE(text.find("\r\nConnection: close\r\n"), std::string::npos);
  EXPECT_TRUE(text.ends_with("\r\n\r\n</a>")) << text;
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
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

TEST(HttpServer, LeavesTheBodyOffForHead) {
  RunningServer server;
  const std::string text =
      server.Ask(std::string("HEAD /abc HTTP/1.1\r\n") + kClose);
  EXPECT_NE(text.find("\r\nContent-Length: 6\r\n"), std::string::npos);
  EXPECT_TRUE(text.ends_with("\r\n\r\n")) << text;
}

TEST(HttpServer, SendsAWholeFile) {
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

TEST(HttpServer, AnswersAndClosesOnABrokenHead) {
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

TEST(HttpServer, TakesNoBodyForARequest) {
  RunningServer server;
  const std::string text = server.Ask(
      "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n\r\n"
      "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(CountOf(text, "HTTP/1.1 "), 1u) << text;
  EXPECT_EQ(text.find("hidden"), std::string::npos);
}

TEST(HttpServer, EndsASlowHead) {
  ServerOptions options;
  options.limits.head_ms = 200;
  RunningServer server(options);
  const std::string text = server.Ask("GET / HTTP/1.1\r\nHo");
  EXPECT_TRUE(text.starts_with("HTTP/1.1 408 ")) << text;
}

TEST(HttpServer, ClosesIdleConnections) {
  ServerOptions options;
  options.limits.idle_ms = 200;
  RunningServer server(options);
  EXPECT_EQ(server.Ask(""), "");
}

// Four silent clients on two threads: who asks is served within the grace of
// one second, not after the idle time.
TEST(HttpServer, MakesRoomWhenCrowded) {
  ServerOptions options;
  options.threads = 2;
  options.limits.idle_ms = 60000;
  RunningServer server(options);
  Client first(server.port()), second(server.port()), third(server.port()),
      fourth(server.port());
  const double seconds = SecondsOf([&] {
    const std::string text =
        server.Ask(std::string("GET /a HTTP/1.1\r\n") + kClose);
    EXPECT_TRUE(text.ends_with("</a>")) << text;
  });
  EXPECT_LT(seconds, 4.0);
}

TEST(HttpServer, FinishesAnswersWhenStopped) {
  RunningServer server;
  Client idle(server.port());
  Client client(server.port());
  client.Send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  server.WaitForSlowRequest();
  server.AskToStop();
  std::this_thread::sleep_for(std::chrono::milliseconds(150));
  server.Release();
  EXPECT_TRUE(client.ReadToEnd().ends_with("\r\n\r\n</slow>"));
  EXPECT_LT(SecondsOf([&] { server.Stop(); }), 2.0);
  EXPECT_FALSE(Client(server.port()).is_connected());
}

TEST(HttpServer, CutsOffReadersThatDoNotReadWhenStopped) {
  ServerOptions options;
  options.drain_ms = 300;
  RunningServer server(options);
  Client client(server.port());
  const int small = 4096;
  ::setsockopt(client.socket(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  for (int i = 0; i < 8; ++i)
    client.Send("GET /file HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.Read(8), "HTTP/1.1");
  EXPECT_LT(SecondsOf([&] { server.Stop(); }), 3.0);
}

TEST(HttpServer, SaysThatAPortIsTaken) {
  RunningServer server;
  ServerOptions options;
  options.port = server.port();
  HttpServer second(
      options, [](const Request&) { return Answer{}; }, nullptr);
  try {
    second.Bind();
    FAIL() << "two servers on one port";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kIo);
    EXPECT_NE(std::string(error.what()).find("another program"),
              std::string::npos)
        << error.what();
  }
}

TEST(HttpServer, SaysThatAHostIsNotHere) {
  ServerOptions options;
  options.host = "192.0.2.1";  // RFC 5737: nobody's
  options.port = 0;
  HttpServer server(
      options, [](const Request&) { return Answer{}; }, nullptr);
  EXPECT_THROW(server.Bind(), Error);
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
