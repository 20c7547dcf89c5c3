// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/verify_tile.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <tuple>

#include "base/error.h"
#include "base/every_cpu.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/interrupt.h"
#include "hipsgen/file_bytes.h"
#include "hipsgen/tile_maker.h"

namespace hips {
namespace {

constexpr std::int64_t kTilesPerDir = 10000;
constexpr std::uint32_t kBlankBits = 0x7fc00000U;

std::string_view TextOf(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Infinite values are blank, as for whoever samples or reduces tiles.
HIPS_FOR_EVERY_CPU
void SwapFloats(const char* big, std::size_t count, float* out) {
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, big + i * sizeof bits, sizeof bits);
    bits = __builtin_bswap32(bits);
    const bool valid = (bits & 0x7fffffffU) < 0x7f800000U;
    out[i] = std::bit_cast<float>(valid ? bits : kBlankBits);
  }
}

float AsFloat(double value) {
  const float pixel = static_cast<float>(value);
  return std::isfinite(pixel) ? pixel : std::bit_cast<float>(kBlankBits);
}

bool IsPlainFloat(const HduView& hdu) {
  return hdu.header.Integer("BITPIX") == -32 && !hdu.header.Has("BSCALE") &&
         !hdu.header.Has("BZERO");
}

// Ledger first, then other files by name, then tiles by address.
auto PlaceOf(const VerifyFinding& finding) {
  const int group = finding.tile                           ? 2
                    : finding.file.starts_with(".hipsgen") ? 0
                                                           : 1;
  return std::tuple(group, finding.tile.value_or(TileAddress{}),
                    std::string_view(finding.file), finding.kind,
                    std::string_view(finding.message));
}

}  // namespace

void FindingList::Add(FindingKind kind, std::string file,
                      std::optional<TileAddress> tile, std::string message) {
  const std::lock_guard lock(mutex_);
  findings_.push_back({kind, std::move(file), tile, std::move(message)});
}

void FindingList::Count(std::uint64_t bytes) {
  ++files_;
  bytes_ += bytes;
}

VerifyResult FindingList::Take() {
  const std::lock_guard lock(mutex_);
  VerifyResult result;
  result.findings = std::move(findings_);
  std::sort(result.findings.begin(), result.findings.end(),
            [](const VerifyFinding& a, const VerifyFinding& b) {
              return PlaceOf(a) < PlaceOf(b);
            });
  result.tiles = tiles_;
  result.files = files_;
  result.bytes = bytes_;
  return result;
}

TileVerifier::TileVerifier(std::filesystem::path root, const Release* release,
                           FindingList& findings, Progress& progress)
    : root_(std::move(root)),
      release_(release),
      findings_(findings),
      progress_(progress),
      scratch_([] { return std::make_unique<Scratch>(); }) {
  if (release_ != nullptr && !release_->adopted) rules_.emplace(*release_);
}

SeenTile TileVerifier::Check(TileAddress tile, const TileRecord* record,
                             const SeenChildren& children, Look look) {
  ThrowIfInterrupted();
  SeenTile seen;
  if (record != nullptr && !record->files.empty())
    seen.presence = SeenTile::Presence::kPresent;
  if (look == Look::kNone) return seen;
  if (seen.presence == SeenTile::Presence::kPresent) {
    const auto scratch = scratch_.Take();
    // By extension: "fits" comes first, so that pictures find its pixels.
    for (const auto& [extension, file] : record->files) {
      if (look == Look::kPixels && extension != "fits") continue;
      const std::string name = TilePath(tile, extension);
      const bool good = ReadRecorded(name, tile, file, *scratch);
      progress_.Add(1);
      if (!good) continue;
      if (extension == "fits")
        seen.pixels = CheckFits(name, tile, scratch->file);
      else if (HasRules() && seen.pixels)
        CheckPreview(name, tile, extension, *seen.pixels, *scratch);
    }
    findings_.CountTile();
    if (HasRules()) {
      CheckCompleteness(*record);
      if (seen.pixels) CheckCoverage(*record, *seen.pixels);
    }
  }
  if (look == Look::kAll && HasRules()) CheckFamily(tile, seen, children);
  return seen;
}

bool TileVerifier::ReadRecorded(const std::string& name, TileAddress tile,
                                const FileRecord& record, Scratch& scratch) {
  try {
    if (!ReadInto(root_ / name, scratch.file)) {
      findings_.Add(FindingKind::kMissing, name, tile, "is not there");
      return false;
    }
  } catch (const Error& error) {
    findings_.Add(FindingKind::kUnreadable, name, tile, error.what());
    return false;
  }
  {
    const std::lock_guard lock(present_mutex_);
    ++present_[{tile.order, tile.npix / kTilesPerDir}];
  }
  findings_.Count(scratch.file.size());
  if (scratch.file.size() != record.bytes) {
    findings_.Add(FindingKind::kChanged, name, tile,
                  Format("has {} bytes, its manifest says {}",
                         scratch.file.size(), record.bytes));
    return false;
  }
  if (HashOf(scratch.file).Text() != record.hash) {
    findings_.Add(FindingKind::kChanged, name, tile,
                  "its bytes are not those that its manifest has the hash of");
    return false;
  }
  return true;
}

