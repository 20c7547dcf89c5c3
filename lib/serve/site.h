// SPDX-License-Identifier: GPL-3.0-or-later
// What a server answers from: its HiPSes, its name, and the workshop in which
// answers are made that no file holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cutout/tile_cache.h"
#include "serve/answer_cache.h"
#include "serve/collection.h"
#include "serve/metrics.h"

namespace hips {

/// What making answers may take. Safe from any thread.
struct Workshop {
  struct Limits {
    std::size_t tile_bytes = std::size_t{128} << 20;  ///< of decoded tiles
    std::size_t answer_bytes = std::size_t{64} << 20;
    bool renders = true;
    bool cuts_out = true;
    std::int64_t cutout_pixels = 25'000'000;
  };
  Workshop() : Workshop(Limits()) {}
  explicit Workshop(const Limits& given)
      : limits(given), tiles(given.tile_bytes), answers(given.answer_bytes) {}

  const Limits limits;
  TileCache tiles;
  AnswerCache answers;
};

struct Site {
  const Collection& collection;
  std::string title = "HiPS surveys";  ///< heading of the page
  /// URL of this server as clients know it, without '/' at the end; may have a
  /// path that a proxy takes off. Empty: "http://" and the Host line.
  std::string public_url = {};
  std::string listen_url = {};  ///< when there is no Host line either
  /// Origins that are answered by name, with Allow-Credentials, for HiPSes
  /// behind a login; all others get "*".
  std::vector<std::string> credentials = {};
  Metrics* metrics = nullptr;  ///< nullptr: nothing is counted
  bool shows_metrics = true;   ///< at /metrics, for everybody
  std::shared_ptr<Workshop> workshop = std::make_shared<Workshop>();
};

}  // namespace hips
