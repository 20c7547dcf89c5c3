// SPDX-License-Identifier: GPL-3.0-or-later
// Rules O05, O06 and O26: FITS tiles against the four tiles they were made of.
//
// What can be asked of any sound reduction: a parent pixel is valid exactly
// where a child pixel is, and lies between the least and the greatest of them.
// Away from blanks it is their mean or their median. Beside blanks a reduction
// may weight a child pixel by the part of it that was covered, which the tiles
// do not tell, so there the bounds alone are asked for.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"
#include "check/fits_bytes.h"
#include "check/lint_run.h"

namespace hips {
namespace {

// Single precision through a few additions, relative to the largest pixel.
constexpr double kRelativeRounding = 2e-6;
// Holes smaller than a pixel leave partly covered pixels without a blank
// beside them; more than this share of clean pixels is no accident.
constexpr double kAllowedShare = 0.02;
constexpr std::int64_t kFewPixels = 16;

struct Source {
  Image<double> pixels;
  double step = 0.0;  // between stored integers; 0 of floats
};

std::optional<Source> Load(const LintRun& run, TileAddress tile) {
  const auto bytes = run.source.Fetch(TilePath(tile, "fits"));
  if (!bytes) return std::nullopt;
  try {
    const std::vector<HduView> hdus = SplitHdus(*bytes);
    return Source{DecodePixels(hdus), StoredStep(hdus[0].header)};
  } catch (const Error&) {
    return std::nullopt;  // LintTiles has said so
  }
}

// The four child pixels of a parent pixel, the valid ones sorted.
struct Quad {
  std::array<double, 4> values{};
  std::size_t count = 0;
  bool known = true;  // false where a child tile should be but is not

  // Keeps them ascending.
  void Add(double value) {
    if (!std::isfinite(value) || count == values.size()) return;
    std::size_t at = count++;
    for (; at > 0 && values[at - 1] > value; --at) values[at] = values[at - 1];
    values[at] = value;
  }
  double Mean() const {
    double sum = 0.0;
    for (std::size_t i = 0; i < count; ++i) sum += values[i];
    return sum / static_cast<double>(count);
  }
  double Median() const {
    return 0.5 * (values[(count - 1) / 2] + values[count / 2]);
  }
};

// Should there be a tile, though none could be read?
bool IsExpected(const LintRun& run, TileAddress tile) {
  if (run.tiles.Has("fits", tile)) return true;
  return run.MocFitsTiles() ? run.moc->moc.Touches(tile)
                            : !run.tiles.complete();
}

class Family {
 public:
  // Nothing when the parent or a child cannot be compared.
  static std::optional<Family> Open(const LintRun& run, TileAddress parent) {
    Family family;
    auto own = Load(run, parent);
    if (!own || own->pixels.width() != own->pixels.height() ||
        own->pixels.width() % 2 != 0 || own->pixels.empty())
      return std::nullopt;
    family.parent_ = std::move(*own);
    for (int k = 0; k < 4; ++k) {
      const TileAddress tile = Child(parent, k);
      auto child = Load(run, tile);
      const auto at = static_cast<std::size_t>(k);
      if (child && child->pixels.width() == family.width() &&
          child->pixels.height() == family.width()) {
        family.step_ = std::max(family.step_, child->step);
        family.children_[at] = std::move(child->pixels);
        family.any_ = true;
      } else {
        family.known_[at] = !child && !IsExpected(run, tile);
      }
    }
    family.step_ = std::max(family.step_, family.parent_.step);
    if (!family.any_) return std::nullopt;
    return family;
  }

  int width() const { return parent_.pixels.width(); }
  double step() const { return step_; }
  double Value(int row, int column) const {
    return parent_.pixels(row, column);
  }

  // flipped: as if the rows of every child ran the other way.
  Quad QuadAt(int row, int column, bool flipped = false) const {
    const int half = width() / 2;
    Quad quad;
    for (std::size_t k = 0; k < 4; ++k) {
      const BlockOrigin block = ChildBlock(static_cast<int>(k), width());
      const int r = row - block.row;
      const int c = column - block.column;
      if (r < 0 || c < 0 || r >= half || c >= half) continue;
      quad.known = known_[k];
      const Image<double>& child = children_[k];
      if (child.empty()) break;
      for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 2; ++j) {
          const int child_row = flipped ? width() - 1 - (2 * r + i) : 2 * r + i;
          quad.Add(child(child_row, 2 * c + j));
        }
    }
    return quad;
  }

