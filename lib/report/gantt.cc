// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/gantt.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "base/format.h"
#include "base/text.h"
#include "report/quantity.h"
#include "report/ticks.h"

namespace hips {
namespace {

// The drawing and the plot in it, SVG units.
constexpr double kWidth = 2000.0;
constexpr double kLeft = 150.0;
constexpr double kRight = 1980.0;
constexpr double kTop = 20.0;
constexpr double kTallest = 60.0;   // bar
constexpr double kHighest = 900.0;  // plot
constexpr double kAxisRoom = 100.0;

double Seconds(const ReportShard& shard) { return shard.end - shard.start; }

std::string Bars(std::span<const ReportShard> shards, double height,
                 double scale) {
  std::string path;
  double y = kTop;
  for (const ReportShard& shard : shards) {
    path += Format("M{:.0f} {:.1f}h{:.1f}v{:.1f}h-{:.1f}z",
                   kLeft + scale * shard.start, y,
                   std::max(2.0, scale * Seconds(shard)), 0.8 * height,
                   std::max(2.0, scale * Seconds(shard)));
    y += height;
  }
  return Format("<path class=\"in\" d=\"{}\"/>\n", path);
}

// The first and the last number, on the left.
std::string Numbers(std::span<const ReportShard> shards, double height) {
  const auto number = [&](std::size_t row) {
    return Format(
        "<text x=\"{:.0f}\" y=\"{:.0f}\" text-anchor=\"end\">{}</text>\n",
        kLeft - 16.0, kTop + height * (static_cast<double>(row) + 0.4) + 16.0,
        shards[row].number);
  };
  std::string svg = number(0);
  if (shards.size() > 1) svg += number(shards.size() - 1);
  return svg;
}

std::string TimeAxis(double length, double scale, double bottom) {
  std::string svg =
      Format("<path class=\"axis\" d=\"M{:.0f} {:.0f}H{:.0f}\"/>\n", kLeft,
             bottom, kRight);
  const bool in_minutes = length > 600.0;
  const double unit = in_minutes ? 60.0 : 1.0;
  for (const double tick : Ticks(0.0, length / unit, 8))
    svg += Format(
        "<path class=\"axis\" d=\"M{:.0f} {:.0f}v14\"/>\n"
        "<text x=\"{:.0f}\" y=\"{:.0f}\" text-anchor=\"{}\">{} {}</text>\n",
        kLeft + scale * tick * unit, bottom, kLeft + scale * tick * unit,
        bottom + 70.0,
        kLeft + scale * tick * unit > kRight - 90.0 ? "end" : "middle",
        Significant(tick, 4), in_minutes ? "min" : "s");
  return svg;
}

std::string Caption(std::span<const ReportShard> shards, double length) {
  std::vector<double> seconds;
  for (const ReportShard& shard : shards) seconds.push_back(Seconds(shard));
  std::sort(seconds.begin(), seconds.end());
  const double median = seconds[seconds.size() / 2];
  std::string text = Format(
      "{} shards within {}; half of them took {} or more, the slowest {}",
      shards.size(), DurationText(length), DurationText(median),
      DurationText(seconds.back()));
  if (median > 0.0)
    text += Format(" ({} times that)", Significant(seconds.back() / median, 2));
  return text + ".";
}

}  // namespace

std::string ShardChart(std::span<const ReportShard> shards) {
  if (shards.empty()) return "";
  double length = 0.0;
  for (const ReportShard& shard : shards) length = std::max(length, shard.end);
  const double scale = (kRight - kLeft) / std::max(length, 1e-3);
  const double height =
      std::min(kTallest, kHighest / static_cast<double>(shards.size()));
  const double bottom = kTop + height * static_cast<double>(shards.size());
  return Format(
      "<h3>Shards</h3>\n<figure class=\"chart\">\n<svg role=\"img\" "
      "aria-label=\"When each shard was made; the caption says what it "
      "shows\" viewBox=\"0 0 {:.0f} {:.0f}\">\n{}{}{}</svg>\n"
      "<figcaption>{}</figcaption>\n</figure>\n",
      kWidth, bottom + kAxisRoom, Bars(shards, height, scale),
      Numbers(shards, height), TimeAxis(length, scale, bottom),
      Caption(shards, length));
}

}  // namespace hips