// Nothing when the file is no good, or nobody needs its pixels.
std::optional<Image<float>> TileVerifier::CheckFits(const std::string& name,
                                                    TileAddress tile,
                                                    const Bytes& bytes) {
  if (release_ == nullptr) return std::nullopt;
  // Tiles of others may be packed by gzip; their bytes are as recorded.
  if (release_->adopted && !TextOf(bytes).starts_with("SIMPLE"))
    return std::nullopt;
  try {
    const std::vector<HduView> hdus = SplitHdus(TextOf(bytes));
    for (const HduView& hdu : hdus)
      if (const std::string flaw = ChecksumFlaw(hdu); !flaw.empty()) {
        findings_.Add(FindingKind::kBadChecksum, name, tile, flaw);
        return std::nullopt;
      }
    if (!IsRightTile(name, tile, hdus) || !HasRules()) return std::nullopt;
    return PixelsOf(hdus);
  } catch (const Error& error) {
    findings_.Add(FindingKind::kUnreadable, name, tile, error.what());
    return std::nullopt;
  }
}

bool TileVerifier::IsRightTile(const std::string& name, TileAddress tile,
                               const std::vector<HduView>& hdus) {
  const TileShape shape = ShapeOf(hdus);
  const auto wrong = [&](const std::string& message) {
    findings_.Add(FindingKind::kWrongTile, name, tile, message);
    return false;
  };
  if (shape.width != release_->tile_width ||
      shape.height != release_->tile_width)
    return wrong(Format("has {} x {} pixels, the tiles of this HiPS {} x {}",
                        shape.width, shape.height, release_->tile_width,
                        release_->tile_width));
  if (!HasRules()) return true;
  const Header& header = hdus[shape.hdu].header;
  const auto order = header.Integer("ORDER");
  const auto npix = header.Integer("NPIX");
  if ((order && *order != tile.order) || (npix && *npix != tile.npix))
    return wrong(Format("its header says ORDER {} NPIX {}",
                        order.value_or(tile.order), npix.value_or(tile.npix)));
  return true;
}

void TileVerifier::CheckPreview(const std::string& name, TileAddress tile,
                                const std::string& extension,
                                const Image<float>& pixels, Scratch& scratch) {
  const std::string flaw =
      rules_->PreviewFlaw(pixels, extension, scratch.file, scratch.encoded);
  if (!flaw.empty())
    findings_.Add(FindingKind::kPreviewDiffers, name, tile, flaw);
}

void TileVerifier::CheckCompleteness(const TileRecord& record) {
  for (const std::string& extension : release_->extensions)
    if (!record.files.contains(extension))
      findings_.Add(FindingKind::kLedger, TilePath(record.tile, extension),
                    record.tile,
                    "the manifest does not name it, though the release has "
                    "tiles of this format");
}

void TileVerifier::CheckCoverage(const TileRecord& record,
                                 const Image<float>& pixels) {
  if (record.tile.order != release_->leaf_order) return;
  const std::string bits =
      CoverageBits(pixels, release_->moc_order - release_->leaf_order);
  if (bits != record.coverage)
    findings_.Add(FindingKind::kMocDiffers, TilePath(record.tile, "fits"),
                  record.tile,
                  "its valid pixels are not those that its manifest counts "
                  "for the MOC");
}

void TileVerifier::CheckFamily(TileAddress tile, SeenTile& seen,
                               const SeenChildren& children) {
  using Presence = SeenTile::Presence;
  if (tile.order >= release_->leaf_order) return;
  bool any = false;
  bool readable = seen.pixels.has_value();
  std::array<const Image<float>*, 4> pixels{};
  for (std::size_t k = 0; k < 4; ++k) {
    const SeenTile& child = children[k];
    if (child.presence == Presence::kUnsure) return;
    if (child.presence == Presence::kAbsent) continue;
    any = true;
    readable = readable && child.pixels.has_value();
    pixels[k] = child.pixels ? &*child.pixels : nullptr;
  }
  const bool there = seen.presence == Presence::kPresent;
  const std::string name = TilePath(
      tile, release_->has("fits") ? "fits" : release_->extensions.front());
  if (there != any) {
    findings_.Add(FindingKind::kParentDiffers, name, tile,
                  there ? "is there, and none of its children is"
                        : "is not made, though it has children");
    // Whatever lies above was made with it.
    if (!there) seen.presence = Presence::kUnsure;
    return;
  }
  if (!there || !readable) return;
  const std::string flaw = rules_->ParentFlaw(*seen.pixels, pixels);
  if (!flaw.empty())
    findings_.Add(FindingKind::kParentDiffers, name, tile, flaw);
}

Image<float> PixelsOf(const std::vector<HduView>& hdus) {
  const TileShape shape = ShapeOf(hdus);
  const HduView& hdu = hdus[shape.hdu];
  constexpr std::int64_t kWidest = 8192;  // DecodePixels refuses what is wider
  if (shape.compressed || !IsPlainFloat(hdu) || shape.width > kWidest ||
      shape.height > kWidest) {
    const Image<double> decoded = DecodePixels(hdus);
    Image<float> pixels(decoded.width(), decoded.height());
    std::transform(decoded.pixels().begin(), decoded.pixels().end(),
                   pixels.data(), AsFloat);
    return pixels;
  }
  Image<float> pixels(static_cast<int>(shape.width),
                      static_cast<int>(shape.height));
  if (pixels.size() * sizeof(float) > hdu.data.size())
    throw Error(ErrorKind::kBadInput, "the data are shorter than the picture");
  SwapFloats(hdu.data.data(), pixels.size(), pixels.data());
  return pixels;
}

}  // namespace hips
