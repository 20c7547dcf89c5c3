// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/pages.h"

#include <map>
#include <mutex>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "page/aladin_script.h"
#include "page/coverage_svg.h"
#include "serve/request.h"

namespace hips {
namespace {

// Drawings of coverages, by release: those of 300 surveys take a second.
class CoveragePictures {
 public:
  std::string Of(const ServedHips& hips, const HipsState& state) {
    {
      const std::lock_guard lock(mutex_);
      const auto found = pictures_.find(hips.path());
      if (found != pictures_.end() && found->second.key == state.key)
        return found->second.svg;
    }
    Picture picture{state.key, CoverageSvg(state.index.coverage(),
                                           state.properties.GetOr(
                                               "hips_frame", "equatorial"))};
    const std::lock_guard lock(mutex_);
    return (pictures_[hips.path()] = std::move(picture)).svg;
  }

 private:
  struct Picture {
    std::string key;
    std::string svg;
  };

  std::mutex mutex_;
  std::map<std::string, Picture> pictures_;  // no more than HiPSes
};

// What is not known of a release yet is left out: the list does not wait.
PageHips PageHipsOf(const ServedHips& hips,
                    const std::shared_ptr<const HipsState>& state) {
  PageHips page;
  page.path = EncodePath(hips.path());
  if (!state) {
    page.properties = hips.properties();
    page.has_preview = hips.Open("preview.jpg") != nullptr;
    page.has_moc = hips.Open("Moc.fits") != nullptr;
    return page;
  }
  // Preview and MOC are made from the tiles when they are not stored.
  page.properties =
      std::shared_ptr<const Properties>(state, &state->properties);
  page.has_preview =
      !state->inventory.empty() || hips.Open("preview.jpg") != nullptr;
  page.has_moc = !state->index.coverage().empty();
  return page;
}

PageHips WithPicture(const ServedHips& hips) {
  static CoveragePictures pictures;
  const auto state = hips.state();
  PageHips page = PageHipsOf(hips, state);
  if (state && page.has_moc) page.coverage_svg = pictures.Of(hips, *state);
  return page;
}

// One HiPS may be waited for.
std::shared_ptr<const HipsState> LearnGuarded(const ServedHips& hips) {
  try {
    return hips.Learn();
  } catch (const Error& error) {
    LogWarning(error.In(hips.path()).what());
    return nullptr;
  }
}

}  // namespace

std::string ListPageOf(const Collection& collection, const PageSite& site) {
  std::vector<PageHips> all;
  for (const auto& hips : collection.all()) all.push_back(WithPicture(*hips));
  return ListPage(site, all);
}

std::string HipsPageOf(const ServedHips& hips, const PageSite& site) {
  LearnGuarded(hips);
  return HipsPage(site, WithPicture(hips));
}

std::optional<std::string> ViewerPageOf(const Collection& collection,
                                        const PageSite& site,
                                        std::string_view path) {
  const Collection::Match match = collection.Find(path);
  if (match.hips == nullptr || match.rest) return std::nullopt;
  std::vector<PageHips> all;
  for (const auto& hips : collection.all()) {
    PageHips& page = all.emplace_back();
    page.path = EncodePath(hips.get() == match.hips ? path : hips->path());
    page.properties = hips->properties();
  }
  // Under the name it was asked for: an alias may lie at another depth.
  PageHips shown = PageHipsOf(*match.hips, LearnGuarded(*match.hips));
  shown.path = EncodePath(path);
  const ViewerParts parts{AladinScript() != nullptr,
                          match.hips->Open("HpxFinder/properties") != nullptr};
  return ViewerPage(site, all, shown, parts);
}

std::shared_ptr<const ServedFile> AladinScript() {
  const auto script = FindAladinScript();
  if (!script) return nullptr;
  return OpenBeneath(script->parent_path(), "", script->filename().string());
}

}  // namespace hips
