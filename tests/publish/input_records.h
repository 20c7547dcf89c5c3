// SPDX-License-Identifier: GPL-3.0-or-later
// Two inputs for the tests of this room.
#pragma once

#include <vector>

#include "publish/input_record.h"

namespace hips {

inline InputRecord FirstInput() {
  InputRecord input;
  input.name = "fields/P000+23.fits";
  input.width = 1000;
  input.height = 500;
  input.bitpix = -64;
  input.centre = {0.25, 23.5};
  input.border = {{0.5, 23.0}, {359.75, 23.0}, {359.75, 24.0}, {0.5, 24.0}};
  input.pixel_scale_arcsec = 1.5;
  input.frequency_hz = 143.65e6;
  input.beam_major_arcsec = 6.0;
  input.beam_minor_arcsec = 6.0;
  input.beam_angle_deg = 90.0;
  input.mjd = 57000.5;
  input.object = "P000+23";
  input.unit = "JY/BEAM";
  input.file_size = 4003200;
  input.header_hash = "0123456789abcdef0123456789abcdef";
  input.header.Set("SIMPLE", true);
  input.header.Set("NAXIS1", 1000);
  input.header.Set("CRVAL1", 0.25);
  input.header.Set("CTYPE1", "RA---SIN");
  input.header.Set("TELESCOP", "LOFAR");
  input.header.Set("OBSERVER", "A. N. Other");
  input.header.Set("ORIGIN", "made in /home/ann/run7");
  input.header.Set("DATE-OBS", "2014-12-09T12:00:00");
  input.header.AddText("HISTORY", "imager --in /data/ann/x.ms");
  return input;
}

inline std::vector<InputRecord> TwoInputs() {
  InputRecord second = FirstInput();
  second.name = "fields/P002+18.fits.fz";
  second.hdu = 1;
  second.centre = {2.5, 18.0};
  second.frequency_hz.reset();
  second.object = "say \"hi\" \\ <b>";
  second.header.Set("OBSERVER", "S. O. Else");
  second.header.Set("CRVAL1", 2.5);
  second.header.Set("DATE-OBS", "2015-01-01T00:00:00");
  return {FirstInput(), second};
}

}  // namespace hips
