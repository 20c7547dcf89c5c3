// SPDX-License-Identifier: GPL-3.0-or-later
#include "front/listening_socket.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <optional>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"

namespace hips {
namespace {

// The system cuts it to net.core.somaxconn.
constexpr int kBacklog = 65535;
constexpr int kFirstInherited = 3;  // sd_listen_fds(3)

using AddressList = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

std::string Where(const std::string& host, int port) {
  const bool is_v6 = host.find(':') != std::string::npos;
  return Format("{}:{}", is_v6 ? "[" + host + "]" : host, port);
}

Error BindError(const std::string& host, int port, int error_number) {
  const std::string where = Where(host, port);
  switch (error_number) {
    case EADDRINUSE:
      return {ErrorKind::kIo, where +
                                  ": another program listens there; stop it or "
                                  "choose another port with --listen"};
    case EACCES:
      return {
          ErrorKind::kIo,
          where + ": this user may not take the port; choose one above 1023"};
    default:
      return {ErrorKind::kUsage,
              where + ": not an address of this machine to listen on"};
  }
}

AddressList Resolve(const std::string& host, int port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const std::string service = std::to_string(port);
  if (::getaddrinfo(host.empty() ? nullptr : host.c_str(), service.c_str(),
                    &hints, &found) != 0)
    throw BindError(host, port, EADDRNOTAVAIL);
  return {found, ::freeaddrinfo};
}

int PortOf(int socket) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) !=
      0)
    throw IoError("getsockname", errno);
  if (address.ss_family == AF_INET6)
    return ntohs(reinterpret_cast<sockaddr_in6*>(&address)->sin6_port);
  if (address.ss_family == AF_INET)
    return ntohs(reinterpret_cast<sockaddr_in*>(&address)->sin_port);
  return 0;
}

void SetPort(addrinfo& address, int port) {
  const auto number = htons(static_cast<std::uint16_t>(port));
  if (address.ai_family == AF_INET6)
    reinterpret_cast<sockaddr_in6*>(address.ai_addr)->sin6_port = number;
  else
    reinterpret_cast<sockaddr_in*>(address.ai_addr)->sin_port = number;
}

// Nothing, with errno, when the system refuses.
std::optional<ListeningSocket> Open(const addrinfo& address, bool reuse_port) {
  FileDescriptor fd(::socket(address.ai_family,
                             SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return std::nullopt;
  const int yes = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (reuse_port)
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes);
  // IPv4 has a socket of its own.
  if (address.ai_family == AF_INET6)
    ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
  // Accepted sockets inherit it; without, small answers wait 40 ms.
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (::bind(fd.get(), address.ai_addr, address.ai_addrlen) != 0 ||
      ::listen(fd.get(), kBacklog) != 0)
    return std::nullopt;
  return ListeningSocket{std::move(fd), 0};
}

}  // namespace

std::vector<ListeningSocket> Listen(const std::string& host, int port,
                                    bool reuse_port) {
  const AddressList addresses = Resolve(host, port);
  std::vector<ListeningSocket> sockets;
  int failure = EADDRNOTAVAIL;
  for (addrinfo* address = addresses.get(); address != nullptr;
       address = address->ai_next) {
    if (address->ai_family != AF_INET && address->ai_family != AF_INET6)
      continue;
    if (!sockets.empty()) SetPort(*address, sockets.front().port);
    auto socket = Open(*address, reuse_port);
    if (!socket) {
      failure = errno;
      // A machine without IPv6 still has names for it.
      if (failure == EAFNOSUPPORT || failure == EADDRNOTAVAIL) continue;
      throw BindError(host, port, failure);
    }
    socket->port = PortOf(socket->fd.get());
    sockets.push_back(std::move(*socket));
  }
  if (sockets.empty()) throw BindError(host, port, failure);
  return sockets;
}

std::vector<ListeningSocket> InheritedSockets() {
  std::vector<ListeningSocket> sockets;
  const char* process = std::getenv("LISTEN_PID");
  const char* count_text = std::getenv("LISTEN_FDS");
  if (process == nullptr || count_text == nullptr) return sockets;
  const auto owner = ParseInteger(process);
  const auto count = ParseInteger(count_text);
  ::unsetenv("LISTEN_PID");
  ::unsetenv("LISTEN_FDS");
  ::unsetenv("LISTEN_FDNAMES");
  if (!owner || *owner != ::getpid() || !count || *count < 1 || *count > 64)
    return sockets;
  for (int i = 0; i < *count; ++i) {
    FileDescriptor fd(kFirstInherited + i);
    ::fcntl(fd.get(), F_SETFD, FD_CLOEXEC);
    const int flags = ::fcntl(fd.get(), F_GETFL);
    if (flags < 0)
      throw Error(ErrorKind::kUsage,
                  Format("LISTEN_FDS: descriptor {} is not open", fd.get()));
    ::fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK);
    const int yes = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    const int port = PortOf(fd.get());
    sockets.push_back({std::move(fd), port});
  }
  return sockets;
}

}  // namespace hips
