// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsserve/server.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/format.h"
#include "base/interrupt.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "front/front.h"
#include "hipsserve/access_file.h"
#include "serve/hips_list.h"
#include "serve/metrics.h"
#include "serve/respond.h"
#include "serve/watch.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

constexpr auto kLookInterval = std::chrono::milliseconds(50);
constexpr int kLooksPerClosing = 20;
constexpr int kMostKeptOpen = 512;
// Folders of tiles that come are learned of not at once: others may follow.
constexpr auto kLearnAgain = std::chrono::seconds(1);

volatile std::sig_atomic_t reload_asked = 0;

// What requests are answered from; replaced as a whole.
struct Snapshot {
  Snapshot(const ServeConfig& config, const CollectionOptions& options,
           std::shared_ptr<Workshop> workshop, Metrics* metrics,
           bool shows_metrics)
      : collection(config.folders, config.mounts, options),
        site{collection,         config.title,
             config.public_url,  "",
             config.credentials, metrics,
             shows_metrics,      std::move(workshop)} {}

  const Collection collection;
  Site site;
};

std::string UrlOf(const ListenAddress& listen, int port) {
  std::string host = listen.host;
  // "Every address" is none that a client can open.
  if (host.empty() || host == "0.0.0.0" || host == "::") host = "localhost";
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return Format("http://{}:{}", host, port);
}

void PrintLine(std::string line) {
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fflush(stdout);
}

void Announce(const Collection& collection, const std::string& base_url,
              LogFormat format) {
  if (format == LogFormat::kText)
    PrintLine(
        Format("hipsserve: {} HiPS at {}/", collection.all().size(), base_url));
  for (const auto& hips : collection.all()) {
    const std::string url = base_url + EncodePath(hips->path());
    if (format == LogFormat::kText) {
      PrintLine(Format("{}  {}", url, hips->folder().string()));
      continue;
    }
    Json line;
    line["serving"] = url;
    line["folder"] = hips->folder().string();
    PrintLine(line.dump(-1, ' ', true, Json::error_handler_t::replace));
  }
}

CollectionOptions OptionsOf(const ServeConfig& config, Metrics* metrics,
                            const Collection* before) {
  CollectionOptions options;
  options.before = before;
  options.aliases = config.aliases;
  options.statuses = config.statuses;
  options.metrics = metrics;
  return options;
}

FrontOptions FrontOptionsOf(const ServeConfig& config) {
  const auto milliseconds = [](double seconds) {
    return static_cast<int>(1000.0 * seconds);
  };
  FrontOptions options;
  options.loops = config.loops;
  options.workers = config.workers;
  FrontLimits& limits = options.limits;
  limits.head_bytes = static_cast<std::size_t>(config.limits.head_bytes);
  limits.head_ms = milliseconds(config.limits.head_seconds);
  limits.idle_ms = milliseconds(config.limits.idle_seconds);
  limits.min_send_rate = static_cast<int>(config.limits.min_send_rate);
  limits.drain_ms = milliseconds(config.limits.drain_seconds);
  limits.connections = config.limits.connections;
  limits.connections_per_client = config.limits.connections_per_address;
  limits.requests.per_second = config.limits.requests_per_second;
  limits.requests.burst = config.limits.burst;
  limits.jobs = static_cast<std::size_t>(config.limits.jobs);
  limits.jobs_per_client = config.limits.jobs_per_address;
  limits.jobs_waiting_per_client =
      static_cast<std::size_t>(config.limits.jobs_waiting_per_address);
  limits.body_bytes = config.limits.answer_memory;
  limits.body_bytes_per_client = config.limits.answer_memory_per_address;
  for (const AddressRange& range : config.trusted_proxies)
    if (const auto block = AddressBlock::Make(range.address, range.prefix_bits))
      options.trusted.push_back(*block);
  return options;
}

// Connections take no more than three quarters of the descriptors: the files
// that go out need some, too.
void FitDescriptors(int descriptors, FrontLimits& limits) {
  limits.connections =
      std::min(limits.connections, std::max(16, descriptors / 4 * 3));
}

Workshop::Limits WorkshopLimitsOf(const ServeConfig& config) {
  Workshop::Limits limits;
  // Decoded tiles are larger, and asked for again and again by a cut-out.
  limits.tile_bytes = static_cast<std::size_t>(config.cache_bytes / 3 * 2);
  limits.answer_bytes = static_cast<std::size_t>(config.cache_bytes / 3);
  limits.renders = config.render.enabled;
  limits.cuts_out = config.cutout.enabled;
  limits.cutout_pixels = config.cutout.pixels;
  return limits;
}

