// SPDX-License-Identifier: GPL-3.0-or-later
// The running server: listens, answers, notices what changes, stops.
#pragma once

#include <functional>

#include "hipsserve/config.h"

namespace hips {

/// Reads the configuration again: the file, and the options of the command
/// line above it.
using ReadConfig = std::function<ServeConfig()>;

/// Serves until told to stop. SIGHUP, a changed config file, and HiPSes that
/// come, go or are published anew take effect without a request lost; a config
/// that is broken is reported, and the old one stays. Addresses, threads and
/// limits are those of the start.
/// throws  Error(kIo) when the port is taken; as Collection
void RunServer(const ServeConfig& config, const ReadConfig& read,
               const std::filesystem::path& config_file);

/// Finds what would be served and tells it, with what is amiss.
void CheckServer(const ServeConfig& config);

}  // namespace hips
