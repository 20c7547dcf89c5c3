// SPDX-License-Identifier: GPL-3.0-or-later
// Small HiPSes on disk, for tests: any bytes will do for a tile here.
#pragma once

#include <filesystem>
#include <string>

#include "base/file.h"

namespace hips {

inline std::string PropertiesText(const std::string& identifier) {
  return "creator_did = " + identifier +
         "\nobs_title = A <b>survey</b> & more\nhips_version = 1.4\n"
         "hips_release_date = 2026-01-02T03:04Z\n"
         "hips_status = public master clonableOnce\nhips_frame = equatorial\n"
         "hips_order = 3\nhips_tile_format = png fits\n"
         "dataproduct_type = image\nmoc_sky_fraction = 0.125\n";
}

/// properties, Moc.fits, two tiles, an Allsky, a progenitor index, and files
/// that nobody may see.
inline void MakeHips(const std::filesystem::path& folder,
                     const std::string& identifier) {
  const auto write = [&](const char* name, std::string_view text) {
    WriteFileAtomic(folder / name, text);
  };
  write("properties", PropertiesText(identifier));
  write("Moc.fits", "moc");
  write("Norder3/Allsky.png", "allsky");
  write("Norder3/Dir0/Npix12.png", "0123456789");
  write("Norder3/Dir0/Npix12.fits", "");
  write("HpxFinder/properties", "dataproduct_type = meta\nhips_order = 3\n");
  write("HpxFinder/Norder3/Dir0/Npix12", "{}");
  write("secret.txt", "secret");
  write(".hipsgen/plan.json", "{}");
  write("Norder3/Dir0/.Npix12.png.tmp", "half");
}

}  // namespace hips