std::optional<Refusal> RefusalOf(FrontEvent event) {
  switch (event) {
    case FrontEvent::kTooMany:
      return Refusal::kConnections;
    case FrontEvent::kTooManyOfOne:
      return Refusal::kAddressConnections;
    case FrontEvent::kTooFast:
      return Refusal::kRate;
    case FrontEvent::kTooMuchWork:
      return Refusal::kWork;
    case FrontEvent::kBadHead:
      return Refusal::kBadHead;
    case FrontEvent::kSlowHead:
      return Refusal::kSlowHead;
    case FrontEvent::kSlowReader:
      return Refusal::kSlowReader;
    case FrontEvent::kOpened:
    case FrontEvent::kClosed:
    case FrontEvent::kDropped:
      break;
  }
  return std::nullopt;
}

// What makes a HiPS hard to use is said once, at the start.
void WarnOfGaps(const Collection& collection) {
  for (const auto& hips : collection.all())
    for (const std::string& key : MissingListKeys(*hips->properties()))
      LogWarning(Format("{}: no {} in its properties: the HiPS list needs it",
                        hips->folder().string(), key));
}

// Which HiPSes came and which went.
void TellChanges(const Collection& before, const Collection& after) {
  const auto tell_others = [](const Collection& here, const Collection& there,
                              const char* what) {
    for (const auto& hips : here.all()) {
      const auto other = there.Find(hips->path());
      if (other.hips == nullptr || other.rest ||
          other.hips->folder() != hips->folder())
        LogInfo(
            Format("{}: {} {}", hips->path(), what, hips->folder().string()));
    }
  };
  tell_others(before, after, "no longer served from");
  tell_others(after, before, "served from");
}

void CheckAddresses(const ServeConfig& config) {
  if (!config.metrics) return;
  const ListenAddress& metrics = *config.metrics;
  if (metrics == config.listen && metrics.port != 0)
    throw Error(ErrorKind::kUsage,
                "metrics: the address is that of listen; without the key "
                "/metrics is there");
}

// Only what a scraper needs, at an address of its own.
class MetricsHandler : public FrontHandler {
 public:
  explicit MetricsHandler(const Metrics& metrics) : metrics_(metrics) {}

  std::optional<Answer> Now(const Request& request) override {
    const auto path = PathOf(request.target);
    if (request.method != "GET" && request.method != "HEAD")
      return ErrorAnswer(405, "this server is read-only");
    if (path != "/metrics" && path != "/healthz")
      return ErrorAnswer(404, "only /metrics and /healthz are here");
    Answer answer;
    answer.Add("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    answer.Add("Cache-Control", "no-store");
    answer.body = path == "/healthz" ? "ok\n" : metrics_.Text();
    return answer;
  }
  Answer Later(const Request& request) override { return *Now(request); }
  Answer Refuse(const BadHead& bad, const Request*) override {
    return RespondToBadHead(bad);
  }
  void Observe(const Exchange&) override {}
  bool KeepsLog() const override { return false; }

 private:
  const Metrics& metrics_;
};

class SiteHandler : public FrontHandler {
 public:
  SiteHandler(Metrics& metrics, AccessFile* log, LogFormat format)
      : metrics_(metrics), log_(log), format_(format) {}

  void Show(std::shared_ptr<const Snapshot> snapshot) {
    snapshot_.store(std::move(snapshot));
  }
  std::shared_ptr<const Snapshot> shown() const { return snapshot_.load(); }

  std::optional<Answer> Now(const Request& request) override {
    return RespondNow(shown()->site, request);
  }
  Answer Later(const Request& request) override {
    const auto snapshot = shown();
    return RespondLater(snapshot->site, request);
  }
  bool MayBeLarge(const Request& request) const override {
    return hips::MayBeLarge(request);
  }
  Answer Refuse(const BadHead& bad, const Request* request) override {
    const auto snapshot = shown();
    return RespondToBadHead(bad, &snapshot->site, request);
  }

  void Observe(const Exchange& exchange) override {
    metrics_.CountRequest(exchange.kind, exchange.status, exchange.body_bytes,
                          exchange.seconds);
    if (exchange.meter != nullptr) exchange.meter->Count(exchange.body_bytes);
    if (log_ != nullptr) log_->Write(AccessLine(exchange, format_));
  }

  bool KeepsLog() const override { return log_ != nullptr; }

  void ReleaseDescriptors() override {
    CloseFiles(ServedFolder::Closing::kAll);
  }

