// SPDX-License-Identifier: GPL-3.0-or-later
#include "report/charts.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/format.h"
#include "base/text.h"
#include "report/markup.h"
#include "report/quantity.h"
#include "report/ticks.h"

namespace hips {
namespace {

// The drawing and the plot in it, SVG units.
constexpr double kWidth = 2000.0;
constexpr double kHeight = 820.0;
constexpr double kLeft = 150.0;
constexpr double kRight = 1980.0;
constexpr double kTop = 30.0;
constexpr double kBottom = 720.0;

constexpr std::size_t kMaxBars = 256;
// Half a decade below 1, so that a single pixel has a bar.
constexpr double kLeastLog = -0.5;

bool CanBeDrawn(const ReportHistogram& histogram) {
  return std::isfinite(histogram.low) && std::isfinite(histogram.high) &&
         histogram.low < histogram.high &&
         std::any_of(histogram.counts.begin(), histogram.counts.end(),
                     [](std::uint64_t count) { return count > 0; });
}

// Fewer bins, several in one; the last may be of fewer than the others.
struct Bar {
  double low = 0.0;
  double high = 0.0;
  std::uint64_t count = 0;
};

std::vector<Bar> Bars(const ReportHistogram& histogram) {
  const std::size_t bins = histogram.counts.size();
  const std::size_t together = (bins + kMaxBars - 1) / kMaxBars;
  const double width =
      (histogram.high - histogram.low) / static_cast<double>(bins);
  std::vector<Bar> bars;
  for (std::size_t first = 0; first < bins; first += together) {
    const std::size_t last = std::min(first + together, bins);
    Bar bar{histogram.low + width * static_cast<double>(first),
            histogram.low + width * static_cast<double>(last)};
    for (std::size_t i = first; i < last; ++i) bar.count += histogram.counts[i];
    bars.push_back(bar);
  }
  return bars;
}

class Plot {
 public:
  explicit Plot(const ReportHistogram& histogram)
      : histogram_(histogram),
        scale_(ScaleFor(histogram.unit, std::max(std::abs(histogram.low),
                                                 std::abs(histogram.high)))),
        bars_(Bars(histogram)) {
    std::uint64_t most = 0;
    for (const Bar& bar : bars_) most = std::max(most, bar.count);
    decades_ = std::max(
        1, static_cast<int>(std::ceil(std::log10(static_cast<double>(most)))));
  }

  const Scale& scale() const { return scale_; }

  std::string Content() const {
    return YAxis() + BarPath(true) + BarPath(false) + XAxis() +
           Cut(histogram_.cut_low, "low cut", kTop + 60.0, false) +
           Cut(histogram_.cut_high, "high cut", kTop + 140.0, true);
  }

 private:
  double X(double value) const {
    return kLeft + (kRight - kLeft) * (value - histogram_.low) /
                       (histogram_.high - histogram_.low);
  }
  double Y(double log_count) const {
    return kBottom -
           (kBottom - kTop) * (log_count - kLeastLog) / (decades_ - kLeastLog);
  }

  bool IsInCut(const Bar& bar) const {
    const double middle = (bar.low + bar.high) / 2.0;
    return middle >= histogram_.cut_low && middle <= histogram_.cut_high;
  }

  std::string BarPath(bool in_cut) const {
    std::string path;
    for (const Bar& bar : bars_) {
      if (bar.count == 0 || IsInCut(bar) != in_cut) continue;
      path += Format("M{:.0f} {:.0f}V{:.0f}H{:.0f}V{:.0f}z", X(bar.low),
                     kBottom, Y(std::log10(static_cast<double>(bar.count))),
                     X(bar.high), kBottom);
    }
    if (path.empty()) return "";
    return Format("<path class=\"{}\" d=\"{}\"/>\n", in_cut ? "in" : "out",
                  path);
  }

  std::string YAxis() const {
    const int step = 1 + (decades_ - 1) / 6;
    std::string svg;
    for (int decade = 0; decade <= decades_; decade += step)
      svg += Format(
          "<path class=\"grid\" d=\"M{:.0f} {:.0f}H{:.0f}\"/>\n"
          "<text x=\"{:.0f}\" y=\"{:.0f}\" text-anchor=\"end\">{}</text>\n",
          kLeft, Y(decade), kRight, kLeft - 16.0, Y(decade) + 16.0,
          decade == 0 ? "1" : PowerOfTen(decade));
    return svg;
  }

