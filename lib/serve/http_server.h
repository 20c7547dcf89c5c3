// SPDX-License-Identifier: GPL-3.0-or-later
// The server: a listening socket, threads, and a function that answers.
//
// cpp-httplib listens, accepts and stops. Heads are read, and answers written,
// by Connection: version 0.11.4 reads heads without a limit, drops pipelined
// requests, knows no conditional request and no right byte range, and waits
// for idle clients in a loop of 10 ms. A connection holds a thread from accept
// to close; WorkerQueue says what that means under pressure.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "serve/connection.h"

namespace hips {

struct ServerOptions {
  std::string host = "127.0.0.1";  ///< address or name; "" is every address
  int port = 8080;                 ///< 0: any that is free
  int threads = 512;               ///< connections served at the same time
  int drain_ms = 8000;  ///< after a stop, for answers that are under way
  ConnectionLimits limits;
};

class HttpServer {
 public:
  /// respond  called by many threads at once
  /// observe  the same, after each answer; may be empty
  HttpServer(const ServerOptions& options, Responder respond, Observer observe);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Takes the port and returns it; clients can connect from now on and are
  /// answered once Run is called.
  /// throws  Error(kIo) when the port is taken or not allowed,
  ///         Error(kUsage) when the host is none of this machine
  int Bind();

  /// Serves until should_stop() is true, asked ten times a second; then takes
  /// no more connections, finishes answers and returns.
  void Run(const std::function<bool()>& should_stop);

 private:
  class Front;
  std::unique_ptr<Front> front_;
};

}  // namespace hips
