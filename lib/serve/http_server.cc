// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/http_server.h"

#include <fcntl.h>
#include <httplib.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>

#include "base/error.h"
#include "base/format.h"
#include "base/log.h"

namespace hips {
namespace {

// Debian's library was built with 5; waiting clients are the kernel's to keep.
constexpr int kBacklog = 4096;
constexpr rlim_t kMostDescriptors = 1 << 16;
constexpr auto kLookInterval = std::chrono::milliseconds(100);
constexpr auto kRetryInterval = std::chrono::milliseconds(200);

void AllowManyDescriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  if (limit.rlim_cur >= kMostDescriptors) return;
  limit.rlim_cur = std::min(limit.rlim_max, kMostDescriptors);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// The library's own choice, SO_REUSEPORT, would let a second server share the
// port in silence.
void SetListenOptions(int socket) {
  const int yes = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

int PortOf(int socket) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) !=
      0)
    throw IoError("getsockname", errno);
  if (address.ss_family == AF_INET6)
    return ntohs(reinterpret_cast<sockaddr_in6*>(&address)->sin6_port);
  return ntohs(reinterpret_cast<sockaddr_in*>(&address)->sin_port);
}

Error BindError(const std::string& host, int port, int error_number) {
  const std::string where = Format(
      "{}:{}", host.find(':') == std::string::npos ? host : "[" + host + "]",
      port);
  switch (error_number) {
    case EADDRINUSE:
      return {ErrorKind::kIo,
              where +
                  ": another program listens there; stop it or choose "
                  "another port with --listen"};
    case EACCES:
      return {ErrorKind::kIo,
              where +
                  ": this user may not take the port; choose one above "
                  "1023"};
    default:
      return {ErrorKind::kUsage,
              where + ": not an address of this machine to listen on"};
  }
}

// The library's queue of accepted sockets, in our hands.
class QueueAdapter : public httplib::TaskQueue {
 public:
  QueueAdapter(int threads, int drain_ms, ServerState& state)
      : drain_ms_(drain_ms), state_(state), queue_(threads, state) {}

  void enqueue(std::function<void()> task) override {
    queue_.Add(std::move(task));
  }

  // Also called when accepting failed for good: connections end then too.
  void shutdown() override {
    state_.cut_off_ms.store(SteadyMs() + drain_ms_);
    state_.stopping.Set();
    queue_.Finish();
  }

 private:
  int drain_ms_;
  ServerState& state_;
  WorkerQueue queue_;
};

}  // namespace

class HttpServer::Front : public httplib::Server {
 public:
  Front(const ServerOptions& options, Responder respond, Observer observe)
      : options_(options),
        respond_(std::move(respond)),
        observe_(std::move(observe)) {
    set_socket_options(SetListenOptions);
    // Accepted sockets inherit it; without, small answers wait 40 ms.
    set_tcp_nodelay(true);
    new_task_queue = [this] {
      return new QueueAdapter(options_.threads, options_.drain_ms, state_);
    };
  }

  int Bind() {
    errno = 0;
    const bool is_bound = options_.port == 0
                              ? bind_to_any_port(options_.host) > 0
                              : bind_to_port(options_.host, options_.port);
    if (!is_bound) throw BindError(options_.host, options_.port, errno);
    ::listen(svr_sock_, kBacklog);
    // Should the socket be lost, the same port is taken again.
    options_.port = PortOf(svr_sock_);
    return options_.port;
  }

  void Run(const std::function<bool()>& should_stop) {
    std::thread listener([this] { ListenUntilStopped(); });
    while (!should_stop()) std::this_thread::sleep_for(kLookInterval);
    should_stop_ = true;
    while (!is_done_) {
      // Once only: the library asserts that its socket is still there.
      if (is_running() && svr_sock_ != INVALID_SOCKET) stop();
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    listener.join();
  }

 private:
  // The library gives up when accept(2) fails, for instance when the system
  // is out of memory or descriptors for a moment. A server must not.
  void ListenUntilStopped() {
    while (true) {
      listen_after_bind();
      if (should_stop_) break;
      LogWarning("accepting connections failed; listening again");
      state_.stopping.Clear();
      while (!should_stop_ && !IsBoundAgain())
        std::this_thread::sleep_for(kRetryInterval);
      if (should_stop_) break;
    }
    is_done_ = true;
  }

  bool IsBoundAgain() {
    try {
      Bind();
      return true;
    } catch (const Error& error) {
      LogWarning(error.what());
      return false;
    }
  }

  bool process_and_close_socket(socket_t socket) override {
    const FileDescriptor closes_it(socket);
    try {
      ::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL, 0) | O_NONBLOCK);
      Connection(socket, options_.limits, state_).Serve(respond_, observe_);
    } catch (const std::exception& error) {
      LogError(std::string("a connection ended: ") + error.what());
      return false;
    }
    return true;
  }

  ServerOptions options_;
  Responder respond_;
  Observer observe_;
  ServerState state_;
  std::atomic<bool> should_stop_{false};
  std::atomic<bool> is_done_{false};
};

HttpServer::HttpServer(const ServerOptions& options, Responder respond,
                       Observer observe)
    : front_(std::make_unique<Front>(options, std::move(respond),
                                     std::move(observe))) {
  AllowManyDescriptors();
}

HttpServer::~HttpServer() = default;

int HttpServer::Bind() { return front_->Bind(); }

void HttpServer::Run(const std::function<bool()>& should_stop) {
  front_->Run(should_stop);
}

}  // namespace hips
