// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/made.h"

#include <algorithm>

#include "base/error.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/log.h"
#include "cutout/render.h"
#include "serve/request.h"

namespace hips {
namespace {

MadeAnswer FromBytes(const std::optional<Bytes>& bytes,
                     std::string_view content_type) {
  MadeAnswer made;
  made.content_type = content_type;
  if (!bytes) return made;
  made.text = std::make_shared<const std::string>(
      reinterpret_cast<const char*>(bytes->data()), bytes->size());
  made.etag = TagOfBytes(*made.text);
  return made;
}

std::optional<Bytes> Derive(const ServedHips& hips, const HipsState& state,
                            const ServedName& name) {
  const ServedFolder& files = hips.files();
  if (name.tile)
    return DeriveTile(files, state.inventory, *name.tile, name.extension,
                      state.rules);
  if (name.allsky_order)
    return DeriveAllsky(files, state.inventory, *name.allsky_order,
                        name.extension, state.rules);
  if (name.name == "Moc.fits") return state.index.MocFits();
  if (name.name == "preview.jpg")
    return DerivePreview(files, state.inventory, state.index.coverage(),
                         state.rules);
  return std::nullopt;
}

bool IsPicture(const ServedName& name) {
  return !name.extension.empty() && name.extension != "fits";
}

// The files of a HiPS, and FITS tiles of the orders that it lacks.
class FilesAndDerived : public HipsFiles {
 public:
  FilesAndDerived(const HipsFiles& files, const HipsState& state)
      : files_(files), state_(state) {}

  std::optional<Bytes> Read(const std::string& name) const override {
    if (auto bytes = files_.Read(name)) return bytes;
    const auto parsed = ParseServedName(name);
    if (!parsed || !parsed->tile || parsed->extension != "fits" ||
        !MayBeDerived(state_, *parsed))
      return std::nullopt;
    return DeriveTile(files_, state_.inventory, *parsed->tile, "fits",
                      state_.rules);
  }
  bool Has(const std::string& name) const override { return files_.Has(name); }
  std::vector<std::string> List(const std::string& folder) const override {
    return files_.List(folder);
  }

 private:
  const HipsFiles& files_;
  const HipsState& state_;
};

}  // namespace

std::vector<std::pair<std::string, std::string>> QueryPairs(
    std::string_view query) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    std::string name = DecodeQueryText(pair.substr(0, equals));
    if (name.empty()) continue;
    pairs.emplace_back(
        std::move(name),
        DecodeQueryText(pair.substr(std::min(equals + 1, pair.size()))));
  }
  return pairs;
}

std::string TagOfBytes(std::string_view bytes) {
  return Format("\"{}\"", HashOf(bytes).Text());
}

bool AsksForRendering(const ServedName& name, std::string_view query) {
  if (query.empty() || !IsPicture(name)) return false;
  const auto& known = DisplayNames();
  const auto pairs = QueryPairs(query);
  return std::any_of(pairs.begin(), pairs.end(), [&](const auto& pair) {
    return std::find(known.begin(), known.end(), pair.first) != known.end();
  });
}

bool MayBeDerived(const HipsState& state, const ServedName& name) {
  if (state.inventory.empty()) return false;
  if (name.tile) {
    const StoredOrder* stored = state.inventory.At(name.tile->order);
    const bool is_stored = stored != nullptr && stored->Has(name.extension);
    return !is_stored && name.tile->order <= state.inventory.deepest_order() &&
           state.index.MayHold(*name.tile);
  }
  return name.allsky_order || name.name == "Moc.fits" ||
         name.name == "preview.jpg";
}

std::string MadeKey(const ServedHips& hips, const HipsState& state,
                    const ServedName& name, std::string_view query) {
  std::string key = hips.path();
  key.append("|").append(state.key).append("|").append(name.name);
  if (!query.empty()) key.append("?").append(query);
  return key;
}

MadeAnswer MakeRendering(const Site& site, const ServedHips& hips,
                         const HipsState& state, const ServedName& name,
                         std::string_view query) {
  if (!site.workshop->limits.renders)
    throw Error(ErrorKind::kUsage, "this server does not render tiles");
  if (!state.facts) throw Error(ErrorKind::kUsage, state.no_facts);
  const Display display = ParseRenderParameters(QueryPairs(query));
  const PictureFormat format = ParsePictureFormat(name.extension);
  const FilesAndDerived files(hips.files(), state);
  const auto bytes =
      name.tile ? RenderTile(files, *state.facts, site.workshop->tiles,
                             *name.tile, format, display)
                : RenderAllsky(files, *state.facts, site.workshop->tiles,
                               name.allsky_order.value_or(3), format, display);
  MadeAnswer made = FromBytes(bytes, name.content_type);
  site.workshop->answers.Keep(MadeKey(hips, state, name, query), made);
  return made;
}

MadeAnswer MakeDerived(const Site& site, const ServedHips& hips,
                       const HipsState& state, const ServedName& name) {
  MadeAnswer made = FromBytes(Derive(hips, state, name), name.content_type);
  if (made.text)
    LogInfo(Format("{}/{}: not stored; made from its tiles", hips.path(),
                   name.name));
  site.workshop->answers.Keep(MadeKey(hips, state, name, ""), made);
  return made;
}

}  // namespace hips
