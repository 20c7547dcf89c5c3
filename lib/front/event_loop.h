// SPDX-License-Identifier: GPL-3.0-or-later
// A thread that carries connections (epoll(7)).
//
// Run is the thread; Take, Work and Wake may be called from any other. A
// connection belongs to one loop from beginning to end.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "front/connection.h"
#include "front/front.h"
#include "front/job_queue.h"

namespace hips {

/// What all loops and workers of a front have in common.
struct Front::Shared {
  Shared(const FrontOptions& given, FrontHandler& answers);
  ~Shared();

  FrontOptions options;
  FrontHandler& handler;
  const bool keeps_log;
  /// Closed by the last loop that stops accepting; the vector stays as it is.
  std::vector<ListeningSocket> sockets;
  std::atomic<int> accepting_loops{0};
  std::atomic<int> connections{0};
  BodyBudget bodies;
  ClientTable clients;
  std::atomic<bool> stopping{false};
  std::atomic<std::int64_t> cut_off_ms{0};  ///< after `stopping`
  std::vector<std::unique_ptr<class EventLoop>> loops;
  std::vector<std::thread> threads;
  std::unique_ptr<JobQueue> jobs;
};

class EventLoop {
 public:
  /// throws  Error(kIo) when the system has no descriptor left
  explicit EventLoop(Front::Shared& shared);
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  void Run();
  /// Looks at what changed.
  void Wake();
  /// Carries a new connection from now on. false, with the connection left
  /// where it is, when the loop has ended.
  bool Take(std::unique_ptr<Connection>& connection);
  /// On a worker: has the answer made, and sends it later.
  void Work(Connection* connection, const Request& request,
            const ClientTable::Handle& client);
  /// Connections carried.
  int load() const { return load_.load(std::memory_order_relaxed); }

 private:
  struct Finished {
    Connection* connection;
    Answer answer;
    BodyBudget::Hold hold;
  };

  void Handle(const epoll_event& event);
  void Accept(const ListeningSocket& socket, int most);
  void Admit(FileDescriptor fd, const ClientAddress& address);
  bool FindDescriptor(const ListeningSocket& socket, bool& has_asked);
  bool MakeRoom();
  bool IsSilent(const Connection& connection);
  void TurnAway(const FileDescriptor& socket, const BadHead& bad);
  void Begin(std::unique_ptr<Connection> connection);
  void EmptyInbox();

  void OnEvent(Connection* connection, std::uint32_t events);
  void Read(Connection* connection);
  void Process(Connection* connection, std::string_view bytes);
  bool AnswerOne(Connection* connection, std::string_view head);
  bool RefuseOne(Connection* connection, const BadHead& bad);
  ClientTable::Handle WhoAsks(const Connection& connection, Request& request,
                              std::string& name);
  bool MayBegin(const Request& request, const ClientRecord* client) const;
  bool MaySend(const Answer& answer, const ClientRecord* client) const;
  bool StartLater(Connection* connection, Request request, Exchange exchange,
                  ClientTable::Handle client);
  bool StartAnswer(Connection* connection, Answer answer, Exchange exchange,
                   const ClientTable::Handle& client,
                   BodyBudget::Hold hold = {});
  void Pump(Connection* connection);
  void Continue(Connection* connection);
  void Observe(std::uint64_t body_bytes, Exchange& exchange,
               std::int64_t began_us);

  void Enter(Connection* connection, Phase phase);
  void SetEvents(Connection* connection, std::uint32_t events);
  void Linger(Connection* connection);
  void Close(Connection* connection);
  void CheckDeadlines();
  void CheckPace(Connection* connection);
  void BeginStop();
  bool IsDone();
  int TimeFor(Phase phase) const;

  DeadlineList& list(Phase phase) {
    return lists_[static_cast<std::size_t>(phase)];
  }

  Front::Shared& shared_;
  FileDescriptor epoll_;
  FileDescriptor wake_;
  FileDescriptor spare_;  ///< given up to answer a client without one
  std::array<DeadlineList, kPhases> lists_;
  std::vector<std::unique_ptr<Connection>> dead_;
  std::atomic<int> load_{0};
  std::int64_t now_ms_ = 0;
  std::uint32_t batch_ = 0;
  std::uint64_t turn_bytes_ = 0;  ///< left to the connection that is looked at
  bool stopping_ = false;
  bool accepting_ = true;
  std::vector<char> buffer_;

  std::mutex mutex_;  // guards the inbox
  std::vector<std::unique_ptr<Connection>> taken_;
  std::vector<Finished> finished_;
  bool ended_ = false;
};

}  // namespace hips
