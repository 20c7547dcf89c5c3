// SPDX-License-Identifier: GPL-3.0-or-later
// Cut-outs and pictures as clients ask for them. Accepted ones are within their
// bounds, and their coordinates stand being used as MakeCutout uses them.
#include "cutout/cutout_request.h"

#include <string>

#include "cutout/render.h"
#include "fuzz/fuzz.h"
#include "fuzz/parameters.h"
#include "wcs/wcs.h"

namespace {

void UseCoordinates(const hips::CutoutRequest& request) {
  std::string cards;
  for (const std::string& card : request.wcs.cards()) cards += card;
  hips::Accepts([&] {
    const hips::Wcs wcs =
        hips::Wcs::FromCards(cards, 0, 1, request.width, request.height);
    const double right = request.width - 1.0;
    const double top = request.height - 1.0;
    for (const double x : {0.0, right / 2.0, right})
      for (const double y : {0.0, top / 2.0, top}) {
        const auto place = wcs.ToSky(x, y);
        double column = 0.0;
        double row = 0.0;
        if (place) wcs.ToPixels({&*place, 1}, {&column, 1}, {&row, 1});
      }
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace hips;
  const Parameters parameters = ParametersOf(TextOf(data, size));
  const CutoutLimits limits;
  Accepts([&] {
    const CutoutRequest request = ParseCutoutRequest(parameters, limits);
    Require(request.width > 0 && request.height > 0);
    Require(std::int64_t{request.width} * request.height <= limits.max_pixels);
    UseCoordinates(request);
  });
  Accepts([&] { ParseRenderParameters(parameters); });
  return 0;
}
