// SPDX-License-Identifier: GPL-3.0-or-later
// Who clients are, and how much each may have.
//
// A client is an IPv4 address, or the /64 of an IPv6 address, which is what a
// provider gives to one customer. Loopback is no client: what comes from there
// is a proxy or the owner, and has no limits by address.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

struct sockaddr;

namespace hips {

/// An IPv4 or IPv6 address; a value.
class ClientAddress {
 public:
  ClientAddress() = default;
  explicit ClientAddress(const sockaddr* address);
  /// "192.0.2.1", "2001:db8::1"; nothing for any other text.
  static std::optional<ClientAddress> Parse(std::string_view text);

  /// As logs have it; IPv4 in IPv6 is shown as IPv4. "-" for none.
  std::string Text() const;
  bool IsLoopback() const;
  bool IsIpv4() const;
  /// The one that is counted: itself, or the first 64 bits.
  ClientAddress Group() const;
  /// Its first bits, the rest zero.
  ClientAddress Prefix(int bits) const;

  bool operator==(const ClientAddress&) const = default;

  struct Hash {
    std::size_t operator()(const ClientAddress& address) const;
  };

 private:
  std::array<std::uint8_t, 16> bytes_ = {};  // IPv4 as ::ffff:a.b.c.d
  bool known_ = false;
};

/// Addresses of a network: 10.0.0.0/8, fd00::/8.
struct AddressBlock {
  ClientAddress address;
  int prefix_bits = 128;  ///< of 128: those of IPv4 and 96 more

  /// bits  0..32 for IPv4, 0..128 for IPv6
  /// returns nothing when it is no address or has no such bits
  static std::optional<AddressBlock> Make(std::string_view address, int bits);
  bool Contains(const ClientAddress& other) const;
};

/// Requests by the second: so many at once, and so many more each second.
struct RequestRate {
  double per_second = 0.0;  ///< 0: no limit
  double burst = 100.0;
};

/// What is known of one client. Safe from any thread.
class ClientRecord {
 public:
  /// Takes a token; false when there is none.
  /// now_ms  of the steady clock; one that is behind an earlier call's, as
  ///         loops read their clocks one after the other, brings no tokens
  bool TakeRequest(const RequestRate& rate, std::int64_t now_ms);

  std::atomic<int> connections{0};
  std::atomic<int> jobs{0};                  ///< running on workers
  std::atomic<std::uint64_t> body_bytes{0};  ///< in memory, on their way

 private:
  std::mutex mutex_;
  bool is_fresh_ = true;  // never filled
  double tokens_ = 0.0;   // never negative
  std::int64_t filled_ms_ = 0;
};

/// The clients there are. Safe from any thread.
class ClientTable {
 public:
  using Handle = std::shared_ptr<ClientRecord>;

  /// The record of a client, the same for all who hold it. It is kept for a
  /// while after the last handle is gone, so that closing and coming back
  /// gives no new tokens.
  Handle Get(const ClientAddress& address);

  std::size_t size() const;

 private:
  static constexpr std::size_t kShards = 16;
  static constexpr std::size_t kMostKept = 4096;  // a shard, unused ones

  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<ClientAddress, Handle, ClientAddress::Hash> records;
  };
  std::array<Shard, kShards> shards_;
};

}  // namespace hips
