// SPDX-License-Identifier: GPL-3.0-or-later
// metadata.fits: what the headers of the inputs said.
//
// Primary header: the cards that every input has alike, without those that
// describe one file (size, scaling, WCS of the pixels, checksums, HISTORY) and
// without values that look like paths on somebody's disk. Extension INPUTS: a
// table with one row an input. Unknown numbers are NaN, unknown texts empty.
// Source: HiPS 1.0 (IVOA 2017), 4.4.3. Pure function; safe from any thread.
#pragma once

#include <span>
#include <string>

#include "fits/write.h"
#include "publish/input_record.h"

namespace hips {

/// Columns: NAME HDU RA DEC PIXEL_SCALE WIDTH HEIGHT BITPIX FREQUENCY BANDWIDTH
/// BMAJ BMIN BPA MJD DATE_OBS OBJECT TELESCOP INSTRUME BUNIT.
/// creator_did  names the HiPS in the primary header (HIPSID)
/// throws       Error(kUsage) without any input
Bytes EncodeMetadata(std::span<const InputRecord> inputs,
                     const std::string& creator_did);

}  // namespace hips
