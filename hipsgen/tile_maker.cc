// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/tile_maker.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/interrupt.h"
#include "base/threads.h"
#include "hipsgen/output.h"
#include "hipsgen/profile.h"
#include "ledger/commit.h"
#include "plan/recipe.h"

namespace hips {
namespace {

// Subtrees of so many orders are one thread's work: enough to be worth the
// taking, few enough to share evenly.
constexpr int kUnitDepth = 2;

constexpr float kBlankPixel = std::numeric_limits<float>::quiet_NaN();

std::vector<int> UsesOf(const BuildPlan& plan, const LeafSet* only) {
  std::vector<int> uses(plan.survey.inputs.size());
  for (const PlannedCell& cell : plan.cells)
    if (only == nullptr || only->Touches(cell.address))
      for (const int input : cell.inputs)
        ++uses[static_cast<std::size_t>(input)];
  return uses;
}

bool NeedsInputs(const WalkNode& node) { return !node.finished && !node.blank; }

Stage coordinates_stage("coordinates");
Stage sampling_stage("sampling");
Stage coadd_stage("coadd");
Stage parents_stage("parents");

void SortRecords(std::vector<TileRecord>& records) {
  std::sort(
      records.begin(), records.end(),
      [](const TileRecord& a, const TileRecord& b) { return a.tile < b.tile; });
}

}  // namespace

TileMaker::Scratch::Scratch(int region, Overlay overlay)
    : accumulator(region, overlay),
      values(static_cast<std::size_t>(region) *
             static_cast<std::size_t>(region)),
      x(static_cast<std::size_t>(region)),
      y(x.size()),
      weights(x.size()) {}

TileMaker::TileMaker(const BuildPlan& plan, Product& values, Product* weights,
                     std::set<TileAddress> finished, Progress& progress,
                     const LeafSet* only)
    : plan_(plan),
      width_(plan.options.pixels.tile_width),
      region_(std::min(width_, CoordinateMap::kLargestBlock)),
      hierarchy_(ParseHierarchy(plan.options.pixels.hierarchy)),
      overlay_(ParseOverlay(plan.options.pixels.overlay)),
      values_(values),
      weights_(weights),
      finished_(std::move(finished)),
      progress_(progress),
      only_(only),
      inputs_(plan.survey.inputs, plan.options, UsesOf(plan, only)),
      identities_(IdentitiesOf(plan.survey)),
      scratch_(
          [this] { return std::make_unique<Scratch>(region_, overlay_); }) {}

void TileMaker::MakeAll() {
  const int unit_order =
      std::max(plan_.cell_order, plan_.sampling_order - kUnitDepth);
  if (inputs_.is_crowded()) {
    TileWalk rehearsal(plan_, unit_order, finished_, top_, only_);
    while (const auto node = rehearsal.Next())
      if (NeedsInputs(*node)) inputs_.Expect(node->tile, node->inputs);
  }
  TileWalk walk(plan_, unit_order, finished_, top_, only_);
  const auto threads = static_cast<std::size_t>(ArenaThreads());
  ParallelFor(threads, [&](std::size_t) { Work(walk, threads); });
  top_->batch.Wait();
  SortRecords(top_->values);
  SortRecords(top_->weights);
}

void TileMaker::Work(TileWalk& walk, std::size_t threads) {
  try {
    while (!failed_) {
      const auto node = walk.Next();
      if (!node) return;
      // What the next round of subtrees needs is read while this one is made.
      const auto ahead = walk.Ahead(threads - 1);
      if (ahead && NeedsInputs(*ahead))
        inputs_.Announce(ahead->tile, ahead->inputs);
      const double start = ThreadSeconds();
      auto made = MakeUnit(*node);
      {
        const std::lock_guard lock(node->book->mutex);
        node->book->seconds += ThreadSeconds() - start;
      }
      if (NeedsInputs(*node)) inputs_.Leave(node->tile, node->inputs);
      Finish(node, std::move(made));
    }
  } catch (...) {
    failed_ = true;
    throw;
  }
}

std::pair<std::vector<TileRecord>, std::vector<TileRecord>>
TileMaker::TopRecords() {
  return {top_->values, top_->weights};
}

// Hands a tile to its parent, and makes the parent when it was the last one.
void TileMaker::Finish(std::shared_ptr<WalkNode> node,
                       std::optional<MadeTile> made) {
  while (true) {
    if (node->tile.order == plan_.cell_order) CloseCell(*node);
    const std::shared_ptr<WalkNode> parent = node->parent;
    if (!parent) return;
    {
      const std::lock_guard lock(parent->mutex);
      parent->children[static_cast<std::size_t>(node->tile.npix % 4)] =
          std::exchange(made, std::nullopt);
      if (--parent->waiting > 0) return;
    }
    if (only_ == nullptr || parent->tile.order >= plan_.leaf_order)
      made = Reduce(parent->children);
    parent->children = {};
    if (IsWanted(parent->tile)) {
      if (made) RoundAsStored(plan_.encoding, made->values);
      Emit(parent->tile, made, parent->inputs, *parent->book);
    }
    node = parent;
  }
}

void TileMaker::CloseCell(const WalkNode& cell) {
  if (!cell.finished) {
    Book& book = *cell.book;
    book.batch.Wait();
    {
      const std::lock_guard lock(cell_times_mutex_);
      cell_times_.push_back({cell.tile,
                             static_cast<std::int64_t>(book.values.size()),
                             book.seconds});
    }
    SortRecords(book.values);
    SortRecords(book.weights);
    // Last, when all files of the cell are there: a cell without a manifest
    // is to be done again.
    if (weights_ != nullptr)
      WriteManifest(LedgerOf(*weights_),
                    {plan_.work_id(), cell.tile, std::move(book.weights)});
    WriteManifest(LedgerOf(values_),
                  {plan_.work_id(), cell.tile, std::move(book.values)});
  }
  inputs_.Release(cell.inputs);
}

std::filesystem::path TileMaker::LedgerOf(const Product& product) const {
  return only_ == nullptr ? NextLedger(product.root())
                          : MadeLedger(product.root());
}

// Is the tile itself to be made? Finer ones than leaves live in memory only.
bool TileMaker::IsWanted(TileAddress tile) const {
  return only_ == nullptr ? tile.order <= plan_.leaf_order
                          : tile.order == plan_.leaf_order;
}

std::optional<MadeTile> TileMaker::LoadCell(TileAddress cell) {
  if (only_ != nullptr) return std::nullopt;  // nobody asks for its top
  const auto manifest = ReadManifest(NextLedger(values_.root()), cell);
  const auto adopt = [](Product& product, const CellManifest& records) {
    for (const TileRecord& record : records.tiles)
      if (record.tile.order == product.allsky().order() && record.valid > 0)
        if (auto pixels = product.Read(record.tile))
          product.Adopt({record.tile, std::move(*pixels)});
  };
  adopt(values_, *manifest);
  progress_.Add(static_cast<std::int64_t>(manifest->tiles.size()));
  auto top = values_.Read(cell);
  if (!top) return std::nullopt;
  MadeTile made{std::move(*top), {}};
  if (weights_ != nullptr) {
    adopt(*weights_, *ReadManifest(NextLedger(weights_->root()), cell));
    made.weights = weights_->Read(cell).value_or(Image<float>());
  }
  return made;
}

std::optional<MadeTile> TileMaker::MakeUnit(const WalkNode& node) {
  if (node.finished) return LoadCell(node.tile);
  if (node.blank) {
    if (IsWanted(node.tile))
      Emit(node.tile, std::nullopt, node.inputs, *node.book);
    return std::nullopt;
  }
  return MakeHere(node.tile, node.inputs, *node.book);
}

std::optional<MadeTile> TileMaker::Make(TileAddress tile,
                                        std::span<const int> candidates,
                                        Book& book) {
  if (only_ != nullptr && !only_->Touches(tile)) return std::nullopt;
  const std::vector<int> inputs = plan_.coverage.Reaching(tile, candidates);
  if (inputs.empty()) return std::nullopt;
  return MakeHere(tile, inputs, book);
}

std::optional<MadeTile> TileMaker::MakeHere(TileAddress tile,
                                            std::span<const int> inputs,
                                            Book& book) {
  ThrowIfInterrupted();
  std::optional<MadeTile> made = tile.order == plan_.sampling_order
                                     ? Sample(tile, inputs)
                                     : MakeFromChildren(tile, inputs, book);
  if (IsWanted(tile)) {
    if (made) RoundAsStored(plan_.encoding, made->values);
    Emit(tile, made, inputs, book);
  }
  return made;
}

std::optional<MadeTile> TileMaker::MakeFromChildren(TileAddress tile,
                                                    std::span<const int> inputs,
                                                    Book& book) {
  std::array<std::optional<MadeTile>, 4> children;
  for (int k = 0; k < 4; ++k)
    children[static_cast<std::size_t>(k)] = Make(Child(tile, k), inputs, book);
  if (only_ != nullptr && tile.order < plan_.leaf_order) return std::nullopt;
  return Reduce(children);
}

std::optional<MadeTile> TileMaker::Reduce(
    const std::array<std::optional<MadeTile>, 4>& children) const {
  std::array<const Image<float>*, 4> values{};
  std::array<const Image<float>*, 4> weights{};
  bool any = false;
  for (std::size_t k = 0; k < 4; ++k) {
    if (!children[k]) continue;
    any = true;
    values[k] = &children[k]->values;
    if (!children[k]->weights.empty()) weights[k] = &children[k]->weights;
  }
  if (!any) return std::nullopt;
  const Timed timed(parents_stage);
  MadeTile made{ReduceChildren(values, width_, hierarchy_), {}};
  if (weights_ != nullptr)
    made.weights = ReduceChildren(weights, width_, Hierarchy::kMean);
  return made;
}

std::optional<MadeTile> TileMaker::Sample(TileAddress tile,
                                          std::span<const int> inputs) {
  const auto scratch = scratch_.Take();
  std::vector<std::shared_ptr<const OpenInput>> open;
  if (scratch->maps.size() < inputs.size()) scratch->maps.resize(inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    open.push_back(inputs_.Get(inputs[i]));
    const Timed timed(coordinates_stage);
    scratch->maps[i].Compute(tile, width_, *open[i]->wcs().Take(),
                             open[i]->footprint().centre,
                             open[i]->footprint().radius, open[i]->valid());
  }
  MadeTile made{Image<float>(width_, width_, kBlankPixel), {}};
  if (weights_ != nullptr) made.weights = made.values;
  // Maps list their blocks region by region.
  std::vector<std::size_t> next(inputs.size());
  std::vector<Contribution> contributions;
  for (int row = 0; row < width_; row += region_)
    for (int column = 0; column < width_; column += region_) {
      contributions.clear();
      // In the survey's order: float sums must not depend on scheduling.
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        const auto& blocks = scratch->maps[i].blocks();
        for (; next[i] < blocks.size() &&
               blocks[next[i]].row / region_ == row / region_ &&
               blocks[next[i]].column / region_ == column / region_;
             ++next[i])
          contributions.push_back(
              {open[i].get(), &scratch->maps[i], &blocks[next[i]]});
      }
      SampleRegion(contributions, {column, row}, *scratch, made);
    }
  const auto pixels = made.values.pixels();
  if (std::all_of(pixels.begin(), pixels.end(),
                  [](float value) { return value != value; }))
    return std::nullopt;
  return made;
}

