// SPDX-License-Identifier: GPL-3.0-or-later
#include "front/addresses.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace hips {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0,    0,
                                                  0, 0, 0, 0, 0xff, 0xff};

}  // namespace

ClientAddress::ClientAddress(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
    std::copy(kMapped.begin(), kMapped.end(), bytes_.begin());
    std::memcpy(bytes_.data() + kMapped.size(), &v4->sin_addr, 4);
    known_ = true;
  } else if (address->sa_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
    std::memcpy(bytes_.data(), &v6->sin6_addr, bytes_.size());
    known_ = true;
  }
}

std::optional<ClientAddress> ClientAddress::Parse(std::string_view text) {
  const std::string name(text);
  sockaddr_storage storage{};
  auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  if (::inet_pton(AF_INET, name.c_str(), &v4->sin_addr) == 1)
    storage.ss_family = AF_INET;
  else if (::inet_pton(AF_INET6, name.c_str(), &v6->sin6_addr) == 1)
    storage.ss_family = AF_INET6;
  else
    return std::nullopt;
  return ClientAddress(reinterpret_cast<const sockaddr*>(&storage));
}

bool ClientAddress::IsIpv4() const {
  return std::equal(kMapped.begin(), kMapped.end(), bytes_.begin());
}

std::string ClientAddress::Text() const {
  if (!known_) return "-";
  if (IsIpv4()) {
    std::string text;
    for (std::size_t i = kMapped.size(); i < bytes_.size(); ++i)
      text.append(text.empty() ? "" : ".").append(std::to_string(bytes_[i]));
    return text;
  }
  char text[INET6_ADDRSTRLEN] = "";
  ::inet_ntop(AF_INET6, bytes_.data(), text, sizeof text);
  return text;
}

bool ClientAddress::IsLoopback() const {
  if (!known_) return true;  // a socket of this machine without an address
  if (IsIpv4()) return bytes_[kMapped.size()] == 127;
  return std::all_of(bytes_.begin(), bytes_.end() - 1,
                     [](std::uint8_t byte) { return byte == 0; }) &&
         bytes_.back() == 1;
}

ClientAddress ClientAddress::Group() const {
  return IsIpv4() ? *this : Prefix(64);
}

ClientAddress ClientAddress::Prefix(int bits) const {
  ClientAddress prefix = *this;
  for (int i = 0; i < 16; ++i) {
    const int kept = std::clamp(bits - 8 * i, 0, 8);
    prefix.bytes_[static_cast<std::size_t>(i)] &=
        static_cast<std::uint8_t>(0xff00 >> kept);
  }
  return prefix;
}

std::optional<AddressBlock> AddressBlock::Make(std::string_view address,
                                               int bits) {
  const auto parsed = ClientAddress::Parse(address);
  if (!parsed || bits < 0 || bits > (parsed->IsIpv4() ? 32 : 128))
    return std::nullopt;
  const int all = parsed->IsIpv4() ? bits + 96 : bits;
  return AddressBlock{parsed->Prefix(all), all};
}

bool AddressBlock::Contains(const ClientAddress& other) const {
  return other.Prefix(prefix_bits) == address;
}

std::size_t ClientAddress::Hash::operator()(
    const ClientAddress& address) const {
  std::uint64_t words[2];
  std::memcpy(words, address.bytes_.data(), sizeof words);
  std::uint64_t mixed = words[0] * 0x9e3779b97f4a7c15U ^ words[1];
  mixed ^= mixed >> 32;
  mixed *= 0xd6e8feb86659fd93U;
  return static_cast<std::size_t>(mixed ^ mixed >> 32);
}

bool ClientRecord::TakeRequest(const RequestRate& rate, std::int64_t now_ms) {
  if (rate.per_second <= 0.0) return true;
  const std::lock_guard lock(mutex_);
  const double most = std::max(1.0, rate.burst);
  if (std::exchange(is_fresh_, false)) {
    tokens_ = most;
    filled_ms_ = now_ms;
  }
  const std::int64_t elapsed_ms =
      std::max<std::int64_t>(0, now_ms - filled_ms_);
  filled_ms_ += elapsed_ms;
  tokens_ = std::min(
      most, tokens_ + 1e-3 * static_cast<double>(elapsed_ms) * rate.per_second);
  if (tokens_ < 1.0) return false;
  tokens_ -= 1.0;
  return true;
}

ClientTable::Handle ClientTable::Get(const ClientAddress& address) {
  const ClientAddress group = address.Group();
  Shard& shard = shards_[ClientAddress::Hash()(group) % kShards];
  const std::lock_guard lock(shard.mutex);
  Handle& record = shard.records[group];
  if (record) return record;
  record = std::make_shared<ClientRecord>();
  Handle found = record;
  if (shard.records.size() > kMostKept)
    std::erase_if(shard.records, [&](const auto& entry) {
      return entry.second.use_count() == 1;
    });
  return found;
}

std::size_t ClientTable::size() const {
  std::size_t count = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    count += shard.records.size();
  }
  return count;
}

}  // namespace hips
