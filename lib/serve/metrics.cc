// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

#include "base/format.h"
#include "base/text.h"

namespace hips {
namespace {

using Counter = std::atomic<std::uint64_t>;
constexpr auto kRelaxed = std::memory_order_relaxed;

constexpr std::array kKindNames = {"tile", "allsky", "properties", "moc",
                                   "page", "render", "cutout",     "query",
                                   "list", "other"};
constexpr std::array kRefusalNames = {
    "connections", "address_connections", "rate",       "work",
    "bad_head",    "slow_head",           "slow_reader"};
constexpr std::array kCacheNames = {"rendered", "derived", "files"};

// Every status the server sends; the last stands for all others.
constexpr std::array kStatuses = {200, 204, 206, 301, 302, 304, 307, 308, 400,
                                  403, 404, 405, 406, 408, 412, 413, 414, 416,
                                  429, 431, 499, 500, 501, 503, 505, 0};

// Upper ends in seconds: a 304 takes 50 us, a cut-out a second.
constexpr std::array kBucketEnds = {0.0001, 0.00025, 0.0005, 0.001, 0.0025,
                                    0.005,  0.01,    0.025,  0.05,  0.1,
                                    0.25,   0.5,     1.0,    2.5,   10.0};

constexpr std::size_t kKinds = kKindNames.size();
constexpr std::size_t kBuckets = kBucketEnds.size() + 1;  // and what is slower

std::size_t StatusIndex(int status) {
  const auto found = std::find(kStatuses.begin(), kStatuses.end(), status);
  return found == kStatuses.end()
             ? kStatuses.size() - 1
             : static_cast<std::size_t>(found - kStatuses.begin());
}

std::size_t BucketIndex(double seconds) {
  return static_cast<std::size_t>(
      std::lower_bound(kBucketEnds.begin(), kBucketEnds.end(), seconds) -
      kBucketEnds.begin());
}

// The numbers that threads count in slots. Number is an atomic in a slot, a
// plain number in a sum.
template <typename Number>
struct Counts {
  struct OfKind {
    std::array<Number, kStatuses.size()> requests{};
    std::array<Number, kBuckets> buckets{};
    Number bytes{};
    Number nanoseconds{};
  };
  std::array<OfKind, kKinds> kinds;
  std::array<Number, kRefusalNames.size()> refusals{};
  std::array<Number, kCacheNames.size()> hits{};
  std::array<Number, kCacheNames.size()> misses{};
  Number connections{};
};

void Add(Counter& counter, std::uint64_t amount) {
  counter.fetch_add(amount, kRelaxed);
}

template <std::size_t N>
void AddTo(std::array<std::uint64_t, N>& sums,
           const std::array<Counter, N>& counters) {
  for (std::size_t i = 0; i < N; ++i) sums[i] += counters[i].load(kRelaxed);
}

double UnixTime() {
  return std::chrono::duration<double>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// ---- Text ----

// A label value: backslash, quote and line end are escaped.
std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\' || c == '"') escaped += '\\';
    escaped += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return escaped;
}

class Page {
 public:
  void Family(const char* name, const char* type, const char* help) {
    name_ = name;
    text_ += Format("# HELP hipsserve_{} {}\n# TYPE hipsserve_{} {}\n", name,
                    help, name, type);
  }

  // The same with a name of its own, as every Prometheus client has them.
  void ProcessValue(const char* name, const char* type, const char* help,
                    double value) {
    text_ +=
        Format("# HELP process_{} {}\n# TYPE process_{} {}\nprocess_{} {}\n",
               name, help, name, type, name, NumberText(value));
  }

  // labels  "kind=\"tile\"", or "" for none
  void Sample(std::string_view labels, double value, const char* suffix = "") {
    text_ += Format("hipsserve_{}{}{}{}{} {}\n", name_, suffix,
                    labels.empty() ? "" : "{", labels,
                    labels.empty() ? "" : "}", NumberText(value));
  }

  void Sample(std::string_view labels, std::uint64_t value,
              const char* suffix = "") {
    text_ += Format("hipsserve_{}{}{}{}{} {}\n", name_, suffix,
                    labels.empty() ? "" : "{", labels,
                    labels.empty() ? "" : "}", value);
  }

  std::string Take() { return std::move(text_); }

