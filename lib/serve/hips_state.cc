// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/hips_state.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>

#include "base/error.h"
#include "base/format.h"
#include "base/log.h"
#include "base/text.h"
#include "derive/mend_properties.h"
#include "derive/mirror.h"
#include "healpix/tile_address.h"
#include "serve/http_date.h"
#include "serve/request.h"

namespace hips {
namespace {

constexpr std::uint64_t kMaxPropertiesBytes = 1 << 20;
constexpr std::array<std::string_view, 3> kStatusWords = {"master", "mirror",
                                                          "partial"};

std::string TagOf(const ServedFolder& files, const std::string& name) {
  try {
    const auto file = files.Open(name);
    return file ? file->ETag() : "-";
  } catch (const Error&) {
    return "?";  // told when a state is made of it
  }
}

std::string NextKey(const StateTag& tag) {
  static std::atomic<std::uint64_t> made = 0;
  return Format("{}#{}", tag.files, ++made);
}

// What a client cannot make use of, although there is a properties file.
void WarnOfUseless(const HipsState& state, const Properties& given,
                   const std::string& path) {
  constexpr std::array<std::string_view, 2> kSkyFrames = {"equatorial",
                                                          "galactic"};
  const auto warn = [&](const std::string& what) {
    LogWarning(Format("{}: {}", path, what));
  };
  if (state.inventory.empty()) {
    warn("no tiles are in it: clients will show nothing");
    return;
  }
  const auto order = ParseInteger(given.GetOr("hips_order", ""));
  if (order && *order != state.inventory.deepest_order())
    warn(Format("hips_order is {}, but the deepest tiles are of order {}",
                *order, state.inventory.deepest_order()));
  const std::string frame = given.GetOr("hips_frame", "");
  const bool is_sky = std::find(kSkyFrames.begin(), kSkyFrames.end(), frame) !=
                      kSkyFrames.end();
  if (!frame.empty() && !is_sky && !given.Get("hips_body"))
    warn(Format("hips_frame is \"{}\": clients know equatorial and galactic",
                frame));
  for (const std::string& word :
       SplitBlank(given.GetOr("hips_tile_format", ""))) {
    const std::string extension = word == "jpeg" ? "jpg" : word;
    if (!state.inventory.Has(extension))
      warn(Format("hips_tile_format has \"{}\", but no tile is one", word));
  }
}

// "public master clonableOnce" with "mirror" is "public mirror clonableOnce".
std::string WithStatus(const std::string& words, const std::string& status) {
  std::string changed;
  bool is_in = false;
  const auto add = [&](std::string_view word) {
    changed += (changed.empty() ? "" : " ") + std::string(word);
  };
  for (const std::string& word : SplitBlank(words)) {
    const bool is_status = std::find(kStatusWords.begin(), kStatusWords.end(),
                                     word) != kStatusWords.end();
    if (!is_status)
      add(word);
    else if (!std::exchange(is_in, true))
      add(status);
  }
  if (!is_in) add(status);
  return changed;
}

// A copy has rules of its own for the other words, too.
std::string StatusHere(const std::string& words, const std::string& status,
                       const std::string& path) {
  if (status == "master") return WithStatus(words, status);
  try {
    return StatusOfCopy(words, status == "partial");
  } catch (const Error& error) {
    LogWarning(error.In(path).what());
    return WithStatus(words, status);
  }
}

// Does a FITS tile of the deepest order begin as gzip does?
bool HasGzipTiles(const ServedFolder& files, const Inventory& inventory) {
  if (inventory.empty() || !inventory.Has("fits")) return false;
  const StoredOrder& order = inventory.orders().back();
  if (order.folders.empty()) return false;
  for (const ParsedTilePath& tile :
       TilesInFolder(files, order.order, order.folders.front())) {
    if (tile.extension != "fits") continue;
    const auto bytes = files.Read(TilePath(tile.tile, "fits"));
    return bytes && bytes->size() > 2 && (*bytes)[0] == std::byte{0x1f} &&
           (*bytes)[1] == std::byte{0x8b};
  }
  return false;
}

std::string AllAdded(const std::vector<std::string>& added) {
  std::string text;
  for (const std::string& line : added)
    text += (text.empty() ? "" : "; ") + line;
  return text;
}

void AddFacts(const ServedFolder& files, HipsState& state) {
  try {
    state.facts = ReadFacts(files, state.properties.Text());
    state.facts->key += state.key;
    // What clients are told includes orders that are made on request.
    state.facts->order_min = state.inventory.lowest_order();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kIo) throw;
    state.no_facts = error.what();
  }
}

}  // namespace

bool LooksLikeHips(const Properties& properties) {
  return properties.Get("hips_version") || properties.Get("hips_order") ||
         properties.Get("hips_frame") || properties.Get("hips_tile_format");
}

StateTag StateTagOf(const ServedFolder& files) {
  StateTag tag{TagOf(files, "properties") + TagOf(files, "Moc.fits"), "?"};
  try {
    tag.folders = files.TileFoldersTag();
  } catch (const Error&) {
    // told when a state is made of it
  }
  return tag;
}

std::shared_ptr<const HipsState> MakeHipsState(const ServedFolder& files,
                                               const std::string& path,
                                               const std::string& status) {
  auto state = std::make_shared<HipsState>();
  // First, so that a change while it is made is found afterwards.
  state->tag = StateTagOf(files);
  state->key = NextKey(state->tag);
  const auto file = files.Open("properties");
  if (!file || file->byte_count() > kMaxPropertiesBytes)
    throw Error(ErrorKind::kBadInput, path + ": no properties file of a HiPS");
  const Properties given = Properties::Parse(file->Read());
  if (!LooksLikeHips(given))
    throw Error(ErrorKind::kBadInput, "its properties are not those of a HiPS");
  state->properties_modified = file->modified();
  state->inventory = Inventory::Of(files);
  const std::string frame = FrameOf(files, state->inventory, given);
  state->index = TileIndex::Of(files, state->inventory, frame);
  if (!state->index.remark().empty())
    LogWarning(Format("{}: {}", path, state->index.remark()));
  WarnOfUseless(*state, given, path);
  MendFacts facts;
  facts.name = path.substr(1);
  facts.order_min = 0;  // what is not stored is made from what is
  Mended mended =
      MendProperties(files, state->inventory, state->index, given, facts);
  if (!mended.added.empty())
    LogInfo(Format("{}: properties lack, and are served with: {}", path,
                   AllAdded(mended.added)));
  state->properties = WithPngForWebp(mended.properties);
  bool is_changed = !mended.added.empty() ||
                    state->properties.entries() != mended.properties.entries();
  if (!status.empty()) {
    state->properties.Set(
        "hips_status",
        StatusHere(state->properties.GetOr("hips_status", "public"), status,
                   path));
    is_changed = true;
  }
  if (is_changed)
    state->properties_text =
        std::make_shared<const std::string>(state->properties.Text());
  state->rules = DeriveRules::Of(state->properties);
  state->gzip_tiles = HasGzipTiles(files, state->inventory);
  AddFacts(files, *state);
  std::optional<Moc> moc;
  if (frame == "equatorial") moc = state->index.coverage();
  state->record = std::make_shared<const HipsRecord>(
      MakeHipsRecord(state->properties, std::move(moc), EncodePath(path)));
  return state;
}

}  // namespace hips