  std::string XAxis() const {
    std::string svg =
        Format("<path class=\"axis\" d=\"M{:.0f} {:.0f}H{:.0f}\"/>\n", kLeft,
               kBottom, kRight);
    for (const double tick : Ticks(histogram_.low * scale_.factor,
                                   histogram_.high * scale_.factor, 6)) {
      const double x = X(tick / scale_.factor);
      const std::string text = Significant(tick, 6);
      // A name stays in the drawing although it is centred on its tick.
      const char* const anchor = x > kRight - 90.0 ? "end" : "middle";
      svg += Format(
          "<path class=\"axis\" d=\"M{:.0f} {:.0f}v14\"/>\n"
          "<text x=\"{:.0f}\" y=\"{:.0f}\" text-anchor=\"{}\">{}</text>\n",
          x, kBottom, x, kBottom + 80.0, anchor, text);
    }
    return svg;
  }

  std::string Cut(double value, const char* name, double y,
                  bool to_the_right) const {
    if (!(value >= histogram_.low && value <= histogram_.high)) return "";
    const double x = X(value);
    const bool right = to_the_right ? x < kRight - 420.0 : x < kLeft + 420.0;
    return Format(
        "<path class=\"cut\" d=\"M{:.0f} {:.0f}V{:.0f}\"/>\n"
        "<text x=\"{:.0f}\" y=\"{:.0f}\" text-anchor=\"{}\">{}</text>\n",
        x, kTop, kBottom, x + (right ? 16.0 : -16.0), y,
        right ? "start" : "end", name);
  }

  const ReportHistogram& histogram_;
  Scale scale_;
  std::vector<Bar> bars_;
  int decades_ = 1;
};

std::string UnitOr(const Scale& scale, const char* otherwise) {
  return scale.unit.empty() ? otherwise : Escaped(scale.unit);
}

}  // namespace

std::string HistogramChart(const ReportHistogram& histogram) {
  if (!CanBeDrawn(histogram)) return "<p>No pixel was counted.</p>\n";
  const Plot plot(histogram);
  std::uint64_t pixels = 0;
  for (const std::uint64_t count : histogram.counts) pixels += count;
  const Scale cuts = ScaleFor(
      histogram.unit,
      std::max(std::abs(histogram.cut_low), std::abs(histogram.cut_high)));
  const std::string stretch =
      histogram.stretch.empty()
          ? ""
          : Format(", {} stretch", Escaped(histogram.stretch));
  const std::string caption = Format(
      "{} pixels by value in {}; heights are logarithmic. Previews show {} to "
      "{}{}; what lies outside is paler.",
      Grouped(static_cast<std::int64_t>(pixels)),
      UnitOr(plot.scale(), "units of the pixels"),
      Escaped(cuts.Text(histogram.cut_low)),
      Escaped(cuts.Text(histogram.cut_high)), stretch);
  return Format(
      "<figure class=\"chart\">\n<svg role=\"img\" aria-label=\"Histogram of "
      "pixel values; the caption "
      "says what it shows\" viewBox=\"0 0 {:.0f} {:.0f}\">\n{}</svg>\n"
      "<figcaption>{}</figcaption>\n</figure>\n",
      kWidth, kHeight, plot.Content(), caption);
}

std::string StageTable(std::span<const std::pair<std::string, double>> stages) {
  double sum = 0.0;
  double most = 0.0;
  for (const auto& [name, seconds] : stages) {
    sum += seconds;
    most = std::max(most, seconds);
  }
  Table table("Processor time by stage",
              {{"Stage"},
               {"Time", Table::Kind::kNumber},
               {"Share", Table::Kind::kNumber}},
              40'000);
  for (const auto& [name, seconds] : stages)
    table.Add({Format("{}<span class=\"bar\" style=\"width:{:.1f}%\"></span>",
                      Escaped(name), most > 0.0 ? 100.0 * seconds / most : 0.0),
               DurationText(seconds),
               PercentText(sum > 0.0 ? seconds / sum : 0.0)});
  table.Add({"Sum", DurationText(sum), ""});
  return "<p>Processor time of each stage, all threads together.</p>\n" +
         table.Html("scroll bars");
}

}  // namespace hips
