// SPDX-License-Identifier: GPL-3.0-or-later
// What the writers of images and tables share. Private to lib/fits.
#pragma once

#include <cstddef>

#include "fits/header.h"

namespace hips {

/// Rounded up to whole FITS blocks of 2880 bytes.
std::size_t PaddedToBlock(std::size_t bytes);

/// Ends the header with CHECKSUM and DATASUM cards for UpdateChecksums to fill.
void AddChecksumCards(Header& header);

}  // namespace hips
