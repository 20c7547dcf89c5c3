// SPDX-License-Identifier: GPL-3.0-or-later
// FITS binary tables, whole, in memory: MOCs, metadata, HEALPix maps.
//
// Safe from any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "fits/header.h"
#include "fits/write.h"

namespace hips {

/// One column; every column of a table has the same number of rows.
struct TableColumn {
  std::string name;
  std::variant<std::vector<std::int64_t>, std::vector<double>,
               std::vector<std::string>>
      values;
  std::string unit;
  int integer_bytes = 8;  ///< width of integers in the file: 4 or 8
};

/// A file with an empty primary HDU (holding `primary`) and one BINTABLE
/// (holding `extra` after its mandatory cards).
Bytes EncodeTable(const std::vector<TableColumn>& columns, const Header& extra,
                  const Header& primary = {});

struct Table {
  Header header;
  std::vector<TableColumn> columns;

  /// The column of that name (any case), or nullptr.
  const TableColumn* Find(const std::string& name) const;
};

/// Reads a whole table HDU; vector columns are flattened row by row.
/// throws  Error(kBadInput) when the HDU is no table or is damaged
Table ReadTable(const std::filesystem::path& path, int hdu_index = 1);

}  // namespace hips