  // Those that are kept open for the next request.
  void CloseFiles(ServedFolder::Closing closing) const {
    const auto snapshot = shown();
    if (!snapshot) return;
    for (const auto& hips : snapshot->collection.all())
      hips->files().Close(closing);
  }

  void Notice(FrontEvent event) override {
    if (event == FrontEvent::kOpened) metrics_.ConnectionOpened();
    if (event == FrontEvent::kClosed) metrics_.ConnectionClosed();
    if (const auto refusal = RefusalOf(event)) metrics_.Refused(*refusal);
  }

 private:
  Metrics& metrics_;
  AccessFile* log_;
  LogFormat format_;
  std::atomic<std::shared_ptr<const Snapshot>> snapshot_;
};

// Learns about the HiPSes of the latest snapshot, one after the other, before
// clients ask.
class Learner {
 public:
  explicit Learner(const SiteHandler& handler)
      : handler_(handler), thread_([this] { Work(); }) {}
  ~Learner() {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

  void Begin() {
    {
      const std::lock_guard lock(mutex_);
      asked_ = true;
    }
    changed_.notify_one();
  }

 private:
  void Work() {
    std::unique_lock lock(mutex_);
    bool is_behind = false;
    while (true) {
      const auto is_due = [this] { return asked_ || ending_; };
      if (is_behind)
        changed_.wait_for(lock, kLearnAgain, is_due);
      else
        changed_.wait(lock, is_due);
      if (ending_) return;
      asked_ = false;
      lock.unlock();
      is_behind = LearnAll();
      lock.lock();
    }
  }

  // Is there more to be learned, in a while?
  bool LearnAll() {
    const auto snapshot = handler_.shown();
    if (!snapshot) return false;
    bool is_behind = false;
    for (const auto& hips : snapshot->collection.all()) {
      {
        const std::lock_guard lock(mutex_);
        if (asked_ || ending_) return false;
      }
      try {
        hips->Learn();
        is_behind = hips->IsBehind() || is_behind;
      } catch (const std::exception& error) {
        LogWarning(Format("{}: {}", hips->path(), error.what()));
      }
    }
    return is_behind;
  }

  const SiteHandler& handler_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool asked_ = false;
  bool ending_ = false;
  std::thread thread_;
};

class Server {
 public:
  Server(const ServeConfig& config, const ReadConfig& read, fs::path file)
      : config_(config),
        read_(read),
        file_(std::move(file)),
        metrics_(HIPS_VERSION),
        workshop_(std::make_shared<Workshop>(WorkshopLimitsOf(config))),
        log_(config.quiet ? nullptr
                          : std::make_unique<AccessFile>(config.access_log)),
        handler_(metrics_, log_.get(),
                 config.access_format.value_or(config.log_format)) {}

  void Run() {
    // First: the system's way with it is to end the program.
    std::signal(SIGHUP, [](int) { reload_asked = 1; });
    CheckAddresses(config_);
    FrontOptions options = FrontOptionsOf(config_);
    const int descriptors = AllowManyDescriptors();
    FitDescriptors(descriptors, options.limits);
    ServedFolder::KeepAtMost(std::min(kMostKeptOpen, descriptors / 8));
    // Before the HiPSes are read, so that no change falls between.
    if (config_.watch) {
      // A change that is found at once waits until the watcher is there.
      const std::lock_guard lock(mutex_);
      watcher_.emplace(TargetsOf(config_), [this](const WatchChanges& changes) {
        OnChange(changes);
      });
    }
    auto sockets = InheritedSockets();
    if (sockets.empty())
      sockets =
          Listen(config_.listen.host, config_.listen.port, config_.reuse_port);
    const int port = sockets.front().port;
    // Before anybody is served, so that nobody is when it cannot be had.
    std::vector<ListeningSocket> metrics_sockets;
    if (config_.metrics)
      metrics_sockets = Listen(config_.metrics->host, config_.metrics->port,
                               config_.reuse_port);
    listen_url_ = UrlOf(config_.listen, port);
    Show(config_);
    learner_.Begin();
    Front front(options, std::move(sockets), handler_);
    MetricsHandler metrics_handler(metrics_);
    std::optional<Front> metrics_front;
    if (config_.metrics)
      metrics_front.emplace(FrontOptions{1, 1, FrontLimits(), {}},
                            std::move(metrics_sockets), metrics_handler);
    const auto snapshot = handler_.shown();
    WarnOfGaps(snapshot->collection);
    Announce(snapshot->collection,
             config_.public_url.empty() ? listen_url_ : config_.public_url,
             config_.log_format);
    int looks = 0;
    while (InterruptSignal() == 0) {
      std::this_thread::sleep_for(kLookInterval);
      if (++looks % kLooksPerClosing == 0)
        handler_.CloseFiles(ServedFolder::Closing::kOld);
      if (reload_asked == 0) continue;
      reload_asked = 0;
      if (log_) log_->Reopen();
      Reload(Learning::kAnew);
    }
    LogInfo(Format("stopping: {} s for the answers under way",
                   NumberText(config_.limits.drain_seconds)));
    front.Stop();
    LogInfo("stopped");
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    watcher_.reset();
  }