// A few inputs that cover the whole region with one weight: the usual overlap.
bool TileMaker::IsPlainMean(std::span<const Contribution> contributions) const {
  constexpr std::size_t kMostImages = 8;
  return weights_ == nullptr && overlay_ == Overlay::kMean &&
         contributions.size() <= kMostImages &&
         std::all_of(contributions.begin(), contributions.end(),
                     [this](const Contribution& from) {
                       return from.block->size == region_ &&
                              from.input->weights().is_uniform();
                     });
}

void TileMaker::SampleRegion(std::span<const Contribution> contributions,
                             BlockOrigin region, Scratch& scratch,
                             MadeTile& made) {
  float* out = made.values.row(region.row) + region.column;
  const auto sample = [&](const Contribution& from, float* values,
                          std::ptrdiff_t stride) {
    const Timed timed(sampling_stage);
    return scratch.sampler.Sample(from.input->source(), from.input->kernel(),
                                  from.input->kernel_table(), *from.map,
                                  *from.block, values, stride);
  };
  // Most regions belong to one input: nothing to add up.
  if (contributions.size() == 1 && weights_ == nullptr &&
      contributions[0].input->weights().is_uniform()) {
    const CoordinateMap::Block& block = *contributions[0].block;
    sample(contributions[0],
           made.values.row(block.row) + std::ptrdiff_t{block.column}, width_);
    return;
  }
  if (IsPlainMean(contributions)) {
    std::vector<const float*> images;
    for (const Contribution& from : contributions) {
      if (scratch.images.size() == images.size())
        scratch.images.emplace_back(scratch.values.size());
      std::vector<float>& image = scratch.images[images.size()];
      if (sample(from, image.data(), region_)) images.push_back(image.data());
    }
    if (images.empty()) return;
    const Timed timed(coadd_stage);
    MeanOfImages(images, region_, out, width_);
    return;
  }
  Accumulator& sums = scratch.accumulator;
  sums.Clear();
  for (const Contribution& from : contributions) {
    const CoordinateMap::Block& block = *from.block;
    if (!sample(from, scratch.values.data(), block.size)) continue;
    const Timed timed(coadd_stage);
    const bool weighted = !from.input->weights().is_uniform();
    for (int row = 0; row < block.size; ++row) {
      if (weighted) {
        from.map->Row(block, row, scratch.x.data(), scratch.y.data());
        from.input->weights().Row(block.size, scratch.x.data(),
                                  scratch.y.data(), scratch.weights.data());
      }
      sums.Add(block.row - region.row + row, block.column - region.column,
               block.size,
               scratch.values.data() + std::ptrdiff_t{row} * block.size,
               weighted ? scratch.weights.data() : nullptr);
    }
  }
  if (!sums.any()) return;
  const Timed timed(coadd_stage);
  sums.CopyValues(out, width_);
  if (weights_ != nullptr)
    sums.CopyWeights(made.weights.row(region.row) + region.column, width_);
}

