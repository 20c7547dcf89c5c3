// SPDX-License-Identifier: GPL-3.0-or-later
// What radio headers say beside the geometry: axes, unit, frequency, date.
//
// Private to this room; BeamOf is in survey/input.h. Values that cannot be
// meant are as good as absent. Pure functions; safe from any thread.
// Sources: FITS Standard 4.0, tables 28 and 29 (Stokes codes), 4.3 (units),
// 9.1 (dates); AIPS' HISTORY cards.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fits/header.h"

namespace hips {

/// One axis that is not celestial, linear in the pixel.
struct PlaneAxis {
  int axis = 0;  ///< 0-based: axis 0 is described by CTYPE1, ...
  std::string ctype;
  double reference_value = 0.0;
  double reference_pixel = 0.0;
  double step = 1.0;

  double ValueAt(std::int64_t index) const {
    return reference_value +
           step * (static_cast<double>(index) + 1.0 - reference_pixel);
  }
};
PlaneAxis AxisOf(const Header& header, int axis);

bool IsStokesAxis(const PlaneAxis& axis);
/// FITS code of a name ("I" 1 ... "YX" -8) or of a written code ("1000").
std::optional<std::int64_t> StokesCode(std::string_view name);
/// "I", "RR", ...; the number when it is no code of the standard.
std::string StokesText(std::int64_t code);

struct Frequency {
  double hz = 0.0;
  std::optional<double> bandwidth_hz;  ///< step of the frequency axis
};
/// Frequency of a FREQ axis at its plane `index_of(axis)`, also of an axis
/// beyond NAXIS (plane 0), else of RESTFRQ, RESTFREQ or FREQ.
std::optional<Frequency> FrequencyOf(const Header& header,
                                     const std::vector<std::int64_t>& index);

/// Start of the observation: MJD-OBS, else DATE-OBS in any FITS form.
std::optional<double> MjdOf(const Header& header);

/// One spelling for all ways to write a unit: "JY/BEAM", "beam-1 Jy" and
/// "Jy beam^-1" are "Jy beam-1".
std::string CanonicalUnit(std::string_view unit);
/// Does the (canonical) unit have a "per beam"?
bool IsPerBeam(std::string_view canonical_unit);

}  // namespace hips
