// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/publish_files.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/file.h"
#include "base/format.h"
#include "base/log.h"
#include "base/text.h"
#include "healpix/cell_geometry.h"
#include "hipsgen/report_file.h"
#include "hipsgen/staged_files.h"
#include "hipsgen/tile_maker.h"
#include "ledger/commit.h"
#include "plan/recipe.h"
#include "publish/metadata_fits.h"
#include "publish/progenitors.h"
#include "publish/properties_file.h"
#include "publish/provenance.h"

namespace hips {
namespace {

constexpr double kLightSpeed = 299792458.0;  // m/s
const std::string kBuilder = "hipsgen " HIPS_VERSION;

/// The facts, and which inputs lie under which cell of the progenitor index.
struct Sums {
  ReleaseFacts facts;
  int index_order = kLowestProgenitorOrder;
  std::map<std::int64_t, std::set<std::size_t>> index;
};

void AddRecord(const BuildPlan& plan, const TileRecord& record, Sums& sums,
               std::vector<TileAddress>& moc_cells) {
  if (record.valid == 0) return;
  ReleaseFacts& facts = sums.facts;
  ++facts.tiles;
  for (const auto& [extension, file] : record.files) {
    ++facts.files;
    facts.bytes += file.bytes;
  }
  if (record.tile.order != plan.leaf_order) return;
  ++facts.leaves;
  if (!facts.range) facts.range = {record.min, record.max};
  facts.range->first = std::min(facts.range->first, record.min);
  facts.range->second = std::max(facts.range->second, record.max);
  const auto cells = CoverageCells(record.tile, record.coverage,
                                   plan.moc_order - plan.leaf_order);
  moc_cells.insert(moc_cells.end(), cells.begin(), cells.end());
  const int depth = record.tile.order - sums.index_order;
  const std::int64_t first = depth >= 0 ? record.tile.npix >> (2 * depth)
                                        : record.tile.npix << (-2 * depth);
  const std::int64_t count = depth >= 0 ? 1 : std::int64_t{1} << (-2 * depth);
  for (std::int64_t cell = first; cell < first + count; ++cell)
    sums.index[cell].insert(record.inputs.begin(), record.inputs.end());
}

// One manifest in memory at a time, and its coverage merged before the next:
// a survey's worth of cells would not fit.
Sums AddUp(const BuildPlan& plan, const Product& product, int index_order) {
  Sums sums;
  sums.index_order = index_order;
  sums.facts.moc = Moc(plan.moc_order);
  const auto add = [&](TileAddress cell) {
    const auto manifest = ReadManifest(NextLedger(product.root()), cell);
    if (!manifest) return;
    std::vector<TileAddress> moc_cells;
    for (const TileRecord& record : manifest->tiles)
      AddRecord(plan, record, sums, moc_cells);
    if (!moc_cells.empty())
      sums.facts.moc =
          sums.facts.moc.Union(Moc::FromCells(plan.moc_order, moc_cells));
  };
  for (const PlannedCell& cell : plan.cells) add(cell.address);
  add({-1, 0});
  return sums;
}

InputRecord RecordOf(const Input& input) {
  InputRecord record;
  record.name = input.name;
  record.hdu = input.hdu.index;
  record.width = input.width;
  record.height = input.height;
  record.bitpix = input.hdu.bitpix;
  const auto middle =
      input.wcs.ToSky(0.5 * (input.width - 1), 0.5 * (input.height - 1));
  record.centre = ToLonLatDeg(middle.value_or(input.footprint.centre));
  for (const Direction& point : input.footprint.border)
    record.border.push_back(ToLonLatDeg(point));
  record.pixel_scale_arcsec = input.wcs.PixelScale() / kArcsec;
  record.frequency_hz = input.frequency_hz;
  record.bandwidth_hz = input.bandwidth_hz;
  if (input.beam) {
    record.beam_major_arcsec = input.beam->major / kArcsec;
    record.beam_minor_arcsec = input.beam->minor / kArcsec;
    record.beam_angle_deg = input.beam->position_angle / kDegree;
  }
  record.mjd = input.mjd;
  record.object = input.object;
  record.unit = input.unit;
  record.header = input.hdu.header;
  record.file_size = input.identity.size;
  record.header_hash = input.identity.header_hash;
  record.data_hash = input.identity.data_hash;
  return record;
}

// Wavelengths and dates that the inputs' headers give.
void DescribeRange(const Survey& survey, HipsDescription& description) {
  for (const Input& input : survey.inputs) {
    if (input.mjd) {
      const double first = description.t_min_mjd.value_or(*input.mjd);
      const double last = description.t_max_mjd.value_or(*input.mjd);
      description.t_min_mjd = std::min(first, *input.mjd);
      description.t_max_mjd = std::max(last, *input.mjd);
    }
    if (!input.frequency_hz) continue;
    const double half = 0.5 * input.bandwidth_hz.value_or(0.0);
    if (half >= *input.frequency_hz) continue;
    const double shortest = kLightSpeed / (*input.frequency_hz + half);
    const double longest = kLightSpeed / (*input.frequency_hz - half);
    description.em_min_m =
        std::min(description.em_min_m.value_or(shortest), shortest);
    description.em_max_m =
        std::max(description.em_max_m.value_or(longest), longest);
  }
}

std::string ProcessingText(const BuildPlan& plan) {
  std::string text = "interpolation " + plan.kernel_text;
  if (plan.kernel_peak_error > 0.0)
    text += Format(" (point source peaks within {:.2g} %)",
                   100.0 * plan.kernel_peak_error);
  text += "; overlaps: " + plan.options.pixels.overlay;
  if (plan.options.weights.kind != "uniform")
    text += ", weights " + plan.options.weights.kind;
  if (plan.sampling_order > plan.leaf_order)
    text +=
        Format("; sampled at order {} and averaged down", plan.sampling_order);
  return text;
}

std::string SamplingWord(const BuildPlan& plan) {
  const std::string& kernel = plan.options.pixels.kernel;
  return kernel == "beam" ? "beam-matched" : kernel;
}

HipsDescription Describe(const BuildPlan& plan, const Product& product,
                         const ReleaseFacts& facts, const SkyView& view,
                         bool weights) {
  const BuildOptions& options = plan.options;
  HipsDescription d;
  d.id = IdPath(options.id) + (weights ? "/weight" : "");
  d.title = options.title.empty()
                ? d.id.substr(d.id.rfind('/') + 1)
                : options.title + (weights ? " (weights)" : "");
  d.order = plan.leaf_order;
  d.tile_width = options.pixels.tile_width;
  d.formats.clear();
  for (const std::string& extension : product.extensions())
    d.formats.push_back(extension == "jpg" ? "jpeg" : extension);
  // Clients show the first format that they know: pictures before numbers.
  std::stable_partition(d.formats.begin(), d.formats.end(),
                        [](const std::string& f) { return f != "fits"; });
  d.pixel_bitpix = product.encoding().bitpix;
  d.data_bitpix = plan.survey.inputs.front().hdu.bitpix;
  // A constant survey has no range that the standard would take.
  if (facts.range && facts.range->first < facts.range->second)
    d.range = facts.range;
  if (weights) {
    if (facts.range && facts.range->first < facts.range->second)
      d.cut = facts.range;
  } else {
    d.cut = {plan.style.low, plan.style.high};
    // Interpolation lowers peaks: what is said stays within what is there.
    if (facts.range) {
      const double low = std::max(d.cut->first, facts.range->first);
      const double high = std::min(d.cut->second, facts.range->second);
      if (low < high) d.cut = {low, high};
    }
    d.stretch = options.preview.stretch;
    d.unit = plan.encoding.common.Text("BUNIT").value_or("");
  }
  d.input_pixel_scale_deg = plan.finest_pixel / kDegree;
  const LonLatDeg centre = ToLonLatDeg(view.centre);
  d.initial_ra_deg = centre.lon_deg;
  d.initial_dec_deg = centre.lat_deg;
  d.initial_fov_deg = view.fov_deg;
  d.sky_fraction = facts.moc.SkyFraction();
  d.tile_count = facts.files;
  d.sampling = SamplingWord(plan);
  d.overlay = options.pixels.overlay;
  d.hierarchy = options.pixels.hierarchy;
  d.processing = ProcessingText(plan);
  d.builder = kBuilder;
  DescribeRange(plan.survey, d);
  d.release_date = ReleaseDate();
  d.metadata = options.metadata;
  if (weights) d.metadata.emplace_back("hips_bunit", "");
  return d;
}

std::string ProvenanceText(const BuildPlan& plan, const HipsDescription& d,
                           std::span<const InputRecord> records) {
  Provenance p;
  p.creator_did = "ivo://" + d.id;
  p.title = d.title;
  p.release_date = d.release_date;
  p.builder = kBuilder;
  p.pixel_rules = Format("{}", kPixelRulesVersion);
  p.decisions = {
      {"order", Format("{}", plan.leaf_order)},
      {"sampling_order", Format("{}", plan.sampling_order)},
      {"kernel", plan.kernel_text},
      {"cut", NumberText(plan.style.low) + " " + NumberText(plan.style.high)}};
  const BuildOptions& o = plan.options;
  p.options = {{"pixels.kernel", o.pixels.kernel},
               {"pixels.overlay", o.pixels.overlay},
               {"pixels.hierarchy", o.pixels.hierarchy},
               {"pixels.tile_width", Format("{}", o.pixels.tile_width)},
               {"weights.kind", o.weights.kind},
               {"weights.pattern", o.weights.pattern},
               {"preview.stretch", o.preview.stretch},
               {"preview.colormap", o.preview.colormap}};
  for (const SkippedInput& skipped : plan.survey.skipped)
    p.skipped.emplace_back(skipped.name, skipped.reason);
  p.warnings = plan.survey.warnings;
  return ProvenanceJson(p, records);
}

void PutProgenitors(const Sums& sums, const HipsDescription& description,
                    std::span<const InputRecord> records, StagedFiles& stage) {
  ProgenitorOptions options;
  options.creator_did = "ivo://" + description.id;
  options.title = description.title;
  options.order = sums.index_order;
  options.tile_width = description.tile_width;
  options.release_date = description.release_date;
  options.builder = description.builder;
  std::vector<TileInputs> tiles;
  for (const auto& [npix, inputs] : sums.index)
    tiles.push_back({{sums.index_order, npix}, {inputs.begin(), inputs.end()}});
  MakeProgenitorIndex(records, tiles, options,
                      [&](const std::string& path, const std::string& text) {
                        stage.Put(path, text);
                      });
}

double LongestSideDeg(const Survey& survey) {
  double longest = 0.0;
  for (const Input& input : survey.inputs)
    longest = std::max(longest, std::max(input.width, input.height) *
                                    input.wcs.PixelScale() / kDegree);
  return longest;
}

PreviewStyle StyleOf(const BuildPlan& plan, const ReleaseFacts& facts,
                     bool weights) {
  if (!weights) return plan.style;
  PreviewStyle style;
  if (facts.range && facts.range->first < facts.range->second) {
    style.low = facts.range->first;
    style.high = facts.range->second;
  }
  return style;
}

}  // namespace

ReleaseFacts StageSurveyFiles(const BuildPlan& plan, Product& product,
                              bool weights, const RunFacts& run) {
  StagedFiles stage(product.root(), run.published);
  const Sums sums =
      AddUp(plan, product,
            ProgenitorOrder(plan.leaf_order, LongestSideDeg(plan.survey)));
  const ReleaseFacts& facts = sums.facts;
  const SkyView view = ViewOf(facts.moc);
  const PreviewStyle style = StyleOf(plan, facts, weights);
  HipsDescription description = Describe(plan, product, facts, view, weights);
  std::vector<InputRecord> records;
  for (const Input& input : plan.survey.inputs)
    records.push_back(RecordOf(input));

  stage.Put("Moc.fits", facts.moc.Fits());
  PutAllsky(product, style, stage);
  PutPreview(product, plan.leaf_order, view, style, stage);
  stage.Put("metadata.fits",
            EncodeMetadata(records, "ivo://" + description.id));
  stage.Put("provenance.json", ProvenanceText(plan, description, records));
  if (plan.options.output.progenitors && !weights)
    PutProgenitors(sums, description, records, stage);
  description.size_kb = (facts.bytes + stage.bytes() + 1023) / 1024;
  // Not counted: its size depends on how long things took.
  PutReport(plan, product, facts, description, run, stage);
  const Properties properties = PropertiesOf(description);
  PutPage(properties, stage);
  stage.Put("properties", properties.Text());
  ReleaseFacts result = facts;
  result.survey_files = stage.files();
  return result;
}

}  // namespace hips
