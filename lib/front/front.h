// SPDX-License-Identifier: GPL-3.0-or-later
// The event front: connections of thousands of clients on a few threads.
//
// Contract with the handler
// - Each whole, well-formed request head is given to Now, in a loop's own
//   thread: what it answers must cost microseconds, and touch nothing slower
//   than a local file. When it has no answer, Later is called on a worker.
// - Answers go out in the order of the requests of a connection (pipelining),
//   files by sendfile(2). The body of an answer to HEAD is left off here.
// - X-Forwarded lines reach the handler from trusted proxies only.
// - Heads that are none, and clients that want too much, are answered by
//   Refuse with the status given. After a head that is none the connection
//   ends.
// - Observe is told of every answer when its last byte is out, or the client
//   gone. A request whose client was gone before there was an answer, or that
//   a stop has cut off, has the status kClientGone and no bytes; its work is
//   not begun if it still waited for a worker. Only a connection that is lost
//   as a whole (RST) counts as gone: a client that ends its own direction (FIN)
//   still gets its answer.
// - Bodies of requests are never read: a request that has one ends its
//   connection after the answer.
//
// Contract with clients: no connection holds a thread, at any pace, nor keeps
// others waiting while it takes more than 2 MiB at once. A head has head_ms
// from its first byte to its last, or from the answer before it; a silent
// connection ends after idle_ms, or earlier when a new one needs its place; the
// client must take an answer (TCP acknowledges it) at min_send_rate in every
// stall_ms; connections are closed only after the client has had linger_ms to
// read what was sent (RFC 9112, 9.6).
//
// Fairness: clients take turns at the workers. One has no more than
// jobs_per_client of them, and never all, unless there is but one; what it asks
// for beyond jobs_waiting_per_client is refused with 429.
//
// Memory: an idle connection is about 200 bytes here. Bodies that are not files
// stay in memory until their readers have them. Above body_bytes, or a client's
// body_bytes_per_client, requests that MayBeLarge are refused with 503, and so
// is what was made all the same if it is larger than 64 KiB and no SharedText;
// above twice body_bytes everything larger than 64 KiB. Above half of it
// readers of such bodies must take 64 KiB a second. Each worker may be at one
// answer when that begins, so the sum can be above by as many answers as there
// are workers; one answer of any size is always possible.
//
// Descriptors: when the process has none left for a new connection, the handler
// is asked to release some, then a silent connection is closed, then the new
// one is answered 503. None is closed that was accepted just now, or that has
// sent something.
// Sources: RFC 9110, RFC 9112.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "front/addresses.h"
#include "front/listening_socket.h"
#include "serve/access_log.h"
#include "serve/answer.h"
#include "serve/request.h"

namespace hips {

struct FrontLimits {
  std::size_t head_bytes = 16384;  ///< request line and headers
  int head_ms = 10'000;            ///< from the first byte to the last
  int idle_ms = 75'000;            ///< between two requests
  int stall_ms = 10'000;           ///< in which an answer must move
  int min_send_rate = 1024;        ///< bytes a second, over stall_ms
  int linger_ms = 2'000;           ///< after the last answer
  int drain_ms = 8'000;            ///< after a stop, for answers under way
  int connections = 20'000;
  int connections_per_client = 1'024;
  RequestRate requests;      ///< of one client
  std::size_t jobs = 1'024;  ///< requests that wait for a worker
  /// Of one client, at least 1. A viewer behind an HTTP/2 proxy asks for some
  /// dozens at once.
  std::size_t jobs_waiting_per_client = 64;
  int jobs_per_client = 4;  ///< of one client, worked on at the same time
  /// Bodies in memory that are on their way, in all and to one client. At least
  /// 1; clients of this machine have the first limit only.
  std::uint64_t body_bytes = std::uint64_t{512} << 20;
  std::uint64_t body_bytes_per_client = std::uint64_t{64} << 20;
};

/// The status in the log of a request that got no answer because its connection
/// was gone, as nginx has it. Never sent.
inline constexpr int kClientGone = 499;

struct FrontOptions {
  int loops = 0;    ///< threads that carry connections; 0: as many as cores
  int workers = 0;  ///< threads for what takes longer; 0: as many as cores
  FrontLimits limits;
  /// Proxies whose X-Forwarded-For line names the client.
  std::vector<AddressBlock> trusted;
};

/// What happens besides requests and answers.
enum class FrontEvent {
  kOpened,
  kClosed,
  kDropped,       ///< a silent one, for want of room
  kTooMany,       ///< turned away: connections in all
  kTooManyOfOne,  ///< turned away: connections of one client
  kTooFast,       ///< refused: requests of one client
  kTooMuchWork,   ///< refused: jobs that wait, or bodies in memory
  kBadHead,
  kSlowHead,
  kSlowReader,
};

class FrontHandler {
 public:
  virtual ~FrontHandler() = default;
  virtual std::optional<Answer> Now(const Request& request) = 0;
  virtual Answer Later(const Request& request) = 0;
  /// May the answer of Later hold more than a megabyte of memory? Such requests
  /// are refused while memory is short; others are begun.
  virtual bool MayBeLarge(const Request&) const { return true; }
  /// request  nullptr when there was no whole, well-formed head
  virtual Answer Refuse(const BadHead& bad, const Request* request) = 0;
  virtual void Observe(const Exchange& exchange) = 0;
  /// Does Observe look at client, method, target, referer and user_agent? If
  /// not they are left empty.
  virtual bool KeepsLog() const { return true; }
  virtual void Notice(FrontEvent) {}
  /// The process has no descriptor left: closes files that are open for speed
  /// only. Called before any connection is closed for want of one, by a loop's
  /// own thread, as often as this happens.
  virtual void ReleaseDescriptors() {}
};

class Front {
 public:
  /// The process ignores SIGPIPE from now on.
  /// sockets  not blocking; may be of several addresses
  /// handler  called by all loops and workers at once; outlives the front
  /// throws   Error(kIo) when the system gives no thread or descriptor
  Front(const FrontOptions& options, std::vector<ListeningSocket> sockets,
        FrontHandler& handler);
  /// Stops.
  ~Front();
  Front(const Front&) = delete;
  Front& operator=(const Front&) = delete;

  /// Takes the connections that wait, closes the listening sockets, answers the
  /// requests that have come, and returns when all is out, after drain_ms at
  /// the latest. The sockets are closed at the beginning: from then on another
  /// program that listens there (SO_REUSEPORT, or a socket of systemd) gets
  /// every new connection. With SO_REUSEPORT, a connection that comes in the
  /// very moment of closing is reset by the system, unless
  /// net.ipv4.tcp_migrate_req is 1.
  void Stop();

  /// Connections that are open.
  int connections() const;

  struct Shared;

 private:
  std::unique_ptr<Shared> shared_;
};

/// Lets the process have as many descriptors as the system allows, up to
/// 1 048 576. returns the number it may have now
int AllowManyDescriptors();

}  // namespace hips
