// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/build_plan.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "base/error.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"
#include "base/threads.h"
#include "fits/plane.h"
#include "healpix/cell_geometry.h"
#include "hipsgen/open_input.h"
#include "plan/leaf_order.h"
#include "plan/recipe.h"
#include "shard/split.h"

namespace hips {
namespace {

constexpr int kSampledRows = 64;  // of each input, at most
constexpr int kFewestRows = 12;
constexpr std::size_t kMostRows = 1U << 15U;       // of the survey
constexpr std::size_t kSampledValues = 1U << 20U;  // of the survey
constexpr std::size_t kMostDecoded = 16;  // compressed inputs are slow to open
constexpr int kCellDepth = 6;             // orders of tiles below a cell

// Sizes and rates measured on noise-like radio tiles of 512 x 512 pixels.
constexpr double kPngShare = 0.46;  // bytes a pixel
constexpr double kJpegShare = 0.13;
constexpr double kSampleNs = 7.0;  // a pixel and input
constexpr double kTileNs = 8.0;    // a pixel written, all formats

double PixelsOf(const BuildPlan& plan) {
  return static_cast<double>(plan.options.pixels.tile_width) *
         plan.options.pixels.tile_width;
}

// Of all files of a tile.
double BytesAPixel(const BuildPlan& plan) {
  double bytes = 0.0;
  for (const std::string& extension : plan.extensions())
    bytes += extension == "fits"  ? 4.02
             : extension == "png" ? kPngShare
                                  : kJpegShare;
  return bytes;
}

/// What a few rows of an input tell.
struct RowSample {
  std::optional<RowExtents> extents;
  std::vector<float> values;
};

RowSample SampleRows(const Input& input, int most_rows,
                     std::size_t most_values) {
  const Plane plane = Plane::Open(input.path, input.hdu, input.selection);
  RowSample sample;
  RowExtents extents;
  extents.row_step = std::max(1, plane.height() / (most_rows - 1));
  const int last_row = (plane.height() - 1) / extents.row_step;
  const std::size_t rows = static_cast<std::size_t>(last_row) + 1;
  const std::size_t a_row = std::max<std::size_t>(most_values / rows, 8);
  const std::size_t stride =
      std::max<std::size_t>(1, static_cast<std::size_t>(plane.width()) / a_row);
  std::vector<double> row(static_cast<std::size_t>(plane.width()));
  // Announced, rows are read alone, and all at the same time; touched, each
  // would bring its neighbours.
  for (int r = 0; r < plane.height(); r += extents.row_step)
    plane.WillNeedRows(r, r + 1);
  for (int r = 0; r < plane.height(); r += extents.row_step) {
    plane.ReadRow(r, row);
    std::pair<int, int> extent{plane.width(), -1};
    for (std::size_t column = 0; column < row.size(); ++column) {
      if (row[column] != row[column]) continue;
      extent.first = std::min(extent.first, static_cast<int>(column));
      extent.second = static_cast<int>(column);
    }
    extents.extents.push_back(extent);
    for (std::size_t column = stride / 2; column < row.size(); column += stride)
      sample.values.push_back(static_cast<float>(row[column]));
  }
  sample.extents = std::move(extents);
  return sample;
}

// Samples every input that is quick to open, and a few of the others.
std::vector<RowSample> SampleSurvey(const Survey& survey) {
  const std::size_t count = survey.inputs.size();
  std::size_t slow = 0;
  for (const Input& input : survey.inputs)
    if (Plane::NeedsDecoding(input.hdu, input.selection)) ++slow;
  const std::size_t slow_step =
      std::max<std::size_t>(1, (slow + kMostDecoded - 1) / kMostDecoded);
  std::vector<char> wanted(count, 1);
  std::size_t seen = 0;
  for (std::size_t i = 0; i < count; ++i)
    if (Plane::NeedsDecoding(survey.inputs[i].hdu, survey.inputs[i].selection))
      wanted[i] = seen++ % slow_step == 0 ? 1 : 0;
  const int rows = std::clamp(static_cast<int>(kMostRows / count), kFewestRows,
                              kSampledRows);
  std::vector<RowSample> samples(count);
  ParallelFor(count, [&](std::size_t i) {
    if (wanted[i] == 0) return;
    samples[i] = SampleRows(survey.inputs[i], rows,
                            std::max<std::size_t>(512, kSampledValues / count));
  });
  return samples;
}

double FinestPixel(const Survey& survey) {
  double finest = 0.0;
  for (const Input& input : survey.inputs) {
    const double scale = input.wcs.PixelScale();
    if (finest == 0.0 || scale < finest) finest = scale;
  }
  return finest;
}

int ChooseLeafOrder(const PixelOptions& options, const Survey& survey,
                    double finest_pixel) {
  if (options.order == "auto")
    return LeafOrder(finest_pixel, options.tile_width);
  if (options.order == "lossless-min") {
    double narrowest = 0.0;
    for (const Input& input : survey.inputs) {
      if (!input.beam)
        throw Error(ErrorKind::kUsage,
                    input.name +
                        ": states no beam, which --order lossless-min needs; "
                        "give the order as a number");
      if (narrowest == 0.0 || input.beam->minor < narrowest)
        narrowest = input.beam->minor;
    }
    return LosslessMinOrder(narrowest, finest_pixel, options.tile_width);
  }
  const auto order = ParseInteger(options.order);
  const int deepest = kMaxOrder - Log2Exact(options.tile_width);
  if (!order || *order < 0 || *order > deepest)
    throw Error(ErrorKind::kUsage,
                Format("order {} is not auto, lossless-min or 0..{}",
                       options.order, deepest));
  return static_cast<int>(*order);
}

bool IsClose(double a, double b) {
  return std::abs(a - b) <= 0.01 * std::max(std::abs(a), std::abs(b));
}

// Cards that hold for every tile, because they hold for every input.
Header CommonCards(const Survey& survey) {
  Header cards;
  const Input& first = survey.inputs.front();
  const auto all = [&](auto&& holds) {
    return std::all_of(survey.inputs.begin(), survey.inputs.end(), holds);
  };
  if (!first.unit.empty() && all([&](const Input& input) {
        return IsSameUnit(input.unit, first.unit);
      }))
    cards.Set("BUNIT", first.unit);
  if (first.beam && all([&](const Input& input) {
        return input.beam && IsClose(input.beam->major, first.beam->major) &&
               IsClose(input.beam->minor, first.beam->minor);
      })) {
    cards.Set("BMAJ", first.beam->major / kDegree, "[deg] beam");
    cards.Set("BMIN", first.beam->minor / kDegree, "[deg] beam");
    if (all([&](const Input& input) {
          return IsClose(input.beam->position_angle,
                         first.beam->position_angle);
        }))
      cards.Set("BPA", first.beam->position_angle / kDegree, "[deg] beam");
  }
  if (first.frequency_hz && all([&](const Input& input) {
        return input.frequency_hz &&
               IsClose(*input.frequency_hz, *first.frequency_hz);
      }))
    cards.Set("RESTFRQ", *first.frequency_hz, "[Hz] observed frequency");
  return cards;
}

void DescribeKernels(BuildPlan& plan) {
  std::set<std::string> names;
  for (const Input& input : plan.survey.inputs) {
    const Kernel kernel = KernelFor(input, plan.options.pixels);
    names.insert(kernel.Name());
    if (!input.beam) continue;
    const double beam_pixels = input.beam->minor / input.wcs.PixelScale();
    plan.kernel_peak_error = std::max(plan.kernel_peak_error,
                                      kernel.PredictedPeakError(beam_pixels));
  }
  for (const std::string& name : names)
    plan.kernel_text += (plan.kernel_text.empty() ? "" : " ") + name;
}

// A cut beyond the values that there are would waste grey levels.
void KeepWithin(const std::vector<float>& values, SampleCut& cut) {
  constexpr float kAbsurd = 1e30F;
  double lowest = cut.high;
  double highest = cut.low;
  for (const float value : values) {
    if (!(std::abs(value) < kAbsurd)) continue;
    lowest = std::min(lowest, static_cast<double>(value));
    highest = std::max(highest, static_cast<double>(value));
  }
  const double low = std::max(cut.low, lowest);
  const double high = std::min(cut.high, highest);
  if (low < high) {
    cut.low = low;
    cut.high = high;
  }
}

// Around the cut, with what lies as far beyond it on either side.
Histogram HistogramOf(const std::vector<float>& values, double low,
                      double high) {
  constexpr std::size_t kParts = 160;
  Histogram histogram{low - 0.5 * (high - low), high + 0.5 * (high - low),
                      std::vector<std::uint64_t>(kParts)};
  const double scale = kParts / (histogram.high - histogram.low);
  for (const float value : values) {
    const double part = (static_cast<double>(value) - histogram.low) * scale;
    if (part >= 0.0 && part < kParts)
      ++histogram.counts[static_cast<std::size_t>(part)];
  }
  return histogram;
}

void ChooseCut(BuildPlan& plan, const std::vector<RowSample>& samples,
               const PlanHints& hints) {
  const PreviewOptions& preview = plan.options.preview;
  std::vector<float> values;
  for (const RowSample& sample : samples)
    values.insert(values.end(), sample.values.begin(), sample.values.end());
  if (hints.cut) {
    plan.cut.low = hints.cut->first;
    plan.cut.high = hints.cut->second;
  } else if (preview.cut == "explicit") {
    plan.cut.low = preview.low;
    plan.cut.high = preview.high;
  } else if (preview.cut == "percentile") {
    plan.cut = PercentileCut(values, preview.low, preview.high);
  } else {
    plan.cut = NoiseCut(values, preview.sigma_low, preview.sigma_high);
    KeepWithin(values, plan.cut);
  }
  if (!plan.cut.warning.empty()) LogWarning(plan.cut.warning);
  plan.style.low = plan.cut.low;
  plan.style.high = plan.cut.high;
  plan.histogram = HistogramOf(values, plan.cut.low, plan.cut.high);
  plan.style.stretch = ParseStretch(preview.stretch);
  plan.style.color_map = ParseColorMap(preview.colormap);
  plan.style.invert = preview.invert;
  plan.style.jpeg_quality = preview.jpeg_quality;
  plan.style.png_effort = ParsePngEffort(preview.png_effort);
}

// All cells of plan.cell_order, with what they cost.
void MakeCells(BuildPlan& plan) {
  plan.cells = ReachedCells(plan.coverage, plan.cell_order);
  plan.estimate = {};
  ParallelFor(plan.cells.size(), [&](std::size_t i) {
    PlannedCell& cell = plan.cells[i];
    cell.estimate =
        plan.coverage.EstimateBelow(cell.address, cell.inputs, plan.leaf_order);
  });
  for (const PlannedCell& cell : plan.cells) plan.estimate += cell.estimate;
}

// Finer cells until none is more than a third of a shard: then no shard costs
// more than four thirds of the mean. Finer still, the merge would have more to
// put together than that saves.
void RefineCells(BuildPlan& plan, int wanted) {
  constexpr double kLargestShare = 1.0 / 3.0;
  while (plan.cell_order < plan.leaf_order) {
    const std::vector<double> seconds =
        CellSeconds(plan, ShardThreads(plan.options));
    const double all = std::accumulate(seconds.begin(), seconds.end(), 0.0);
    const double shards = wanted > 0 ? wanted : ShardsFor(all);
    const double largest = *std::max_element(seconds.begin(), seconds.end());
    const double excess = largest * shards / (kLargestShare * all);
    if (shards <= 1.0 || excess <= 1.0) return;
    // A quarter of the cost each time; the sky is not that even, so the last
    // step is a matter of looking.
    const int steps = std::max(1, static_cast<int>(std::log2(excess) / 2.0));
    plan.cell_order = std::min(plan.leaf_order, plan.cell_order + steps);
    MakeCells(plan);
  }
}

std::string RecipeOptions(const BuildPlan& plan) {
  const BuildOptions& options = plan.options;
  std::string text = Format(
      "kernel {} overlay {} hierarchy {} width {} leaf {} sampling {}\n",
      options.pixels.kernel, options.pixels.overlay, options.pixels.hierarchy,
      options.pixels.tile_width, plan.leaf_order, plan.sampling_order);
  text += Format("weights {} {} taper {} beam {} {}\n", options.weights.kind,
                 options.weights.meaning, NumberText(options.weights.taper_deg),
                 NumberText(options.weights.primary_beam_fwhm_deg),
                 NumberText(options.weights.primary_beam_cutoff));
  text += Format("bitpix {} {} {} moc {}\n", plan.encoding.bitpix,
                 NumberText(plan.encoding.bscale),
                 NumberText(plan.encoding.bzero), plan.moc_order);
  for (const std::string& card : plan.encoding.common.cards())
    text += card + "\n";
  return text;
}

std::string PlanId(const BuildPlan& plan) {
  return PlanIdOf(plan.recipe_options, plan.cell_order, plan.preview(),
                  plan.extensions(), !plan.options.output.weight_hips.empty(),
                  IdentitiesOf(plan.survey));
}

}  // namespace

PreviewStyle StyleOf(const PreviewWords& words) {
  PreviewStyle style;
  style.low = words.low;
  style.high = words.high;
  style.stretch = ParseStretch(words.stretch);
  style.color_map = ParseColorMap(words.colormap);
  style.invert = words.invert;
  style.jpeg_quality = words.jpeg_quality;
  style.png_effort = ParsePngEffort(words.png_effort);
  return style;
}

std::string PlanIdOf(std::string_view recipe_options, int cell_order,
                     const PreviewWords& preview,
                     std::span<const std::string> extensions, bool weights,
                     std::span<const std::string> identities) {
  Hasher hasher;
  hasher.Add(std::int64_t{kPixelRulesVersion});
  hasher.Add(recipe_options);
  hasher.Add(std::int64_t{cell_order});
  hasher.Add(preview.low);
  hasher.Add(preview.high);
  hasher.Add(preview.stretch);
  hasher.Add(preview.colormap);
  hasher.Add(std::int64_t{preview.invert ? 1 : 0});
  hasher.Add(std::int64_t{preview.jpeg_quality});
  hasher.Add(preview.png_effort);
  for (const std::string& extension : extensions) hasher.Add(extension);
  hasher.Add(weights ? "weights" : "");
  for (const std::string& identity : identities) hasher.Add(identity);
  return hasher.Result().Text();
}

PreviewWords BuildPlan::preview() const {
  const PreviewOptions& words = options.preview;
  return {style.low,    style.high,         words.stretch,   words.colormap,
          words.invert, words.jpeg_quality, words.png_effort};
}

std::vector<std::string> BuildPlan::extensions() const {
  std::vector<std::string> names;
  for (const std::string& format : options.output.formats)
    names.push_back(format == "jpeg" ? "jpg" : format);
  return names;
}

std::string IdentityText(const Input& input) {
  const auto one = [](const InputIdentity& identity) {
    // Content makes the time of the file irrelevant.
    return identity.data_hash.empty()
               ? Format("{} {} {}", identity.size, identity.mtime_ns,
                        identity.header_hash)
               : Format("{} {}", identity.size, identity.data_hash);
  };
  std::string text = Format("{}[{}]", input.name, input.hdu.index);
  for (const std::int64_t index : input.selection.index)
    text += Format(" {}", index);
  text += " " + one(input.identity);
  if (input.weight_path)
    text += " " + input.weight_meaning + " " + one(input.weight_identity);
  return text;
}

std::vector<std::string> IdentitiesOf(const Survey& survey) {
  std::vector<std::string> identities;
  for (const Input& input : survey.inputs)
    identities.push_back(IdentityText(input));
  return identities;
}

BuildPlan MakePlan(const BuildOptions& options, const PlanHints& hints) {
  CheckOptions(options);
  BuildPlan plan;
  plan.options = options;
  plan.survey = ScanInputs(options, hints.survey_root);
  const std::vector<RowSample> samples = SampleSurvey(plan.survey);
  for (std::size_t i = 0; i < plan.survey.inputs.size(); ++i) {
    const Input& input = plan.survey.inputs[i];
    plan.coverage.Add(input.wcs, input.footprint, samples[i].extents);
  }
  const int width = options.pixels.tile_width;
  plan.finest_pixel = FinestPixel(plan.survey);
  plan.leaf_order =
      ChooseLeafOrder(options.pixels, plan.survey, plan.finest_pixel);
  plan.sampling_order =
      std::max(plan.leaf_order, SamplingOrder(plan.finest_pixel, width));
  const int usual_order =
      std::max(plan.sampling_order - kCellDepth, hints.cell_order);
  plan.cell_order = std::clamp(
      options.output.cell_order >= 0 ? options.output.cell_order : usual_order,
      0, plan.leaf_order);
  const int finest_moc =
      std::min(kMaxOrder, plan.leaf_order + Log2Exact(width));
  // The tiles' own order unless told: clients ask the MOC which tiles exist.
  plan.moc_order = options.output.moc_order >= 0
                       ? std::min(options.output.moc_order, finest_moc)
                       : plan.leaf_order;
  plan.encoding = {options.output.bitpix, options.output.bscale,
                   options.output.bzero, CommonCards(plan.survey)};
  DescribeKernels(plan);
  ChooseCut(plan, samples, hints);
  MakeCells(plan);
  if (hints.shards != 1 && hints.cell_order < 0 &&
      options.output.cell_order < 0)
    RefineCells(plan, hints.shards);
  plan.recipe_options = RecipeOptions(plan);
  plan.id = PlanId(plan);
  return plan;
}

std::string JobOf(const BuildPlan& plan) {
  return plan.is_update() ? plan.update_job : "build " + plan.id;
}

// Order by order, all in parallel.
std::vector<PlannedCell> ReachedCells(const Coverage& coverage, int order) {
  const std::vector<int> all = coverage.All();
  std::vector<PlannedCell> cells;
  cells.reserve(12);
  for (int face = 0; face < 12; ++face) cells.push_back({{0, face}, all, {}});
  while (true) {
    ParallelFor(cells.size(), [&](std::size_t i) {
      cells[i].inputs = coverage.Reaching(cells[i].address, cells[i].inputs);
    });
    std::erase_if(cells, [](const auto& cell) { return cell.inputs.empty(); });
    if (cells.empty() || cells.front().address.order == order) return cells;
    std::vector<PlannedCell> children;
    for (const PlannedCell& cell : cells)
      for (int k = 0; k < 4; ++k)
        children.push_back({Child(cell.address, k), cell.inputs, {}});
    cells = std::move(children);
  }
}

std::uint64_t MemoryBound(const BuildOptions& options, int threads) {
  constexpr std::uint64_t kBase = std::uint64_t{256} << 20;
  constexpr std::uint64_t kThread = std::uint64_t{32} << 20;
  if (Lower(Trim(options.run.memory)) == "auto")
    return std::max(kBase + kThread * static_cast<std::uint64_t>(threads),
                    WorkingMemory(options, threads));
  const auto bytes = ParseBytes(options.run.memory);
  if (!bytes)
    throw Error(ErrorKind::kUsage,
                Format("run.memory: '{}' is no size; write 512M, 4G or auto",
                       options.run.memory));
  return *bytes;
}

std::uint64_t WorkingMemory(const BuildOptions& options, int threads) {
  constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;
  // Code, libraries, the survey's headers, files on their way.
  constexpr std::uint64_t kBase = 80 * kMebibyte;
  constexpr std::uint64_t kThread = 12 * kMebibyte;
  // Tiles of finished children that wait for their siblings.
  constexpr std::uint64_t kWaiting = 24;
  constexpr std::uint64_t kTilesAThread = 8;
  const auto width = static_cast<std::uint64_t>(options.pixels.tile_width);
  const std::uint64_t tile =
      4 * width * width * (options.output.weight_hips.empty() ? 1 : 2);
  const auto count = static_cast<std::uint64_t>(threads);
  return kBase + kWaiting * tile + count * (kThread + kTilesAThread * tile);
}

int ShardThreads(const BuildOptions& options) {
  constexpr int kThreads = 4;
  return options.run.threads > 0 ? options.run.threads : kThreads;
}

std::vector<double> CellSeconds(const BuildPlan& plan, int threads) {
  // What a node gets of a file system that it shares with others.
  constexpr double kBytesPerSecond = 100e6;
  constexpr double kDecodeNs = 15.0;  // a pixel of a compressed input
  constexpr double kSampleBytes = 4.0;
  const double pixels = PixelsOf(plan);
  const double finer = std::pow(4.0, plan.sampling_order - plan.leaf_order);
  const double tile_bytes = pixels * BytesAPixel(plan);
  // A compressed input is decoded once for all cells that it reaches.
  std::vector<int> uses(plan.survey.inputs.size());
  for (const PlannedCell& cell : plan.cells)
    for (const int input : cell.inputs) ++uses[static_cast<std::size_t>(input)];
  std::vector<double> seconds;
  for (const PlannedCell& cell : plan.cells) {
    double decoded = 0.0;
    for (const int number : cell.inputs) {
      const auto i = static_cast<std::size_t>(number);
      const Input& input = plan.survey.inputs[i];
      if (Plane::NeedsDecoding(input.hdu, input.selection))
        decoded += static_cast<double>(input.width) * input.height / uses[i];
    }
    const auto samples = static_cast<double>(cell.estimate.samples) * finer;
    const auto tiles = static_cast<double>(cell.estimate.tiles);
    const double compute = 1e-9 *
                           (pixels * (samples * kSampleNs + tiles * kTileNs) +
                            decoded * kDecodeNs) /
                           threads;
    const double transfer =
        (samples * pixels * kSampleBytes + tiles * tile_bytes) /
        kBytesPerSecond;
    seconds.push_back(std::max(compute, transfer));
  }
  return seconds;
}

PlanCosts CostsOf(const BuildPlan& plan, int threads) {
  const double pixels = PixelsOf(plan);
  const double bytes_a_pixel = BytesAPixel(plan);
  const double tiles = static_cast<double>(plan.estimate.tiles);
  const double finer = std::pow(4.0, plan.sampling_order - plan.leaf_order);
  PlanCosts costs;
  costs.bytes = static_cast<std::uint64_t>(tiles * pixels * bytes_a_pixel);
  // Inputs that are decoded stay in memory while cells use them; neighbours
  // share them, so a few cells' worth are open at a time.
  std::uint64_t most_decoded = 0;
  for (const PlannedCell& cell : plan.cells) {
    std::uint64_t decoded = 0;
    for (const int number : cell.inputs) {
      const Input& input = plan.survey.inputs[static_cast<std::size_t>(number)];
      if (Plane::NeedsDecoding(input.hdu, input.selection))
        decoded += 4ULL * static_cast<std::uint64_t>(input.width) *
                   static_cast<std::uint64_t>(input.height);
    }
    most_decoded = std::max(most_decoded, decoded);
  }
  // Beyond the bound they go to the scratch folder.
  costs.memory_bytes =
      std::min(WorkingMemory(plan.options, threads) + most_decoded * 2,
               MemoryBound(plan.options, threads));
  costs.seconds =
      pixels *
      (static_cast<double>(plan.estimate.samples) * finer * kSampleNs +
       tiles * kTileNs) *
      1e-9 / threads;
  return costs;
}

}  // namespace hips
