// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/tile_maker.h"

#include <algorithm>
#include <functional>

#include "base/interrupt.h"
#include "base/threads.h"
#include "ledger/commit.h"
#include "plan/recipe.h"
#include "resample/sampler.h"

namespace hips {
namespace {

// Subtrees of so many orders are one thread's work: enough to be worth a
// task, few enough to share evenly.
constexpr int kSerialOrders = 2;

std::vector<int> UsesOf(const BuildPlan& plan) {
  std::vector<int> uses(plan.survey.inputs.size());
  for (const PlannedCell& cell : plan.cells)
    for (const int input : cell.inputs) ++uses[static_cast<std::size_t>(input)];
  return uses;
}

std::vector<std::string> IdentitiesOf(const Survey& survey) {
  std::vector<std::string> identities;
  for (const Input& input : survey.inputs)
    identities.push_back(IdentityText(input));
  return identities;
}

void SortRecords(std::vector<TileRecord>& records) {
  std::sort(
      records.begin(), records.end(),
      [](const TileRecord& a, const TileRecord& b) { return a.tile < b.tile; });
}

}  // namespace

TileMaker::Scratch::Scratch(int width, Overlay overlay)
    : accumulator(width, overlay),
      x(static_cast<std::size_t>(CoordinateMap::kLargestBlock)),
      y(x.size()),
      values(x.size()),
      weights(x.size()) {}

TileMaker::TileMaker(const BuildPlan& plan, Product& values, Product* weights,
                     std::set<TileAddress> finished, Progress& progress)
    : plan_(plan),
      width_(plan.options.pixels.tile_width),
      hierarchy_(ParseHierarchy(plan.options.pixels.hierarchy)),
      values_(values),
      weights_(weights),
      finished_(std::move(finished)),
      progress_(progress),
      inputs_(plan.survey.inputs, plan.options, UsesOf(plan)),
      identities_(IdentitiesOf(plan.survey)),
      scratch_([this] {
        return std::make_unique<Scratch>(
            width_, ParseOverlay(plan_.options.pixels.overlay));
      }) {}

void TileMaker::MakeAll() {
  const std::vector<int> all = plan_.coverage.All();
  ParallelFor(12, [&](std::size_t face) {
    Make({0, static_cast<std::int64_t>(face)}, all, top_);
  });
  SortRecords(top_.values);
  SortRecords(top_.weights);
}

std::pair<std::vector<TileRecord>, std::vector<TileRecord>>
TileMaker::TopRecords() {
  return {top_.values, top_.weights};
}

std::optional<TileMaker::MadeTile> TileMaker::Make(
    TileAddress tile, std::span<const int> candidates, Book& book) {
  const std::vector<int> inputs = plan_.coverage.Reaching(tile, candidates);
  if (inputs.empty()) return std::nullopt;
  if (tile.order == plan_.cell_order) return MakeCell(tile, inputs);
  return MakeHere(tile, inputs, book);
}

std::optional<TileMaker::MadeTile> TileMaker::MakeCell(
    TileAddress cell, std::span<const int> inputs) {
  std::optional<MadeTile> made;
  if (finished_.contains(cell)) {
    made = LoadCell(cell);
  } else {
    Book book;
    made = MakeHere(cell, inputs, book);
    SortRecords(book.values);
    SortRecords(book.weights);
    // Last, when all files of the cell are there: a cell without a manifest
    // is to be done again.
    if (weights_ != nullptr)
      WriteManifest(NextLedger(weights_->root()),
                    {plan_.id, cell, std::move(book.weights)});
    WriteManifest(NextLedger(values_.root()),
                  {plan_.id, cell, std::move(book.values)});
  }
  inputs_.Release(inputs);
  return made;
}

std::optional<TileMaker::MadeTile> TileMaker::LoadCell(TileAddress cell) {
  const auto manifest = ReadManifest(NextLedger(values_.root()), cell);
  const auto adopt = [](Product& product, const CellManifest& records) {
    for (const TileRecord& record : records.tiles)
      if (record.tile.order == product.allsky().order() && record.valid > 0)
        if (auto pixels = product.stage().ReadFits(record.tile))
          product.Adopt({record.tile, std::move(*pixels)});
  };
  adopt(values_, *manifest);
  progress_.Add(static_cast<std::int64_t>(manifest->tiles.size()));
  auto top = values_.stage().ReadFits(cell);
  if (!top) return std::nullopt;
  MadeTile made{std::move(*top), {}};
  if (weights_ != nullptr) {
    adopt(*weights_, *ReadManifest(NextLedger(weights_->root()), cell));
    made.weights = weights_->stage().ReadFits(cell).value_or(Image<float>());
  }
  return made;
}

std::optional<TileMaker::MadeTile> TileMaker::MakeHere(
    TileAddress tile, std::span<const int> inputs, Book& book) {
  ThrowIfInterrupted();
  std::optional<MadeTile> made = tile.order == plan_.sampling_order
                                     ? Sample(tile, inputs)
                                     : MakeFromChildren(tile, inputs, book);
  // Between the leaves and a finer sampling order tiles live in memory only.
  if (tile.order <= plan_.leaf_order) Emit(tile, made, inputs, book);
  return made;
}

std::optional<TileMaker::MadeTile> TileMaker::MakeFromChildren(
    TileAddress tile, std::span<const int> inputs, Book& book) {
  std::array<std::optional<MadeTile>, 4> children;
  const auto make = [&](int k) {
    children[static_cast<std::size_t>(k)] = Make(Child(tile, k), inputs, book);
  };
  if (plan_.sampling_order - tile.order <= kSerialOrders) {
    for (int k = 0; k < 4; ++k) make(k);
  } else {
    ParallelFor(4, [&](std::size_t k) { make(static_cast<int>(k)); });
  }
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
  MadeTile made{ReduceChildren(values, width_, hierarchy_), {}};
  if (weights_ != nullptr)
    made.weights = ReduceChildren(weights, width_, Hierarchy::kMean);
  return made;
}

std::optional<TileMaker::MadeTile> TileMaker::Sample(
    TileAddress tile, std::span<const int> inputs) {
  const auto scratch = scratch_.Take();
  scratch->accumulator.Clear();
  // In the survey's order: float sums must not depend on scheduling.
  for (const int number : inputs)
    AddInput(tile, *inputs_.Get(number), *scratch);
  if (!scratch->accumulator.any()) return std::nullopt;
  MadeTile made{scratch->accumulator.Values(), {}};
  if (weights_ != nullptr) made.weights = scratch->accumulator.Weights();
  return made;
}

void TileMaker::AddInput(TileAddress tile, const OpenInput& input,
                         Scratch& scratch) {
  scratch.coordinates.Compute(tile, width_, *input.wcs().Take(),
                              input.footprint().centre,
                              input.footprint().radius, input.valid());
  const bool weighted = !input.weights().is_uniform();
  for (const CoordinateMap::Block& block : scratch.coordinates.blocks())
    for (int row = 0; row < block.size; ++row) {
      scratch.coordinates.Row(block, row, scratch.x.data(), scratch.y.data());
      SampleRow(input.source(), input.kernel(), block.size, scratch.x.data(),
                scratch.y.data(), scratch.values.data());
      if (weighted)
        input.weights().Row(block.size, scratch.x.data(), scratch.y.data(),
                            scratch.weights.data());
      scratch.accumulator.Add(block.row + row, block.column, block.size,
                              scratch.values.data(),
                              weighted ? scratch.weights.data() : nullptr);
    }
}

void TileMaker::Emit(TileAddress tile, const std::optional<MadeTile>& made,
                     std::span<const int> inputs, Book& book) {
  const bool leaf = tile.order == plan_.leaf_order;
  TileRecord values;
  TileRecord weights;
  values.tile = weights.tile = tile;
  if (made) {
    values = values_.Emit({tile, made->values});
    if (weights_ != nullptr) weights = weights_->Emit({tile, made->weights});
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
  record.inputs.assign(inputs.begin(), inputs.end());
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
