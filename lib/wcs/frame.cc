// SPDX-License-Identifier: GPL-3.0-or-later
#include "wcs/frame.h"

#include <erfa.h>

#include <cmath>
#include <limits>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"

namespace hips {
namespace {

Rotation FromErfa(const double m[3][3]) {
  Rotation r;
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j < 3; ++j) r[i][j] = m[i][j];
  return r;
}

Rotation Product(const Rotation& a, const Rotation& b) {
  Rotation r{};
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j < 3; ++j)
      for (std::size_t k = 0; k < 3; ++k) r[i][j] += a[i][k] * b[k][j];
  return r;
}

// ICRS to FK5 J2000: the inverse of ERFA's FK5 to Hipparcos orientation.
Rotation Fk5FromIcrs() {
  double r5h[3][3];
  double spin[3];
  eraFk5hip(r5h, spin);
  return Transposed(FromErfa(r5h));
}

// IAU 1976 precession from J2000 to a Julian equinox.
Rotation PrecessionFromJ2000(double equinox) {
  double jd1 = 0.0;
  double jd2 = 0.0;
  eraEpj2jd(equinox, &jd1, &jd2);
  double p[3][3];
  eraPmat76(jd1, jd2, p);
  return FromErfa(p);
}

// Newcomb's precession from B1950 to a Besselian equinox; t in tropical
// millennia, coefficients in arcsec for the start epoch 1950 (t1 = 0.1 tropical
// millennia after 1850).
Rotation PrecessionFromB1950(double equinox) {
  constexpr double kStart = (1950.0 - 1850.0) / 1000.0;
  const double t = (equinox - 1950.0) / 1000.0;
  const double linear = 23035.545 + (139.720 + 0.060 * kStart) * kStart;
  const double zeta = t * (linear + t * (30.240 - 0.270 * kStart + t * 17.995));
  const double z = t * (linear + t * (109.480 + 0.390 * kStart + t * 18.325));
  const double theta = t * (20051.12 - (85.29 + 0.37 * kStart) * kStart +
                            t * (-42.65 - 0.37 * kStart - t * 41.80));
  double m[3][3];
  eraIr(m);
  eraRz(-zeta * kArcsec, m);
  eraRy(theta * kArcsec, m);
  eraRz(-z * kArcsec, m);
  return FromErfa(m);
}

// E-terms of aberration at B1950 (Explanatory Supplement 1992, 3.59).
constexpr Direction kETerms{-1.62557e-6, -0.31919e-6, -0.13843e-6};

Direction AddETerms(const Direction& v, const Direction& e) {
  const double along = Dot(v, e);
  return Normalized({v.x + e.x - along * v.x, v.y + e.y - along * v.y,
                     v.z + e.z - along * v.z});
}

Direction RemoveETerms(const Direction& v, const Direction& e) {
  // Each step gains six digits, so three leave rounding only.
  Direction free = v;
  for (int step = 0; step < 3; ++step) {
    const double along = Dot(free, e);
    free = Normalized({v.x - e.x + along * free.x, v.y - e.y + along * free.y,
                       v.z - e.z + along * free.z});
  }
  return free;
}

Direction FromAngles(double ra, double dec) {
  return {std::cos(dec) * std::cos(ra), std::cos(dec) * std::sin(ra),
          std::sin(dec)};
}

double Ra(const Direction& v) { return std::atan2(v.y, v.x); }
double Dec(const Direction& v) { return std::atan2(v.z, std::hypot(v.x, v.y)); }

// FK4 at equinox B1950, with E-terms, of what stands still in ICRS and is seen
// at a Besselian epoch: the axes of FK4 turn by 0.5 arcsec in a century.
Direction Fk4FromIcrs(const Direction& icrs, double epoch) {
  static const Rotation to_fk5 = Fk5FromIcrs();
  const Direction fk5 = Rotate(to_fk5, icrs);
  double ra = 0.0;
  double dec = 0.0;
  double dra = 0.0;
  double ddec = 0.0;
  eraFk54z(Ra(fk5), Dec(fk5), epoch, &ra, &dec, &dra, &ddec);
  return FromAngles(ra, dec);
}

Direction IcrsFromFk4(const Direction& fk4, double epoch) {
  static const Rotation from_fk5 = Transposed(Fk5FromIcrs());
  double ra = 0.0;
  double dec = 0.0;
  eraFk45z(Ra(fk4), Dec(fk4), epoch, &ra, &dec);
  return Rotate(from_fk5, FromAngles(ra, dec));
}