 private:
  std::string name_;
  std::string text_;
};

void WriteRequests(const Counts<std::uint64_t>& counts, Page& page) {
  page.Family("requests_total", "counter", "Requests answered.");
  for (std::size_t k = 0; k < kKinds; ++k)
    for (std::size_t s = 0; s < kStatuses.size(); ++s) {
      const std::uint64_t count = counts.kinds[k].requests[s];
      if (count == 0) continue;
      const std::string status =
          kStatuses[s] == 0 ? "other" : std::to_string(kStatuses[s]);
      page.Sample(Format("kind=\"{}\",status=\"{}\"", kKindNames[k], status),
                  count);
    }
  page.Family("sent_bytes_total", "counter", "Bytes of bodies sent.");
  for (std::size_t k = 0; k < kKinds; ++k)
    page.Sample(Format("kind=\"{}\"", kKindNames[k]), counts.kinds[k].bytes);
}

void WriteDurations(const Counts<std::uint64_t>& counts, Page& page) {
  page.Family("request_duration_seconds", "histogram",
              "From the whole head of a request to the last byte sent.");
  for (std::size_t k = 0; k < kKinds; ++k) {
    const auto& kind = counts.kinds[k];
    std::uint64_t below = 0;
    for (std::size_t b = 0; b < kBuckets; ++b) {
      below += kind.buckets[b];
      const std::string end =
          b < kBucketEnds.size() ? Format("{}", kBucketEnds[b]) : "+Inf";
      page.Sample(Format("kind=\"{}\",le=\"{}\"", kKindNames[k], end), below,
                  "_bucket");
    }
    const std::string label = Format("kind=\"{}\"", kKindNames[k]);
    page.Sample(label, static_cast<double>(kind.nanoseconds) / 1e9, "_sum");
    page.Sample(label, below, "_count");
  }
}

template <std::size_t N>
void WriteLabelled(Page& page, const char* label,
                   const std::array<const char*, N>& names,
                   const std::array<std::uint64_t, N>& values) {
  for (std::size_t i = 0; i < N; ++i)
    page.Sample(Format("{}=\"{}\"", label, names[i]), values[i]);
}

double ResidentBytes() {
  std::ifstream file("/proc/self/statm");
  double total_pages = 0.0;
  double resident_pages = 0.0;
  file >> total_pages >> resident_pages;
  return resident_pages * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double ProcessorSeconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) +
           static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double OpenDescriptors() {
  std::error_code code;
  double count = 0.0;
  for (std::filesystem::directory_iterator at("/proc/self/fd", code), end;
       !code && at != end; at.increment(code))
    ++count;
  return std::max(0.0, count - 1.0);  // less the one that lists them
}

double MostDescriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<double>(limit.rlim_cur);
}

void WriteProcess(double start_time, Page& page) {
  page.ProcessValue("start_time_seconds", "gauge",
                    "Start of the process since 1970.", start_time);
  page.ProcessValue("cpu_seconds_total", "counter",
                    "User and system time of the processors.",
                    ProcessorSeconds());
  page.ProcessValue("resident_memory_bytes", "gauge", "Memory in use.",
                    ResidentBytes());
  page.ProcessValue("open_fds", "gauge", "Open file descriptors.",
                    OpenDescriptors());
  page.ProcessValue("max_fds", "gauge", "Most open file descriptors.",
                    MostDescriptors());
}

}  // namespace

struct alignas(64) Metrics::Slot : Counts<Counter> {};
struct Metrics::Totals : Counts<std::uint64_t> {};

Metrics::Metrics(std::string version)
    : version_(std::move(version)),
      start_time_(UnixTime()),
      slots_(std::make_unique<std::array<Slot, kSlots>>()) {}

Metrics::~Metrics() = default;

Metrics::Slot& Metrics::OwnSlot() const {
  static std::atomic<std::size_t> next{0};
  thread_local const std::size_t own = next.fetch_add(1, kRelaxed) % kSlots;
  return (*slots_)[own];
}

void Metrics::CountRequest(RequestKind kind, int status,
                           std::uint64_t sent_bytes, double seconds) {
  auto& counts = OwnSlot().kinds[static_cast<std::size_t>(kind)];
  // Whatever a clock says, sums only grow.
  const double safe = seconds > 0.0 ? std::min(seconds, 1e6) : 0.0;
  Add(counts.requests[StatusIndex(status)], 1);
  Add(counts.buckets[BucketIndex(safe)], 1);
  Add(counts.bytes, sent_bytes);
  Add(counts.nanoseconds, static_cast<std::uint64_t>(safe * 1e9));
}

HipsMeter& Metrics::ForHips(std::string_view path) {
  const std::lock_guard lock(hips_mutex_);
  const auto found = hips_.find(path);
  if (found != hips_.end()) return *found->second;
  if (hips_.size() >= kMostHips) return other_hips_;
  return *hips_.emplace(path, std::make_unique<HipsMeter>()).first->second;
}