 private:
  Source parent_;
  std::array<Image<double>, 4> children_;
  std::array<bool, 4> known_{true, true, true, true};
  double step_ = 0.0;
  bool any_ = false;
};

double Tolerance(const Quad& quad, double step) {
  const double largest =
      std::max(std::abs(quad.values[0]), std::abs(quad.values[quad.count - 1]));
  // Integers may be rounded or cut.
  return kRelativeRounding * largest + 1.001 * step;
}

struct Verdict {
  std::int64_t mask_wrong = 0;
  std::int64_t out_of_bounds = 0;
  std::int64_t clean = 0;  // pixels with no blank near
  std::int64_t not_mean = 0;
  std::int64_t not_median = 0;
  std::int64_t compared = 0;
};

// Are the 3 x 3 parent pixels about this one made of four valid pixels each?
Image<char> CleanPixels(const Family& family) {
  const int width = family.width();
  Image<char> whole(width, width, 0);
  for (int row = 0; row < width; ++row)
    for (int column = 0; column < width; ++column)
      whole(row, column) = family.QuadAt(row, column).count == 4 ? 1 : 0;
  Image<char> clean(width, width, 0);
  for (int row = 1; row + 1 < width; ++row)
    for (int column = 1; column + 1 < width; ++column) {
      bool all = true;
      for (int r = row - 1; r <= row + 1; ++r)
        for (int c = column - 1; c <= column + 1; ++c)
          all = all && whole(r, c) != 0;
      clean(row, column) = all ? 1 : 0;
    }
  return clean;
}

Verdict Compare(const Family& family, bool flipped = false) {
  const Image<char> clean = CleanPixels(family);
  Verdict verdict;
  for (int row = 0; row < family.width(); ++row)
    for (int column = 0; column < family.width(); ++column) {
      const Quad quad = family.QuadAt(row, column, flipped);
      const double value = family.Value(row, column);
      if (!quad.known) continue;
      if (std::isfinite(value) != (quad.count > 0)) {
        ++verdict.mask_wrong;
        continue;
      }
      if (quad.count == 0) continue;
      ++verdict.compared;
      const double tolerance = Tolerance(quad, family.step());
      if (value < quad.values[0] - tolerance ||
          value > quad.values[quad.count - 1] + tolerance)
        ++verdict.out_of_bounds;
      if (clean(row, column) == 0) continue;
      ++verdict.clean;
      if (std::abs(value - quad.Mean()) > tolerance) ++verdict.not_mean;
      if (std::abs(value - quad.Median()) > tolerance) ++verdict.not_median;
    }
  return verdict;
}

bool TooMany(std::int64_t wrong, std::int64_t of) {
  return wrong >= kFewPixels &&
         static_cast<double>(wrong) > kAllowedShare * static_cast<double>(of);
}

std::string Complaint(const Family& family, const Verdict& verdict) {
  const Verdict flipped = Compare(family, true);
  if (flipped.compared > 0 && flipped.out_of_bounds == 0)
    return "fits its children only with their rows upside down: row 0 of a "
           "FITS tile is its bottom";
  if (verdict.out_of_bounds > 0)
    return Format(
        "{} of {} pixels lie outside the range of their four child "
        "pixels: make it from its children",
        verdict.out_of_bounds, verdict.compared);
  return Format(
      "{} of {} pixels away from blanks are neither mean nor median "
      "of their children: make it from its children",
      std::min(verdict.not_mean, verdict.not_median), verdict.clean);
}

// "mean", "median", or "" when the properties name neither.
std::string DeclaredReduction(const LintRun& run) {
  const std::string text =
      Lower(run.properties.GetOr("hips_hierarchy", "") + " " +
            run.properties.GetOr("hips_overlay", ""));
  for (const char* word : {"treemean", "treemedian"})
    if (text.find(word) != std::string::npos) return word + 4;
  const std::string hierarchy =
      Lower(run.properties.GetOr("hips_hierarchy", ""));
  return hierarchy == "mean" || hierarchy == "median" ? hierarchy : "";
}

void CheckFamily(const LintRun& run, TileAddress parent,
                 std::vector<Finding>& findings) {
  const auto family = Family::Open(run, parent);
  if (!family) return;
  const std::string path = TilePath(parent, "fits");
  const Verdict verdict = Compare(*family);
  if (verdict.mask_wrong > 0)
    findings.push_back(
        MakeFinding("O06", path,
                    Format("{} pixels are valid without a valid child pixel, "
                           "or blank with one: make it from its children",
                           verdict.mask_wrong)));
  const bool mean = !TooMany(verdict.not_mean, verdict.clean);
  const bool median = !TooMany(verdict.not_median, verdict.clean);
  if (verdict.out_of_bounds > 0 || (!mean && !median)) {
    findings.push_back(MakeFinding("O05", path, Complaint(*family, verdict)));
    return;
  }
  const std::string declared = DeclaredReduction(run);
  if ((declared == "mean" && !mean) || (declared == "median" && !median))
    findings.push_back(
        MakeFinding("O26", path,
                    "is the " + std::string(mean ? "mean" : "median") +
                        " of its children, the properties say " + declared));
}

}  // namespace

void LintParents(LintRun& run) {
  if (run.IsCube()) return;
  const int deepest = run.tiles.DeepestOrder().value_or(0);
  std::vector<TileAddress> parents;
  for (const int order : run.tiles.Orders("fits")) {
    if (order >= deepest) continue;
    const auto& npixes = run.tiles.At("fits", order);
    // Five tiles are read for each, so fewer are taken.
    const std::size_t whole = run.SampleSize(npixes.size());
    const std::size_t few = (whole + 3) / 4 + (run.source.remote() ? 0 : 3);
    const std::size_t taken = run.options.all ? whole : std::min(whole, few);
    for (std::size_t i = 0; i < taken; ++i)
      parents.push_back({order, npixes[SpreadIndex(i, taken, npixes.size())]});
  }
  ForEachInOrder(
      run, parents.size(),
      [&](std::size_t i) { return TilePath(parents[i], "fits"); },
      [&](std::size_t i, std::vector<Finding>& findings) {
        CheckFamily(run, parents[i], findings);
      });
}

}  // namespace hips
