// SPDX-License-Identifier: GPL-3.0-or-later
// Five records: two skies, a partial one, a catalogue, a planet.
#pragma once

#include <memory>
#include <string>

#include "query/record.h"

namespace hips {

inline constexpr const char* kSomeRecords = R"(
ID = CDS/P/DSS2/color
obs_title = DSS2 color (Red, Blue)
dataproduct_type = image
dataproduct_subtype = color
hips_order = 9
hips_frame = equatorial
hips_tile_format = jpeg
moc_sky_fraction = 1
hips_release_date = 2019-05-07T10:55Z
client_application = AladinLite
client_application = AladinDesktop
em_min = 4e-07

ID = CDS/P/2MASS/J
obs_title = 2MASS J (1.23 microns)
dataproduct_type = image
hips_order = 9
hips_frame = equatorial
hips_tile_format = jpeg fits
moc_sky_fraction = 1
hips_release_date = 2016-04-22T13:48Z
client_application = AladinDesktop
em_min = 1.147E-6

ID = ASTRON/P/tgssadr
obs_title = The GMRT 150 MHz All-sky Radio Survey
dataproduct_type = image
hips_order = 7
hips_frame = galactic
hips_tile_format = png fits
moc_sky_fraction = 0.8979
hips_release_date = 2020-01-02T03:04Z
em_min = 1.9

ID = CDS/I/345/gaia2
obs_title = Gaia DR2 & friends
dataproduct_type = catalog
hips_order = 11
hips_frame = equatorial
moc_sky_fraction = 1
obs_regime = Optical

ID = CDS/P/Mars/MOLA
obs_title = Mars MOLA
dataproduct_type = image
hips_order = 5
hips_frame = mars
)";

/// The records as they stand above, without MOCs.
inline HipsRecords SomeRecords() {
  HipsRecords records;
  for (Properties& properties : Properties::ParseList(kSomeRecords)) {
    HipsRecord record;
    record.id = properties.GetOr("ID", "");
    record.properties = std::move(properties);
    records.push_back(std::make_shared<const HipsRecord>(std::move(record)));
  }
  return records;
}

}  // namespace hips
