// SPDX-License-Identifier: GPL-3.0-or-later
#include "check/moc_file.h"

#include <algorithm>
#include <bit>
#include <optional>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"
#include "check/fits_bytes.h"

namespace hips {
namespace {

Error Bad(const std::string& message) {
  return Error(ErrorKind::kBadInput, message);
}

int WordBytes(const Header& header) {
  const std::string form = header.Text("TFORM1").value_or("");
  if (form.ends_with('J')) return 4;
  if (form.ends_with('K')) return 8;
  throw Bad("the first column is not of 32- or 64-bit integers (TFORM1 '" +
            form + "')");
}

// The first column; further columns of old files are stepped over.
std::vector<std::int64_t> ReadWords(const HduView& table) {
  const int bytes = WordBytes(table.header);
  const std::string form = table.header.Text("TFORM1").value_or("");
  const std::int64_t repeat =
      ParseInteger(form.substr(0, form.size() - 1)).value_or(1);
  const std::int64_t row = table.header.Integer("NAXIS1").value_or(0);
  const std::int64_t rows = table.header.Integer("NAXIS2").value_or(0);
  if (repeat < 1 || repeat > row / bytes)
    throw Bad("a row is shorter than its column");
  if (rows > 0 && row > static_cast<std::int64_t>(table.data.size()) / rows)
    throw Bad("the table is shorter than its header says");
  std::vector<std::int64_t> words;
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t i = 0; i < repeat; ++i) {
      const auto at = static_cast<std::size_t>(r * row + i * bytes);
      std::uint64_t word = 0;
      for (int b = 0; b < bytes; ++b)
        word = word << 8 | static_cast<unsigned char>(
                               table.data[at + static_cast<std::size_t>(b)]);
      words.push_back(bytes == 4 ? static_cast<std::int32_t>(word)
                                 : static_cast<std::int64_t>(word));
    }
  return words;
}

// uniq = 4 * 4^order + npix with npix < 12 * 4^order: the two highest bits
// and the length say the order.
TileAddress FromUniq(std::int64_t uniq) {
  if (uniq < 4) throw Bad(Format("{} is no NUNIQ cell", uniq));
  const int top =
      static_cast<int>(std::bit_width(static_cast<std::uint64_t>(uniq))) - 1;
  const int order = top / 2 - 1;
  if (order > kMaxOrder) throw Bad(Format("{} is no NUNIQ cell", uniq));
  return {order, uniq - (std::int64_t{4} << (2 * order))};
}

std::int64_t ToUniq(TileAddress tile) {
  return (std::int64_t{4} << (2 * tile.order)) + tile.npix;
}

// The fewest cells that make up [first, last) at order 29.
void AppendCells(std::int64_t first, std::int64_t last,
                 std::vector<TileAddress>& cells) {
  while (first < last) {
    int up = 0;
    while (up < kMaxOrder) {
      const std::int64_t size = std::int64_t{4} << (2 * up);
      if (first % size != 0 || first + size > last) break;
      ++up;
    }
    cells.push_back({kMaxOrder - up, first >> (2 * up)});
    first += std::int64_t{1} << (2 * up);
  }
}

std::optional<int> ClaimedOrder(const Header& header) {
  auto order = header.Integer("MOCORD_S");
  if (!order) order = header.Integer("MOCORDER");
  if (!order || *order < 0 || *order > kMaxOrder) return std::nullopt;
  return static_cast<int>(*order);
}

int DeepestOrder(const std::vector<TileAddress>& cells) {
  int order = 0;
  for (const TileAddress& cell : cells) order = std::max(order, cell.order);
  return order;
}

// The MOC of the cells at the claimed order, or at the deepest cell's.
Moc Build(const Header& header, const std::vector<TileAddress>& cells,
          std::vector<std::string>& flaws) {
  const auto claimed = ClaimedOrder(header);
  const int deepest = DeepestOrder(cells);
  if (!claimed) {
    flaws.push_back("the MOC order is not stated (MOCORD_S, MOCORDER)");
  } else if (*claimed < deepest) {
    flaws.push_back(Format("states order {}, but has cells of order {}",
                           *claimed, deepest));
  }
  return Moc::FromCells(std::max(claimed.value_or(deepest), deepest), cells);
}

MocFile FromNuniq(const Header& header,
                  const std::vector<std::int64_t>& words) {
  MocFile file;
  file.packing = "NUNIQ";
  std::vector<TileAddress> cells;
  cells.reserve(words.size());
  for (const std::int64_t uniq : words) cells.push_back(FromUniq(uniq));
  file.moc = Build(header, cells, file.flaws);
  std::vector<std::int64_t> canonical;
  for (const TileAddress& cell : file.moc.Cells())
    canonical.push_back(ToUniq(cell));
  std::vector<std::int64_t> sorted = words;
  std::sort(sorted.begin(), sorted.end());
  if (sorted != canonical) {
    file.flaws.push_back(
        Format("{} cells where {} say the same: repeated or nested cells, or "
               "four siblings that are not merged",
               words.size(), canonical.size()));
  } else if (words != canonical) {
    file.flaws.push_back("cells are not in ascending order");
  }
  return file;
}

MocFile FromRanges(const Header& header,
                   const std::vector<std::int64_t>& words) {
  if (words.size() % 2 != 0) throw Bad("an odd number of range ends");
  MocFile file;
  file.packing = "RANGE";
  std::vector<TileAddress> cells;
  std::vector<CellRange> ranges;
  for (std::size_t i = 0; i < words.size(); i += 2) {
    if (words[i] < 0 || words[i] >= words[i + 1] ||
        words[i + 1] > CellCount(kMaxOrder))
      throw Bad(
          Format("[{}, {}) is no range of cells", words[i], words[i + 1]));
    ranges.emplace_back(words[i], words[i + 1]);
    AppendCells(words[i], words[i + 1], cells);
  }
  file.moc = Build(header, cells, file.flaws);
  if (file.moc.ranges() != ranges)
    file.flaws.push_back("ranges are not sorted, disjoint and merged");
  return file;
}

}  // namespace