void Metrics::ConnectionOpened() {
  open_connections_.fetch_add(1, kRelaxed);
  Add(OwnSlot().connections, 1);
}

void Metrics::ConnectionClosed() { open_connections_.fetch_sub(1, kRelaxed); }

void Metrics::Refused(Refusal reason) {
  Add(OwnSlot().refusals[static_cast<std::size_t>(reason)], 1);
}

void Metrics::CacheHit(CacheName cache) {
  Add(OwnSlot().hits[static_cast<std::size_t>(cache)], 1);
}

void Metrics::CacheMiss(CacheName cache) {
  Add(OwnSlot().misses[static_cast<std::size_t>(cache)], 1);
}

void Metrics::SetCacheBytes(CacheName cache, std::uint64_t bytes) {
  cache_bytes_[static_cast<std::size_t>(cache)].store(bytes, kRelaxed);
}

void Metrics::SetHipsServed(std::size_t count) {
  hips_served_.store(static_cast<std::int64_t>(count), kRelaxed);
}

void Metrics::Reloaded(bool is_good) { Add(reloads_[is_good ? 1 : 0], 1); }

Metrics::Totals Metrics::AddUp() const {
  Totals totals;
  for (const Slot& slot : *slots_) {
    for (std::size_t k = 0; k < kKinds; ++k) {
      auto& sum = totals.kinds[k];
      const auto& part = slot.kinds[k];
      AddTo(sum.requests, part.requests);
      AddTo(sum.buckets, part.buckets);
      sum.bytes += part.bytes.load(kRelaxed);
      sum.nanoseconds += part.nanoseconds.load(kRelaxed);
    }
    AddTo(totals.refusals, slot.refusals);
    AddTo(totals.hits, slot.hits);
    AddTo(totals.misses, slot.misses);
    totals.connections += slot.connections.load(kRelaxed);
  }
  return totals;
}

std::string Metrics::Text() const {
  const Totals totals = AddUp();
  Page page;
  page.Family("build_info", "gauge", "Version of the program.");
  page.Sample(Format("version=\"{}\"", Escaped(version_)), std::uint64_t{1});
  WriteRequests(totals, page);
  WriteDurations(totals, page);

  page.Family("connections", "gauge", "Open connections.");
  // A connection may be opened and closed by different threads.
  page.Sample("", static_cast<double>(open_connections_.load(kRelaxed)));
  page.Family("connections_accepted_total", "counter", "Connections taken.");
  page.Sample("", totals.connections);
  page.Family("refusals_total", "counter",
              "Connections and requests turned away or cut off.");
  WriteLabelled(page, "reason", kRefusalNames, totals.refusals);

  page.Family("cache_hits_total", "counter", "Answers found in a cache.");
  WriteLabelled(page, "cache", kCacheNames, totals.hits);
  page.Family("cache_misses_total", "counter", "Answers not found there.");
  WriteLabelled(page, "cache", kCacheNames, totals.misses);
  page.Family("cache_bytes", "gauge", "Memory that a cache takes.");
  for (std::size_t i = 0; i < kCacheNames.size(); ++i)
    page.Sample(Format("cache=\"{}\"", kCacheNames[i]),
                cache_bytes_[i].load(kRelaxed));

  page.Family("hips", "gauge", "HiPSes that are served.");
  page.Sample("", static_cast<double>(hips_served_.load(kRelaxed)));
  std::vector<std::pair<std::string, const HipsMeter*>> meters;
  {
    const std::lock_guard lock(hips_mutex_);
    for (const auto& [path, meter] : hips_)
      meters.emplace_back(path, meter.get());
  }
  // Paths begin with '/': none is called this.
  meters.emplace_back("other", &other_hips_);
  page.Family("hips_requests_total", "counter", "Requests for a HiPS.");
  for (const auto& [path, meter] : meters)
    page.Sample(Format("hips=\"{}\"", Escaped(path)), meter->requests());
  page.Family("hips_sent_bytes_total", "counter", "Bytes sent of a HiPS.");
  for (const auto& [path, meter] : meters)
    page.Sample(Format("hips=\"{}\"", Escaped(path)), meter->bytes());

  page.Family("reloads_total", "counter", "Reloads of config and HiPSes.");
  page.Sample("result=\"failed\"", reloads_[0].load(kRelaxed));
  page.Sample("result=\"good\"", reloads_[1].load(kRelaxed));
  WriteProcess(start_time_, page);
  return page.Take();
}

}  // namespace hips
