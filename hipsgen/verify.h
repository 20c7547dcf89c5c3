// SPDX-License-Identifier: GPL-3.0-or-later
// Is a release still what was committed?
//
// Every file is compared with the ledger: those of tiles with the manifests,
// all others, the manifests among them, with files.json. What the ledger cannot
// know is held against the rules that made it: FITS checksums, parents against
// their children, pictures against the pixels, the MOC against the tiles.
// Each file is read once; a damaged one is reported once, and nothing that
// would only follow from it. Reads only, takes no lock.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/progress.h"
#include "healpix/tile_address.h"

namespace hips {

enum class FindingKind {
  kLedger,          ///< the ledger does not hold together
  kMissing,         ///< named by the ledger, not there
  kUnreadable,      ///< there, but the system cannot read it, or it is no FITS
  kChanged,         ///< other size or hash than the ledger says
  kBadChecksum,     ///< as the ledger says, but its own CHECKSUM disagrees
  kWrongTile,       ///< ORDER, NPIX or width are those of another tile
  kParentDiffers,   ///< not what its children give; or there without any
  kPreviewDiffers,  ///< not what the encoder makes of the FITS tile
  kMocDiffers,      ///< Moc.fits is not what the tiles cover
  kUnknownFile,     ///< among the tiles, and nobody named it
};

/// "ledger", "missing", "unreadable", "changed", ...
std::string_view KindName(FindingKind kind);

struct VerifyFinding {
  FindingKind kind = FindingKind::kLedger;
  std::string file;                 ///< below the root, with '/'
  std::optional<TileAddress> tile;  ///< when it is a file of a tile
  std::string message;

  /// Strangers are a warning: the release itself may be whole.
  bool is_warning() const { return kind == FindingKind::kUnknownFile; }
};

struct VerifyOptions {
  /// Tiles drawn at random, always the same of one release; each is checked
  /// with its parent. 0: every tile. All other files are checked anyway.
  std::int64_t sample = 0;
  /// Of so many processes that share the work, this one's part, from 1: its
  /// cells, and its share of the other files. The first one takes what lies
  /// above the cells and the MOC; strangers are looked for by a whole run only.
  int shard = 1;
  int shards = 1;
  ProgressStyle progress = ProgressStyle::kAuto;
};

struct VerifyResult {
  /// The ledger first, then other files by name, then tiles by address.
  std::vector<VerifyFinding> findings;
  std::int64_t tiles = 0;   ///< looked into
  std::int64_t files = 0;   ///< read, all kinds
  std::uint64_t bytes = 0;  ///< of them
  double seconds = 0.0;

  bool clean() const { return findings.empty(); }
};

/// Checks in the threads of the surrounding arena. Same release, same
/// findings, on any number of threads.
/// throws  Error(kUsage) when the folder holds no HiPS or one without a
///         ledger; Error(kIo) when it was published anew meanwhile;
///         Error(kInterrupted)
VerifyResult Verify(const std::filesystem::path& root,
                    const VerifyOptions& options);

/// where  the HiPS as the user named it
Json ToJson(const VerifyResult& result, const std::string& where);

}  // namespace hips
