// SPDX-License-Identifier: GPL-3.0-or-later
#include "check/lint.h"

#include <algorithm>
#include <map>
#include <stdexcept>

#include "base/error.h"
#include "base/format.h"
#include "base/interrupt.h"
#include "base/text.h"
#include "base/threads.h"
#include "check/lint_run.h"

namespace hips {
namespace {

const Rule& RuleOf(std::string_view id) {
  for (const Rule& rule : Rules())
    if (rule.id == id) return rule;
  throw std::logic_error("no lint rule " + std::string(id));
}

std::size_t Place(const std::string& id) {
  return static_cast<std::size_t>(&RuleOf(id) - Rules().data());
}

// In the order of the table; at most kFindingsPerRule of a rule and level.
std::vector<Finding> Condense(std::vector<Finding> findings) {
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding& a, const Finding& b) {
                     return Place(a.rule) < Place(b.rule);
                   });
  std::vector<Finding> kept;
  std::map<std::pair<std::string, Level>, std::size_t> counts;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    std::size_t& count = counts[{findings[i].rule, findings[i].level}];
    if (++count <= kFindingsPerRule) kept.push_back(std::move(findings[i]));
    const bool last_of_rule =
        i + 1 == findings.size() || findings[i + 1].rule != kept.back().rule;
    if (!last_of_rule) continue;
    for (const auto& [key, total] : counts)
      if (total > kFindingsPerRule) {
        kept.push_back(MakeFinding(
            key.first, key.second, "",
            Format("and {} more like these", total - kFindingsPerRule)));
        kept.back().count = total - kFindingsPerRule;
      }
    counts.clear();
  }
  return kept;
}

bool IsPowerOfTwo(std::int64_t value) {
  return value > 0 && (value & (value - 1)) == 0;
}

std::optional<int> OrderOf(const Properties& properties, std::string_view key) {
  const auto text = properties.Get(key);
  const auto order = text ? ParseInteger(*text) : std::nullopt;
  if (!order || *order < 0 || *order > kMaxOrder) return std::nullopt;
  return static_cast<int>(*order);
}

}  // namespace

Finding MakeFinding(std::string_view rule, Level level, std::string file,
                    std::string message) {
  const Rule& entry = RuleOf(rule);
  return {std::string(entry.id),      level,
          std::string(entry.section), std::move(file),
          std::move(message),         1};
}

Finding MakeFinding(std::string_view rule, std::string file,
                    std::string message) {
  return MakeFinding(rule, RuleOf(rule).level, std::move(file),
                     std::move(message));
}

void LintRun::Report(std::string_view rule, std::string file,
                     std::string message) {
  findings.push_back(MakeFinding(rule, std::move(file), std::move(message)));
}

void LintRun::Report(std::string_view rule, Level level, std::string file,
                     std::string message) {
  findings.push_back(
      MakeFinding(rule, level, std::move(file), std::move(message)));
}

std::optional<int> LintRun::Order() const {
  return OrderOf(properties, "hips_order");
}

std::optional<int> LintRun::OrderMin() const {
  return OrderOf(properties, "hips_order_min");
}

std::int64_t LintRun::TileWidth() const {
  constexpr std::int64_t kUsual = 512;
  const auto text = properties.Get("hips_tile_width");
  const auto width = text ? ParseInteger(*text) : std::nullopt;
  return width && IsPowerOfTwo(*width) ? *width : kUsual;
}

std::vector<std::string> LintRun::DeclaredFormats() const {
  std::vector<std::string> extensions;
  std::string text = Lower(properties.GetOr("hips_tile_format", ""));
  std::replace(text.begin(), text.end(), ',', ' ');
  for (const std::string& word : SplitBlank(text)) {
    const std::string extension = word == "jpeg" ? "jpg" : word;
    const bool known =
        KindOfExtension(extension) != FileKind::kUnknown || extension == "tsv";
    if (known && std::find(extensions.begin(), extensions.end(), extension) ==
                     extensions.end())
      extensions.push_back(extension);
  }
  return extensions;
}

bool LintRun::IsCatalogue() const {
  return properties.GetOr("dataproduct_type", "") == "catalog";
}

bool LintRun::IsCube() const {
  const std::string type = properties.GetOr("dataproduct_type", "");
  return type.ends_with("cube") ||
         properties.Number("hips_cube_depth").value_or(0) > 1;
}

bool LintRun::MocFitsTiles() const {
  if (!moc) return false;
  const std::string frame = properties.GetOr("hips_frame", "equatorial");
  const std::string wanted = frame == "galactic"     ? "G"
                             : frame == "ecliptic"   ? "E"
                             : frame == "equatorial" ? "C"
                                                     : "?";
  return moc->frame == wanted;
}

std::size_t LintRun::SampleSize(std::size_t count) const {
  constexpr std::size_t kOfFolder = 64;
  constexpr std::size_t kOfUrl = 8;
  if (options.all) return count;
  if (options.sample > 0)
    return std::min(count, static_cast<std::size_t>(options.sample));
  return std::min(count, source.remote() ? kOfUrl : kOfFolder);
}

std::size_t SpreadIndex(std::size_t i, std::size_t taken, std::size_t count) {
  return (2 * i + 1) * count / (2 * taken);
}

void ForEachInOrder(
    LintRun& run, std::size_t count,
    const std::function<std::string(std::size_t)>& file,
    const std::function<void(std::size_t, std::vector<Finding>&)>& body) {
  std::vector<std::vector<Finding>> found(count);
  ParallelFor(count, [&](std::size_t i) {
    ThrowIfInterrupted();
    try {
      body(i, found[i]);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kInterrupted) throw;
      found[i].push_back(
          MakeFinding("O24", file(i),
                      std::string(error.what()) + ": make this tile again"));
    }
  });
  for (std::vector<Finding>& some : found)
    run.findings.insert(run.findings.end(),
                        std::make_move_iterator(some.begin()),
                        std::make_move_iterator(some.end()));
}

std::vector<Finding> Lint(const HipsSource& source,
                          const LintOptions& options) {
  LintRun run{source, options, {}, {}, {}, {}, {}};
  const auto text = source.Fetch("properties");
  if (!text || Trim(*text).empty()) {
    run.Report("P01", "properties",
               "is missing or empty: a folder becomes a HiPS by it");
    return run.findings;
  }
  run.properties_text = *text;
  run.properties = Properties::Parse(*text);
  if (run.properties.entries().empty()) {
    run.Report("P01", "properties",
               "holds no line `key = value`: write the file again");
    return run.findings;
  }
  Workers workers(options.threads);
  workers.Run([&] {
    LintProperties(run);
    LintValues(run);
    LintMoc(run);
    LintTileSet(run);
    LintTiles(run);
    LintParents(run);
    LintOrientation(run);
    LintFiles(run);
    if (source.remote()) LintServer(run);
  });
  return Condense(std::move(run.findings));
}

Level WorstLevel(std::span<const Finding> findings) {
  Level worst = Level::kNote;
  for (const Finding& finding : findings)
    worst = std::max(worst, finding.level);
  return worst;
}

}  // namespace hips
