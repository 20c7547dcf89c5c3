// SPDX-License-Identifier: GPL-3.0-or-later
// The header of a tile-compressed image as the image it holds. Private to
// lib/fits.
//
// cfitsio's own conversion takes the memory of the whole image and 6 ns a pixel
// for it; a survey has thousands of headers to read.
// Source: FITS Standard 4.0, 10.1.
#pragma once

#include "fits/header.h"

namespace hips {

/// table  the header of a BINTABLE with ZIMAGE = T
/// throws  Error(kBadInput) when ZBITPIX, ZNAXIS or a ZNAXISn is missing
Header ImageInside(const Header& table);

}  // namespace hips