MocFile ParseMocFile(std::string_view bytes) {
  const std::vector<HduView> hdus = SplitHdus(bytes);
  for (const HduView& hdu : hdus) {
    if (hdu.header.Text("XTENSION") != "BINTABLE") continue;
    const std::string dimension = hdu.header.Text("MOCDIM").value_or("SPACE");
    if (dimension != "SPACE")
      throw Bad("a MOC of " + dimension + "; a space MOC is needed");
    const std::string ordering =
        Upper(hdu.header.Text("ORDERING").value_or("NUNIQ"));
    const std::vector<std::int64_t> words = ReadWords(hdu);
    MocFile file;
    if (ordering == "RANGE") {
      file = FromRanges(hdu.header, words);
    } else if (ordering == "NUNIQ") {
      file = FromNuniq(hdu.header, words);
    } else {
      throw Bad("ORDERING '" + ordering + "' is neither NUNIQ nor RANGE");
    }
    file.frame = std::string(Trim(hdu.header.Text("COORDSYS").value_or("C")));
    return file;
  }
  throw Bad("no binary table");
}

std::vector<CellRange> CellRangesAt(const Moc& moc, int order) {
  const int shift = 2 * (kMaxOrder - order);
  std::vector<CellRange> cells;
  for (const auto& [first, last] : moc.ranges()) {
    const std::int64_t begin = first >> shift;
    const std::int64_t end = ((last - 1) >> shift) + 1;
    if (!cells.empty() && begin <= cells.back().second) {
      cells.back().second = std::max(cells.back().second, end);
    } else {
      cells.emplace_back(begin, end);
    }
  }
  return cells;
}

std::int64_t CountCells(const std::vector<CellRange>& ranges) {
  std::int64_t count = 0;
  for (const auto& [first, last] : ranges) count += last - first;
  return count;
}

std::int64_t NthCell(const std::vector<CellRange>& ranges, std::int64_t i) {
  for (const auto& [first, last] : ranges) {
    if (i < last - first) return first + i;
    i -= last - first;
  }
  throw Error(ErrorKind::kUsage, "no such cell in the ranges");
}

}  // namespace hips
