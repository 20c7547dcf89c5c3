// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulate/plan.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/error.h"
#include "base/format.h"
#include "base/portable_math.h"
#include "simulate/layout.h"
#include "wcs/frame.h"

namespace hips {
namespace {

constexpr double kLn2 = std::numbers::ln2;
constexpr int kMostFields = 100'000;
// Farther out the plane stretches shapes by more than a quarter.
constexpr double kFarthestField = 1.28;

struct FrameWords {
  const char* lon_axis;
  const char* lat_axis;
  const char* radesys;
  double equinox;  ///< NaN: no card
};

FrameWords WordsOf(SimulateFrame frame) {
  switch (frame) {
    case SimulateFrame::kFk5:
      return {"RA---", "DEC--", "FK5", 2000.0};
    case SimulateFrame::kFk4:
      return {"RA---", "DEC--", "FK4", 1950.0};
    case SimulateFrame::kGalactic:
      return {"GLON-", "GLAT-", "", std::numeric_limits<double>::quiet_NaN()};
    case SimulateFrame::kIcrs:
      break;
  }
  return {"RA---", "DEC--", "ICRS", 2000.0};
}

Frame FrameOfImage(SimulateFrame frame) {
  const FrameWords words = WordsOf(frame);
  const std::string axis(words.lon_axis);
  return Frame::Of(axis.substr(0, axis.find('-')), words.radesys,
                   words.equinox);
}

// Projections whose reference point is their native pole; LONPOLE is 180 deg
// for these, also where the default at the celestial pole would be 0.
bool IsZenithal(const std::string& projection) {
  static constexpr std::array kZenithal{"SIN", "TAN", "ARC",
                                        "STG", "ZEA", "NCP"};
  return std::ranges::find(kZenithal, projection) != kZenithal.end();
}

bool IsConic(const std::string& projection) {
  static constexpr std::array kConic{"COP", "COE", "COD", "COO", "BON"};
  return std::ranges::find(kConic, projection) != kConic.end();
}

void CheckProjection(const std::string& projection) {
  static constexpr std::array kOther{"CAR", "CEA", "MER", "SFL",
                                     "PAR", "MOL", "AIT", "HPX"};
  if (!IsZenithal(projection) && !IsConic(projection) &&
      std::ranges::find(kOther, projection) == kOther.end())
    throw Error(ErrorKind::kUsage,
                Format("projection '{}' cannot be simulated: use SIN, TAN, "
                       "ARC, STG, ZEA, NCP, CAR, CEA, MER, SFL, PAR, MOL, "
                       "AIT, COP, COE, COD, COO, BON or HPX",
                       projection));
}

void CheckOptions(const SimulateOptions& options) {
  CheckProjection(options.projection);
  if (options.fields < 0 || options.fields > kMostFields)
    throw Error(ErrorKind::kUsage,
                Format("{} fields: use 1 to {}", options.fields, kMostFields));
  if (options.bitpix != -32 && options.bitpix != -64 && options.bitpix != 16)
    throw Error(ErrorKind::kUsage,
                Format("bitpix {}: use -32, -64 or 16", options.bitpix));
  const bool four = options.axes == SimulateAxes::kFour ||
                    options.axes == SimulateAxes::kMixed;
  if (options.bitpix == 16 && four)
    throw Error(ErrorKind::kUsage,
                "bitpix 16 is written with 2 axes only; leave out the axes");
  if (!options.centre) return;
  if (!std::isfinite(options.centre->lon_deg) ||
      !(std::abs(options.centre->lat_deg) <= 90.0))
    throw Error(ErrorKind::kUsage,
                "the centre must be RA,DEC in degrees, DEC from -90 to 90");
}

Direction CentreOf(const SimulateOptions& options, double ra_deg,
                   double dec_deg) {
  const LonLatDeg centre = options.centre.value_or(LonLatDeg{ra_deg, dec_deg});
  return FromLonLatDeg(centre.lon_deg, centre.lat_deg);
}

std::size_t Row(SimulateSize size) { return static_cast<std::size_t>(size); }

// Fields in a near-square of `count`, in rows.
Grid SquareGrid(int count) {
  const int columns =
      static_cast<int>(std::ceil(std::sqrt(static_cast<double>(count))));
  return {columns, (count + columns - 1) / columns};
}

// The first `count` points as fields, ICRS centres only.
void LayOut(const std::vector<LayoutPoint>& points, int count,
            SurveyPlan& plan) {
  const SkyPlane plane = plan.plane();
  for (int number = 0; number < count; ++number) {
    const LayoutPoint& point = points[static_cast<std::size_t>(number)];
    if (std::hypot(point.place.u, point.place.v) > kFarthestField)
      throw Error(ErrorKind::kUsage,
                  Format("{} {} mosaics of this size reach too far around "
                         "the sky; use fewer fields or a smaller size",
                         count, plan.name));
    Field field;
    field.number = number;
    field.column = point.column;
    field.row = point.row;
    field.centre = plane.ToSky(point.place);
    plan.fields.push_back(field);
  }
}

void SetLotss(const SimulateOptions& options, SurveyPlan& plan) {
  static constexpr std::array kSide{252, 1000, 5000, 8938};
  static constexpr std::array kGrid{2, 2, 3, 3};
  plan.channel = 1;
  plan.telescope = "LOFAR";
  plan.centre = CentreOf(options, 183.16448, 49.74803);
  plan.side = kSide[Row(options.size)];
  plan.pixel_deg = 1.5 / 3600.0;
  plan.beam = {6.0 * kArcsec, 6.0 * kArcsec, 0.0};
  plan.sigma = 83e-6;
  // The real ratio of mosaic size to spacing: 8938 px = 3.72 deg over 2.58
  // deg; the station beam is as much wider than the spacing.
  plan.spacing = plan.side * plan.pixel() / 1.45;
  plan.primary_beam = 1.53 * plan.spacing;
  plan.outline = OutlineKind::kRagged;
  // 4.4 million sources over 5634 square degrees (LoTSS DR2).
  plan.counts = {780.0, 4e-4, 1.5e-4, 10.0, 1.7, 0.25, 0.07};
  plan.frequency_hz = 143.65e6;
  plan.bandwidth_hz = 48e6;
  const int side = kGrid[Row(options.size)];
  const int count = options.fields > 0 ? options.fields : side * side;
  LayOut(HexagonalGrid(SquareGrid(count), plan.spacing), count, plan);
}

void SetTgss(const SimulateOptions& options, SurveyPlan& plan) {
  static constexpr std::array kSide{252, 1000, 1500, 2903};
  static constexpr std::array<Grid, 4> kGrid{{{2, 1}, {2, 1}, {3, 2}, {3, 3}}};
  plan.channel = 2;
  plan.telescope = "GMRT";
  // RA 0 inside, and the rim of the HEALPix polar cap (dec 41.81).
  plan.centre = CentreOf(options, 0.4, 41.2);
  plan.side = kSide[Row(options.size)];
  plan.pixel_deg = 6.2 / 3600.0;
  plan.beam = {25.0 * kArcsec, 25.0 * kArcsec, 0.0};
  plan.sigma = 3.5e-3;
  plan.spacing = plan.side * plan.pixel() / 1.9;
  plan.outline = OutlineKind::kFull;
  // 0.62 million sources over 36900 square degrees (TGSS ADR1); small images
  // get more, so that there is something to see.
  const bool crowded = options.size <= SimulateSize::kSmall;
  plan.counts = {crowded ? 136.0 : 17.0, 24.5e-3, 6e-3, 50.0, 1.9, 0.25, 0.07};
  plan.frequency_hz = 147.5e6;
  plan.bandwidth_hz = 16.7e6;
  Grid grid = kGrid[Row(options.size)];
  if (options.fields > 0) grid = SquareGrid(options.fields);
  const int count =
      options.fields > 0 ? options.fields : grid.columns * grid.rows;
  LayOut(HexagonalGrid(grid, plan.spacing), count, plan);
}

void SetApertif(const SimulateOptions& options, SurveyPlan& plan) {
  static constexpr std::array kSide{200, 800, 1024, 2049};
  plan.channel = 3;
  plan.telescope = "WSRT";
  plan.centre = CentreOf(options, 212.0, 53.0);
  plan.side = kSide[Row(options.size)];
  plan.pixel_deg = 4.0 / 3600.0;
  // The array lies east-west: the beam grows to the south, without bound
  // towards the equator, where nobody observes with it.
  const double foreshortening = std::max(0.25, std::abs(plan.centre.z));
  plan.beam = {11.6 * kArcsec / foreshortening, 11.6 * kArcsec, 0.0};
  plan.sigma = 41e-6;
  const double shrink = options.size == SimulateSize::kTiny ? 0.25 : 1.0;
  plan.spacing = 0.46 * kDegree * shrink;
  plan.primary_beam = 0.58 * kDegree * shrink;
  plan.primary_cut = 0.25;
  plan.outline = OutlineKind::kPrimaryBeam;
  plan.counts = {120.0, 3e-4, 1.2e-4, 2.0, 1.8, 0.25, 0.07};
  plan.frequency_hz = 1361.25e6;
  plan.bandwidth_hz = 137.5e6;
  const bool few = options.size <= SimulateSize::kSmall;
  const int count = options.fields > 0 ? options.fields : few ? 7 : 40;
  LayOut(CompoundBeams(count, plan.spacing), count, plan);
}

int AxesOf(const SimulateOptions& options, const SurveyPlan& plan, int number) {
  switch (options.axes) {
    case SimulateAxes::kTwo:
      return 2;
    case SimulateAxes::kFour:
      return 4;
    case SimulateAxes::kMixed:
      return number % 2 == 0 ? 2 : 4;
    case SimulateAxes::kSurvey:
      break;
  }
  return plan.name == "lotss" || options.bitpix == 16 ? 2 : 4;
}

// As the surveys name their files; LoTSS names get a number, since small
// fields would share them.
std::string FileName(const SurveyPlan& plan, const Field& field) {
  if (plan.name == "lotss") {
    const LonLatDeg centre = ToLonLatDeg(field.centre);
    return Format("P{:03}{:+03}_{:02}-mosaic.fits",
                  std::lround(centre.lon_deg) % 360,
                  std::lround(centre.lat_deg), field.number);
  }
  if (plan.name == "tgss")
    return Format("R{:02}D{:02}_5x5.MOSAIC.FITS", field.column + 1,
                  field.row + 1);
  return Format("{}/{:02}/image_mf_02.fits", 190807041 + field.row,
                field.column);
}

// Field centres get round numbers, as real ones have, in the image's frame.
void PlaceField(const Direction& wanted, const Frame& frame, Field& field) {
  LonLatDeg crval = ToLonLatDeg(frame.FromIcrs(wanted));
  crval.lon_deg = std::round(crval.lon_deg * 1e6) / 1e6;
  crval.lat_deg = std::round(crval.lat_deg * 1e6) / 1e6;
  if (crval.lon_deg >= 360.0) crval.lon_deg -= 360.0;
  field.crval = crval;
  field.centre = frame.ToIcrs(FromLonLatDeg(crval.lon_deg, crval.lat_deg));
}

void FinishFields(const SimulateOptions& options, SurveyPlan& plan) {
  const Frame frame = FrameOfImage(options.frame);
  for (Field& field : plan.fields) {
    PlaceField(field.centre, frame, field);
    field.axes = AxesOf(options, plan, field.number);
    field.file = FileName(plan, field);
  }
}

void SetCelestialAxes(const SurveyPlan& plan, const Field& field,
                      Header& header) {
  const FrameWords words = WordsOf(plan.frame);
  const int central_pixel = plan.side / 2 + 1;
  const double reference = central_pixel;
  header.Set("WCSAXES", field.axes);
  header.Set("CTYPE1", words.lon_axis + plan.projection);
  header.Set("CRPIX1", reference);
  header.Set("CRVAL1", field.crval.lon_deg);
  header.Set("CDELT1", -plan.pixel_deg);
  header.Set("CUNIT1", "deg");
  header.Set("CTYPE2", words.lat_axis + plan.projection);
  header.Set("CRPIX2", reference);
  header.Set("CRVAL2", field.crval.lat_deg);
  header.Set("CDELT2", plan.pixel_deg);
  header.Set("CUNIT2", "deg");
  if (IsZenithal(plan.projection)) header.Set("LONPOLE", 180.0);
  // Standard parallels on both sides of 45 degrees fall together there.
  if (IsConic(plan.projection)) header.Set("PV2_1", 45.0);
}

void SetOtherAxes(const SurveyPlan& plan, Header& header) {
  header.Set("CTYPE3", "FREQ");
  header.Set("CRPIX3", 1.0);
  header.Set("CRVAL3", plan.frequency_hz);
  header.Set("CDELT3", plan.bandwidth_hz);
  header.Set("CUNIT3", "Hz");
  header.Set("CTYPE4", "STOKES");
  header.Set("CRPIX4", 1.0);
  header.Set("CRVAL4", 1.0);
  header.Set("CDELT4", 1.0);
  header.Set("CUNIT4", "");
}

// Position angle of the celestial north at the field's centre against its
// columns: BPA counts from there, and the beam is drawn against the north.
double NorthAngle(const Field& field, const Wcs& wcs) {
  const LocalAxes axes = LocalAxesAt(field.centre);
  constexpr double kStep = kArcsec;
  const std::array ends{field.centre,
                        Normalized({field.centre.x + kStep * axes.north.x,
                                    field.centre.y + kStep * axes.north.y,
                                    field.centre.z + kStep * axes.north.z})};
  std::array<double, 2> x{};
  std::array<double, 2> y{};
  wcs.ToPixels(ends, x, y);
  return RoundTo(std::atan2(x[0] - x[1], y[1] - y[0]), 0x1p-20);
}

}  // namespace

double SurveyPlan::noise_step() const {
  constexpr double kStepsPerSigma = 1.6;
  const double narrow = beam.minor / std::sqrt(8.0 * kLn2);
  return std::min(pixel(), narrow / kStepsPerSigma);
}

SurveyPlan PlanSurvey(const std::string& name, const SimulateOptions& options) {
  CheckOptions(options);
  SurveyPlan plan;
  plan.name = name;
  plan.seed = options.seed;
  plan.frame = options.frame;
  plan.projection = options.projection;
  if (name == "lotss")
    SetLotss(options, plan);
  else if (name == "tgss")
    SetTgss(options, plan);
  else if (name == "apertif")
    SetApertif(options, plan);
  else
    throw Error(
        ErrorKind::kUsage,
        Format("no survey '{}' to simulate: lotss, tgss or apertif", name));
  FinishFields(options, plan);
  return plan;
}

FieldFrame FrameOf(const SurveyPlan& plan, const Field& field) {
  const FrameWords words = WordsOf(plan.frame);
  Header header;
  SetCelestialAxes(plan, field, header);
  if (field.axes == 4) SetOtherAxes(plan, header);
  if (*words.radesys != '\0') header.Set("RADESYS", words.radesys);
  if (std::isfinite(words.equinox)) header.Set("EQUINOX", words.equinox);
  Wcs wcs = Wcs::FromCards(header.Block(), 0, 1, plan.side, plan.side);

  double beam_angle = plan.beam.angle;
  // The last digits of a frame's rotation are no part of a beam.
  if (plan.beam.major > plan.beam.minor && plan.frame != SimulateFrame::kIcrs)
    beam_angle += NorthAngle(field, wcs);
  header.Set("BMAJ", plan.beam.major / kDegree);
  header.Set("BMIN", plan.beam.minor / kDegree);
  header.Set("BPA", beam_angle / kDegree);
  header.Set("RESTFRQ", plan.frequency_hz);
  header.Set("TELESCOP", plan.telescope);
  header.Set("OBJECT", field.file.substr(0, field.file.find_first_of("_/")));
  header.Set("ORIGIN", "hipsgen simulate");
  return {std::move(header), std::move(wcs)};
}

double LogInverseVariance(const SurveyPlan& plan, const Field& field,
                          const Direction& direction) {
  if (plan.primary_beam == 0.0) return 0.0;
  // Gaussian beams: log of the squared gain = -8 ln 2 (r / FWHM)^2.
  const auto log_gain = [&](const Field& pointing) {
    const double x = direction.x - pointing.centre.x;
    const double y = direction.y - pointing.centre.y;
    const double z = direction.z - pointing.centre.z;
    return -8.0 * kLn2 * (x * x + y * y + z * z) /
           (plan.primary_beam * plan.primary_beam);
  };
  const double own = log_gain(field);
  if (plan.outline == OutlineKind::kPrimaryBeam) return own;
  double highest = own;
  for (const Field& pointing : plan.fields)
    highest = std::max(highest, log_gain(pointing));
  // Pointings that add less than 2e-16 to the sum are left out.
  constexpr double kNegligible = -36.0;
  double sum = 0.0;
  for (const Field& pointing : plan.fields) {
    const double log = log_gain(pointing) - highest;
    if (log > kNegligible) sum += PortableExp(log);
  }
  return highest + PortableLog(sum);
}

}  // namespace hips