void TileMaker::Emit(TileAddress tile, const std::optional<MadeTile>& made,
                     std::span<const int> inputs, Book& book) {
  const bool leaf = tile.order == plan_.leaf_order;
  TileRecord values;
  TileRecord weights;
  values.tile = weights.tile = tile;
  if (made) {
    values = values_.Emit({tile, made->values}, book.batch);
    if (weights_ != nullptr)
      weights = weights_->Emit({tile, made->weights}, book.batch);
  }
  if (leaf) {
    AddLeafFacts(made ? &*made : nullptr, inputs, values);
    AddLeafFacts(made ? &*made : nullptr, inputs, weights);
  }
  progress_.Add(made ? 1 : 0, leaf ? std::int64_t{width_} * width_ : 0);
  if (!made && !leaf) return;
  const std::lock_guard lock(book.mutex);
  book.values.push_back(std::move(values));
  if (weights_ != nullptr) book.weights.push_back(std::move(weights));
}

void TileMaker::AddLeafFacts(const MadeTile* made, std::span<const int> inputs,
                             TileRecord& record) const {
  std::vector<std::string> identities;
  for (const int input : inputs)
    identities.push_back(identities_[static_cast<std::size_t>(input)]);
  record.recipe =
      RecipeOf(record.tile, plan_.recipe_options, identities).Text();
  for (const int input : inputs) record.inputs.push_back(plan_.NumberOf(input));
  if (made != nullptr)
    record.coverage =
        CoverageBits(made->values, plan_.moc_order - plan_.leaf_order);
}

