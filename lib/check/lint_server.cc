// SPDX-License-Identifier: GPL-3.0-or-later
// Rules O30 to O34: how a web server hands the files out. Browsers drop answers
// without CORS headers, and take anything but 404 for a tile.
#include <algorithm>

#include "base/format.h"
#include "base/text.h"
#include "check/lint_run.h"

namespace hips {
namespace {

struct MediaType {
  std::string_view extension;
  std::array<std::string_view, 3> accepted;
};

constexpr MediaType kMediaTypes[] = {
    {"fits", {"application/fits", "image/fits", "image/x-fits"}},
    {"png", {"image/png", "", ""}},
    {"jpg", {"image/jpeg", "", ""}},
    {"webp", {"image/webp", "", ""}},
    {"tsv", {"text/tab-separated-values", "text/plain", ""}},
    {"", {"text/plain", "", ""}},  // properties
};

std::string ExtensionOf(const std::string& path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string::npos ? "" : path.substr(dot + 1);
}

void CheckType(LintRun& run, const std::string& path, const Fetched& answer) {
  const std::string header = answer.Header("content-type").value_or("");
  const std::string type(Trim(header.substr(0, header.find(';'))));
  for (const MediaType& media : kMediaTypes) {
    if (media.extension != ExtensionOf(path)) continue;
    if (std::find(media.accepted.begin(), media.accepted.end(), Lower(type)) ==
            media.accepted.end() ||
        type.empty())
      run.Report(
          "O32", path,
          Format("is sent as '{}': {} is its type", type, media.accepted[0]));
  }
}

void CheckCors(LintRun& run, const char* rule, const std::string& path,
               const Fetched& answer) {
  if (answer.Header("access-control-allow-origin")) return;
  run.Report(rule, path,
             Format("status {} comes without Access-Control-Allow-Origin: "
                    "browsers then hide the answer from Aladin Lite",
                    answer.status));
}

void CheckFile(LintRun& run, const std::string& path) {
  const Fetched answer = run.source.Get(path);
  if (answer.status != 200) return;  // other rules look for the file
  CheckCors(run, "O30", path, answer);
  CheckType(run, path, answer);
  if (!answer.Header("etag") && !answer.Header("last-modified"))
    run.Report("O33", path,
               "comes without ETag and Last-Modified: caches cannot tell "
               "whether it changed");
}

// A path that is well formed, but deeper than any tile of the HiPS.
void CheckAbsentTile(LintRun& run, const std::string& extension) {
  const int order = std::min(run.Order().value_or(0) + 1, kMaxOrder);
  const std::string path = TilePath({order, 0}, extension);
  const Fetched answer = run.source.Get(path);
  if (answer.status == 200 && run.Order() == kMaxOrder) return;
  if (answer.status != 404)
    run.Report("O34", path,
               Format("does not exist, but is answered with status {}",
                      answer.status));
  CheckCors(run, "O31", path, answer);
}

}  // namespace

void LintServer(LintRun& run) {
  CheckFile(run, "properties");
  if (run.moc) CheckFile(run, "Moc.fits");
  for (const std::string& extension : run.tiles.Extensions()) {
    const std::vector<int> orders = run.tiles.Orders(extension);
    const int order = orders.front();
    CheckFile(run, TilePath({order, run.tiles.At(extension, order).front()},
                            extension));
    CheckAbsentTile(run, extension);
  }
}

}  // namespace hips
