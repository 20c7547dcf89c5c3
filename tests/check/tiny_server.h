// SPDX-License-Identifier: GPL-3.0-or-later
// A web server of a few lines for tests: serves a folder, one request a
// connection, with the headers a test asks for. Written on sockets, so that
// no library stands on both ends.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <string>
#include <thread>

#include "base/file.h"
#include "base/format.h"

namespace hips {

struct ServerManners {
  bool cors = true;
  bool cors_on_404 = true;
  bool etag = true;
  std::string fits_type = "application/fits";
  int absent_status = 404;
  int head_status = 0;  // answers HEAD with this instead, when not 0
};

class TinyServer {
 public:
  TinyServer(std::filesystem::path root, ServerManners manners)
      : root_(std::move(root)), manners_(std::move(manners)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, plain, size) != 0 || ::listen(listener_, 64) != 0 ||
        ::getsockname(listener_, plain, &size) != 0)
      std::abort();
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }
  ~TinyServer() {
    stop_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  TinyServer(const TinyServer&) = delete;
  TinyServer& operator=(const TinyServer&) = delete;

  std::string Url() const {
    return Format("http://127.0.0.1:{}/some/where", port_);
  }

 private:
  void Serve() {
    while (!stop_) {
      const int client = ::accept(listener_, nullptr, nullptr);
      if (client < 0) continue;
      Answer(client);
      ::close(client);
    }
  }

  void Answer(int client) {
    std::string request;
    std::array<char, 4096> buffer{};
    while (request.find("\r\n\r\n") == std::string::npos) {
      const ssize_t got = ::recv(client, buffer.data(), buffer.size(), 0);
      if (got <= 0) return;
      request.append(buffer.data(), static_cast<std::size_t>(got));
    }
    const bool head = request.starts_with("HEAD ");
    const std::size_t start = request.find(' ') + 1;
    std::string target =
        request.substr(start, request.find(' ', start) - start);
    const std::string prefix = "/some/where/";
    target = target.starts_with(prefix) ? target.substr(prefix.size()) : "";
    const std::string answer = TextFor(target, head);
    std::size_t sent = 0;
    while (sent < answer.size()) {
      const ssize_t n = ::send(client, answer.data() + sent,
                               answer.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) return;
      sent += static_cast<std::size_t>(n);
    }
  }

  std::string TypeOf(const std::string& target) const {
    if (target.ends_with(".fits")) return manners_.fits_type;
    if (target.ends_with(".png")) return "image/png";
    return target.ends_with(".jpg") ? "image/jpeg"
                                    : "text/plain; charset=utf-8";
  }

  std::string TextFor(const std::string& target, bool head) const {
    const bool there =
        !target.empty() && std::filesystem::is_regular_file(root_ / target);
    int status = there ? 200 : manners_.absent_status;
    if (head && manners_.head_status != 0) status = manners_.head_status;
    const std::string body = there ? ReadFile(root_ / target) : "nothing here";
    std::string answer = Format(
        "HTTP/1.1 {} Whatever\r\nContent-Length: {}\r\nContent-Type: "
        "{}\r\nConnection: close\r\n",
        status, body.size(), TypeOf(target));
    if (there ? manners_.cors : manners_.cors_on_404)
      answer += "Access-Control-Allow-Origin: *\r\n";
    if (there && manners_.etag) answer += "ETag: \"1\"\r\n";
    return answer + "\r\n" + (head ? "" : body);
  }

  std::filesystem::path root_;
  ServerManners manners_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace hips