 private:
  WatchTargets TargetsOf(const ServeConfig& config) const {
    WatchTargets targets;
    targets.folders = config.folders;
    for (const Mount& mount : config.mounts)
      targets.hips.push_back(mount.folder);
    targets.config = file_;
    return targets;
  }

  // Reads the HiPSes of a config and answers from them.
  void Show(const ServeConfig& config) {
    const auto old = handler_.shown();
    auto snapshot = std::make_shared<Snapshot>(
        config, OptionsOf(config, &metrics_, old ? &old->collection : nullptr),
        workshop_, &metrics_, !config_.metrics);
    snapshot->site.listen_url = listen_url_;
    if (old) snapshot->collection.LearnFrom(old->collection);
    metrics_.SetHipsServed(snapshot->collection.all().size());
    handler_.Show(std::move(snapshot));
  }

  // Properties that became those of a HiPS.
  bool AreNews(const std::vector<fs::path>& folders) const {
    const auto snapshot = handler_.shown();
    return snapshot &&
           std::any_of(folders.begin(), folders.end(), [&](const auto& folder) {
             return snapshot->collection.In(folder) == nullptr;
           });
  }

  void OnChange(const WatchChanges& changes) {
    if (changes.config || !changes.appeared.empty() ||
        !changes.vanished.empty() || AreNews(changes.published))
      return Reload(Learning::kWhereChanged);
    // Published in place: the files are the new ones already.
    for (const fs::path& folder : changes.published)
      LogInfo(folder.string() + ": a new release");
    for (const fs::path& folder : changes.touched)
      LogInfo(folder.string() + ": folders of tiles came or went");
    learner_.Begin();
  }

  enum class Learning { kWhereChanged, kAnew };
  void Reload(Learning learning) {
    const std::lock_guard lock(mutex_);
    if (ending_) return;
    try {
      const ServeConfig config = read_();
      const auto before = handler_.shown();
      Show(config);
      if (watcher_) watcher_->SetTargets(TargetsOf(config));
      const auto snapshot = handler_.shown();
      if (learning == Learning::kAnew)
        for (const auto& hips : snapshot->collection.all()) hips->Doubt();
      TellChanges(before->collection, snapshot->collection);
      for (const std::string& key : ChangesForNextStart(config_, config))
        LogWarning(key + " changed: that counts from the next start on");
      LogInfo(Format("read again: {} HiPS", snapshot->collection.all().size()));
      metrics_.Reloaded(true);
      learner_.Begin();
    } catch (const std::exception& error) {
      metrics_.Reloaded(false);
      LogWarning(Format("{}; everything is served as before", error.what()));
    }
  }

  const ServeConfig config_;
  const ReadConfig read_;
  const fs::path file_;
  Metrics metrics_;
  std::shared_ptr<Workshop> workshop_;
  std::unique_ptr<AccessFile> log_;
  SiteHandler handler_;
  Learner learner_{handler_};
  std::string listen_url_;
  std::mutex mutex_;  // one change at a time
  bool ending_ = false;
  std::optional<Watcher> watcher_;
};

}  // namespace

void RunServer(const ServeConfig& config, const ReadConfig& read,
               const fs::path& config_file) {
  Server(config, read, config_file).Run();
}

void CheckServer(const ServeConfig& config) {
  CheckAddresses(config);
  if (!config.quiet) AccessFile::Check(config.access_log);
  // Are the hosts of this machine? Any free port tells.
  Listen(config.listen.host, 0, false);
  if (config.metrics) Listen(config.metrics->host, 0, false);
  const Collection collection(config.folders, config.mounts,
                              OptionsOf(config, nullptr, nullptr));
  WarnOfGaps(collection);
  for (const auto& hips : collection.all()) hips->Learn();
  Announce(collection,
           config.public_url.empty() ? UrlOf(config.listen, config.listen.port)
                                     : config.public_url,
           config.log_format);
}

}  // namespace hips
