// SPDX-License-Identifier: GPL-3.0-or-later
// What the server is told to do: by a TOML file, by options, or both.
//
// The file has the names of the options, with '_' for '-'. Every fault is
// Error(kUsage) with the file, the key and what was expected; an unknown key
// is a fault, with the key that was probably meant.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "serve/collection.h"

namespace hips {

struct Listen {
  std::string host = "127.0.0.1";  ///< "" is every address of the machine
  int port = 8080;
};

struct ServeConfig {
  std::vector<std::filesystem::path> folders;
  std::vector<Mount> mounts;
  Listen listen;
  std::string public_url;
  std::string title = "HiPS surveys";
  int threads = 512;
  LogFormat log_format = LogFormat::kText;
  bool quiet = false;
};

/// Folders in the file are relative to the file.
ServeConfig ReadServeConfig(const std::filesystem::path& path);

/// "127.0.0.1:8080", "[::1]:8080", ":8080" (every address), "localhost:0".
Listen ParseListen(std::string_view text);

/// "/path=DIR".
Mount ParseMount(std::string_view text);

/// "https://host/path" without '/' at the end, which is taken off.
std::string ParsePublicUrl(std::string_view text);

LogFormat ParseLogFormat(std::string_view text);

/// 1 to 10000.
int CheckThreads(std::int64_t count);

}  // namespace hips
