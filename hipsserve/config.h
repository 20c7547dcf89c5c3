// SPDX-License-Identifier: GPL-3.0-or-later
// What the server is told to do: by a TOML file, by options, or both.
//
// Every key is described in configs/hipsserve.toml, in the order of the members
// below. Every fault is Error(kUsage), one sentence with the line, the key and
// what was expected; an unknown key is a fault, with the key that was probably
// meant. Pure but for ReadServeConfig; safe from any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "serve/collection.h"

namespace hips {

struct ListenAddress {
  std::string host = "127.0.0.1";  ///< "" is every address of the machine
  int port = 8080;                 ///< 0: any that is free

  bool operator==(const ListenAddress&) const = default;
};

/// Addresses of a network: 10.0.0.0/8, ::1. One address has all bits.
struct AddressRange {
  std::string address;  ///< as inet_pton(3) reads it
  int prefix_bits = 0;  ///< 0..32 or 0..128

  bool operator==(const AddressRange&) const = default;
};

/// What clients may take; 0 in a rate is "no limit".
struct Limits {
  int connections = 10000;
  int connections_per_address = 256;  ///< but of this machine
  double requests_per_second = 0.0;   ///< of one address, on the long run
  int burst = 500;           ///< requests of one address before that counts
  double head_seconds = 10;  ///< from the first byte of a head to its last
  double idle_seconds = 75;  ///< between two requests
  std::uint64_t min_send_rate = 1024;  ///< bytes a second that a reader takes
  std::uint64_t head_bytes = 16384;
  double drain_seconds = 8;  ///< for answers under way when told to stop
  int jobs = 1024;           ///< requests that wait for a worker
  int jobs_per_address = 4;  ///< of one address, worked on at the same time
  int jobs_waiting_per_address = 64;
  /// Of answers in memory that clients have not taken yet.
  std::uint64_t answer_memory = std::uint64_t{512} << 20;
  std::uint64_t answer_memory_per_address = std::uint64_t{64} << 20;
};

/// Pictures of FITS tiles on request.
struct RenderSettings {
  bool enabled = true;
};

/// Cut-outs on request, as hips2fits makes them.
struct CutoutSettings {
  bool enabled = true;
  std::int64_t pixels = 50'000'000;  ///< width x height of one, at most
};

struct ServeConfig {
  std::vector<std::filesystem::path> folders;
  std::vector<Mount> mounts;
  std::vector<Alias> aliases;
  std::vector<StatusRule> statuses;

  ListenAddress listen;
  bool reuse_port = false;  ///< share the port with a process that takes over
  std::string public_url;
  std::vector<AddressRange> trusted_proxies;  ///< X-Forwarded-For is believed
  std::vector<std::string> credentials;       ///< origins that may send cookies
  std::string title = "HiPS surveys";

  int loops = 0;    ///< threads that carry connections; 0: one a processor
  int workers = 0;  ///< threads that make answers; 0: one a processor
  std::uint64_t cache_bytes = std::uint64_t{256} << 20;
  bool watch = true;  ///< notice new releases, folders and config by itself

  LogFormat log_format = LogFormat::kText;  ///< of diagnosis
  std::optional<LogFormat> access_format;   ///< log_format unless told
  std::filesystem::path access_log;         ///< empty: standard output
  bool quiet = false;                       ///< no access log
  std::optional<ListenAddress> metrics;     ///< /metrics there, else at listen

  Limits limits;
  RenderSettings render;
  CutoutSettings cutout;
};

/// Folders in the file are relative to the file.
/// throws  Error(kUsage) with the file's name, also when it cannot be read
ServeConfig ReadServeConfig(const std::filesystem::path& path);

/// The keys that differ and count at the next start only: "listen",
/// "limits.burst". All others are followed when the file is read again.
std::vector<std::string> ChangesForNextStart(const ServeConfig& running,
                                             const ServeConfig& read);

/// The same as ReadServeConfig, from text. `base` is what folders are relative
/// to.
ServeConfig ParseServeConfig(std::string_view text,
                             const std::filesystem::path& base);

/// "127.0.0.1:8080", "[::1]:8080", ":8080" (every address), "localhost:0".
ListenAddress ParseListen(std::string_view text);

/// "/path=DIR".
Mount ParseMount(std::string_view text);

/// "https://host/path" without '/' at the end, which is taken off.
std::string ParsePublicUrl(std::string_view text);

/// "text" and "json"; "combined" is "text".
LogFormat ParseLogFormat(std::string_view text);

/// "10.0.0.0/8", "192.0.2.7", "fd00::/8".
AddressRange ParseAddressRange(std::string_view text);

/// "https://portal.example.org:8443": what browsers send as Origin.
std::string ParseOrigin(std::string_view text);

/// 1 to 10000.
int CheckThreads(std::int64_t count);

}  // namespace hips
