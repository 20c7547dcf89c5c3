// SPDX-License-Identifier: GPL-3.0-or-later
// What the server has done so far, in the text format of Prometheus.
//
// Every thread counts in one of a few slots of its own with relaxed atomics: no
// lock and no cache line shared in the common case, some 20 ns a request. A
// reader adds the slots up; a number may lag behind by the requests under way.
// Source: Prometheus exposition format 0.0.4. Thread-safety: every function may
// be called from any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace hips {

enum class RequestKind {
  kTile,
  kAllsky,
  kProperties,
  kMoc,
  kPage,
  kRender,
  kCutout,
  kQuery,
  kList,
  kOther,
};

/// Why a connection or request was turned away or cut off.
enum class Refusal {
  kConnections,         ///< too many in all
  kAddressConnections,  ///< too many of one address
  kRate,                ///< too many requests of one address
  kWork,                ///< too much rendering at once
  kBadHead,             ///< a head that is not HTTP, or too large
  kSlowHead,            ///< a head that did not come in time
  kSlowReader,          ///< an answer that was not taken in time
};

enum class CacheName { kRendered, kDerived, kFiles };

/// Numbers of one HiPS. Lives as long as its Metrics.
class alignas(64) HipsMeter {
 public:
  void Count(std::uint64_t sent_bytes) {
    requests_.fetch_add(1, std::memory_order_relaxed);
    bytes_.fetch_add(sent_bytes, std::memory_order_relaxed);
  }
  std::uint64_t requests() const { return requests_.load(kRelaxed); }
  std::uint64_t bytes() const { return bytes_.load(kRelaxed); }

 private:
  static constexpr auto kRelaxed = std::memory_order_relaxed;
  std::atomic<std::uint64_t> requests_{0};
  std::atomic<std::uint64_t> bytes_{0};
};

class Metrics {
 public:
  /// HiPSes that are counted each for itself; further ones share a label.
  static constexpr std::size_t kMostHips = 1000;

  explicit Metrics(std::string version);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// An answer is out, or its client gone.
  /// status   as sent; statuses that the server never sends count as "other"
  /// seconds  from the whole head to the last byte
  void CountRequest(RequestKind kind, int status, std::uint64_t sent_bytes,
                    double seconds);

  /// The meter of the HiPS at `path`; takes a lock: ask when a HiPS is loaded,
  /// not for each request. The same path has the same meter for good.
  HipsMeter& ForHips(std::string_view path);

  void ConnectionOpened();
  void ConnectionClosed();
  void Refused(Refusal reason);

  void CacheHit(CacheName cache);
  void CacheMiss(CacheName cache);
  void SetCacheBytes(CacheName cache, std::uint64_t bytes);

  void SetHipsServed(std::size_t count);
  /// A reload of config and HiPSes has ended.
  void Reloaded(bool is_good);

  /// The page for Prometheus, `text/plain; version=0.0.4; charset=utf-8`.
  /// Process numbers (memory, processor, descriptors) are read afresh.
  std::string Text() const;

 private:
  struct Slot;
  struct Totals;
  static constexpr std::size_t kSlots = 16;

  Slot& OwnSlot() const;
  Totals AddUp() const;

  std::string version_;
  double start_time_;
  std::unique_ptr<std::array<Slot, kSlots>> slots_;

  std::atomic<std::int64_t> open_connections_{0};
  std::atomic<std::int64_t> hips_served_{0};
  std::array<std::atomic<std::uint64_t>, 2> reloads_{};  // failed, good
  std::array<std::atomic<std::uint64_t>, 3> cache_bytes_{};

  mutable std::mutex hips_mutex_;
  std::map<std::string, std::unique_ptr<HipsMeter>, std::less<>> hips_;
  HipsMeter other_hips_;
};

}  // namespace hips