// The polynomials of precession serve for some centuries; EPOCH = 0 is what
// some programs write for "unknown".
void CheckEquinox(double equinox) {
  if (std::isfinite(equinox) && (equinox < 1700.0 || equinox > 2300.0))
    throw Error(ErrorKind::kBadInput,
                Format("EQUINOX (or EPOCH) = {:g} is no year to precess from; "
                       "correct it, or set RADESYS to ICRS",
                       equinox));
}

}  // namespace

Frame Frame::Of(std::string_view axis, std::string_view radesys_as_written,
                double equinox) {
  Frame frame;
  const bool has_equinox = std::isfinite(equinox);
  if (axis == "GLON") {
    double icrs[3] = {1, 0, 0};
    // Columns of the matrix are the images of the ICRS axes.
    for (std::size_t j = 0; j < 3; ++j) {
      for (std::size_t i = 0; i < 3; ++i) icrs[i] = i == j ? 1.0 : 0.0;
      double lon = 0.0;
      double lat = 0.0;
      eraIcrs2g(std::atan2(icrs[1], icrs[0]),
                std::atan2(icrs[2], std::hypot(icrs[0], icrs[1])), &lon, &lat);
      const Direction column = FromAngles(lon, lat);
      frame.from_icrs_[0][j] = column.x;
      frame.from_icrs_[1][j] = column.y;
      frame.from_icrs_[2][j] = column.z;
    }
    frame.name_ = "galactic";
    return frame;
  }
  if (axis == "ELON") {
    CheckEquinox(equinox);
    double jd1 = 0.0;
    double jd2 = 0.0;
    eraEpj2jd(has_equinox ? equinox : 2000.0, &jd1, &jd2);
    double m[3][3];
    eraEcm06(jd1, jd2, m);
    frame.from_icrs_ = FromErfa(m);
    frame.name_ = Format("ecliptic J{:g}", has_equinox ? equinox : 2000.0);
    return frame;
  }
  if (axis != "RA")
    throw Error(ErrorKind::kBadInput,
                Format("{} is not a celestial axis this program knows (RA, "
                       "GLON, ELON)",
                       axis));
  std::string radesys = Upper(Trim(radesys_as_written));
  if (radesys.empty())
    radesys = !has_equinox ? "ICRS" : equinox < 1984.0 ? "FK4" : "FK5";
  if (radesys == "ICRS") return frame;
  CheckEquinox(equinox);
  if (radesys == "FK5") {
    const double julian = has_equinox ? equinox : 2000.0;
    frame.from_icrs_ = Fk5FromIcrs();
    if (julian != 2000.0)
      frame.from_icrs_ = Product(PrecessionFromJ2000(julian), frame.from_icrs_);
    frame.name_ = Format("FK5 J{:g}", julian);
    return frame;
  }
  if (radesys == "FK4" || radesys == "FK4-NO-E") {
    const double besselian = has_equinox ? equinox : 1950.0;
    frame.kind_ = radesys == "FK4" ? FrameKind::kFk4 : FrameKind::kFk4NoETerms;
    frame.epoch_ = besselian;
    if (besselian != 1950.0) frame.from_b1950_ = PrecessionFromB1950(besselian);
    frame.name_ = Format("{} B{:g}", radesys, besselian);
    return frame;
  }
  throw Error(ErrorKind::kBadInput,
              Format("RADESYS = '{}' is not a frame this program knows (ICRS, "
                     "FK5, FK4, FK4-NO-E)",
                     radesys));
}

std::optional<Frame> Frame::OfHips(std::string_view name) {
  constexpr double kNoEquinox = std::numeric_limits<double>::quiet_NaN();
  if (name == "equatorial") return Of("RA", "ICRS", kNoEquinox);
  if (name == "galactic") return Of("GLON", "", kNoEquinox);
  if (name == "ecliptic") return Of("ELON", "", kNoEquinox);
  return std::nullopt;
}

// The E-terms keep their direction in space, so they turn with the equinox;
// what they change by within a century is below 3 mas.
Direction Frame::FromIcrs(const Direction& icrs) const {
  if (kind_ == FrameKind::kRotation) return Rotate(from_icrs_, icrs);
  const Direction rigid =
      Rotate(from_b1950_, RemoveETerms(Fk4FromIcrs(icrs, epoch_), kETerms));
  return kind_ == FrameKind::kFk4
             ? AddETerms(rigid, Rotate(from_b1950_, kETerms))
             : rigid;
}

Direction Frame::ToIcrs(const Direction& native) const {
  if (kind_ == FrameKind::kRotation)
    return Rotate(Transposed(from_icrs_), native);
  const Direction rigid =
      kind_ == FrameKind::kFk4
          ? RemoveETerms(native, Rotate(from_b1950_, kETerms))
          : native;
  return IcrsFromFk4(AddETerms(Rotate(Transposed(from_b1950_), rigid), kETerms),
                     epoch_);
}

}  // namespace hips