std::string CoverageBits(const Image<float>& pixels, int depth) {
  if (depth <= 0) return "";
  const int side = 1 << depth;
  const int block = pixels.width() / side;
  std::string digits(
      static_cast<std::size_t>(side) * static_cast<std::size_t>(side) / 4, '0');
  for (int row = 0; row < side; ++row)
    for (int column = 0; column < side; ++column) {
      bool any = false;
      for (int r = row * block; r < (row + 1) * block && !any; ++r) {
        const float* start = pixels.row(r) + std::ptrdiff_t{column} * block;
        any = std::any_of(start, start + block,
                          [](float value) { return value == value; });
      }
      if (!any) continue;
      const auto cell =
          static_cast<std::size_t>(PixelIndex({0, 0}, column, row, side));
      const std::string_view hex = "0123456789abcdef";
      char& digit = digits[cell / 4];
      digit = hex[hex.find(digit) | (8U >> (cell % 4))];
    }
  return digits;
}

std::vector<TileAddress> CoverageCells(TileAddress leaf,
                                       const std::string& bits, int depth) {
  if (depth <= 0) return {Ancestor(leaf, leaf.order + depth)};
  std::vector<TileAddress> cells;
  const std::string_view hex = "0123456789abcdef";
  for (std::size_t i = 0; i < bits.size(); ++i) {
    const std::size_t value = hex.find(bits[i]);
    for (std::size_t bit = 0; bit < 4; ++bit)
      if ((value & (8U >> bit)) != 0)
        cells.push_back(
            {leaf.order + depth, (leaf.npix << (2 * depth)) +
                                     static_cast<std::int64_t>(4 * i + bit)});
  }
  return cells;
}

}  // namespace hips
