// SPDX-License-Identifier: GPL-3.0-or-later
#include "wcs/wcs.h"

#include <wcslib/wcs.h>
#include <wcslib/wcsfix.h>
#include <wcslib/wcshdr.h>
#include <wcslib/wcsmath.h>
#include <wcslib/wcsunits.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <mutex>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"
#include "wcs/frame.h"

namespace hips {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
// One call of wcslib works on this many points. Its scratch is most of a Wcs,
// and a survey holds thousands of them.
constexpr std::size_t kBatch = 128;

// A wcsprm that frees itself.
class Parameters {
 public:
  Parameters() {
    prm_.flag = -1;
    if (wcsini(1, 2, &prm_) != 0)
      throw Error(ErrorKind::kIo, "out of memory for a WCS");
  }
  ~Parameters() { wcsfree(&prm_); }
  Parameters(const Parameters&) = delete;
  Parameters& operator=(const Parameters&) = delete;
  wcsprm* get() { return &prm_; }
  const wcsprm* get() const { return &prm_; }

 private:
  wcsprm prm_{};
};

Error BadWcs(const std::string& why) {
  return Error(ErrorKind::kBadInput, "its WCS cannot be used: " + why);
}

// The coordinate type of an axis without its projection: "RA" of "RA---SIN".
std::string AxisName(std::string_view ctype) {
  const std::string upper = Upper(Trim(ctype));
  return upper.substr(0, std::min(upper.find('-'), upper.size()));
}

bool IsLongitude(const std::string& axis) {
  return axis == "RA" || axis == "GLON" || axis == "ELON";
}

std::string LatitudeOf(const std::string& lon_axis) {
  return lon_axis == "RA" ? "DEC" : lon_axis.substr(0, 1) + "LAT";
}

// Distortions by tables in other HDUs, which wcslib does not do; ignoring them
// would put sources at wrong places without a word.
void RefuseLookupTables(std::string_view cards) {
  for (std::size_t at = 0; at + 80 <= cards.size(); at += 80) {
    const std::string_view card = cards.substr(at, 80);
    const std::string keyword(Trim(card.substr(0, 8)));
    const bool distortion = keyword.starts_with("CPDIS") ||
                            keyword.starts_with("CQDIS") ||
                            keyword.starts_with("D2IMDIS");
    if (distortion && Upper(card.substr(8)).find("LOOKUP") != std::string::npos)
      throw BadWcs(
          Format("{} asks for a lookup-table distortion, which is "
                 "not supported; apply it before, or remove the card "
                 "to do without it",
                 keyword));
  }
}

// EQUINOX or EPOCH written as text ('B1950'), which wcslib passes over: half a
// degree of precession would go with it.
double EquinoxAsText(std::string_view cards) {
  for (const char* key : {"EQUINOX = '", "EPOCH   = '"})
    for (std::size_t at = 0; at + 80 <= cards.size(); at += 80) {
      const std::string_view card = cards.substr(at, 80);
      if (!card.starts_with(key)) continue;
      std::string_view text = card.substr(11);
      text = Trim(text.substr(0, text.find('\'')));
      if (text.starts_with('B') || text.starts_with('J')) text.remove_prefix(1);
      if (const auto year = ParseNumber(text)) return *year;
    }
  return kNone;
}

// All coordinate descriptions of a header; freed at the end of its life.
struct ParsedHeader {
  int count = 0;
  wcsprm* list = nullptr;
  ~ParsedHeader() { wcsvfree(&count, &list); }
};

// wcslib's header parser keeps static state in some of its helpers.
void ParseCards(std::string_view cards, ParsedHeader& parsed) {
  static std::mutex parser;
  const std::lock_guard lock(parser);
  std::string text(cards);
  int rejected = 0;
  const int status =
      wcspih(text.data(), static_cast<int>(text.size() / 80), WCSHDR_all, 0,
             &rejected, &parsed.count, &parsed.list);
  if (status != 0) throw BadWcs(wcshdr_errmsg[status]);
  if (parsed.count == 0) throw BadWcs("the header has none");
}

// Both axes of the image, and nothing else, in `plane`.
void TakePlane(wcsprm& header, int column_axis, int row_axis,
               Parameters& plane) {
  if (column_axis >= header.naxis || row_axis >= header.naxis)
    throw BadWcs("it does not describe the image's axes");
  // The other axes may carry types that wcslib refuses; they do not matter.
  for (int axis = 0; axis < header.naxis; ++axis) {
    if (axis == column_axis || axis == row_axis) continue;
    std::memset(header.ctype[axis], 0, sizeof header.ctype[axis]);
    std::memset(header.cunit[axis], 0, sizeof header.cunit[axis]);
  }
  int count = 2;
  int axes[2] = {column_axis + 1, row_axis + 1};
  const int status = wcssub(1, &header, &count, axes, plane.get());
  if (status == 13)
    throw BadWcs("its celestial axes are mixed with another axis");
  if (status != 0) throw BadWcs(wcs_errmsg[status]);
}

// Told here because wcslib forgets to free what it had begun.
void RefuseSingular(const wcsprm& prm) {
  const bool by_cd = (prm.altlin & 1) == 0 && (prm.altlin & 2) != 0;
  const double* m = by_cd ? prm.cd : prm.pc;
  const double scale = by_cd ? 1.0 : prm.cdelt[0] * prm.cdelt[1];
  const double determinant = (m[0] * m[3] - m[1] * m[2]) * scale;
  const double size =
      (std::abs(m[0] * m[3]) + std::abs(m[1] * m[2])) * std::abs(scale);
  constexpr double kRounding = 1e-12;
  if (!(std::abs(determinant) > kRounding * size))
    throw BadWcs("its matrix (CD, PC or CDELT) is singular");
}

// SCAMP writes its distortion as PVi_m, and some pipelines the same one again
// as SIP: with "-SIP" in CTYPE the PVs are not meant for the projection.
void DropScampBesideSip(wcsprm& prm) {
  if (std::string_view(prm.ctype[0]).ends_with("-TAN-SIP")) prm.npv = 0;
}

// wcslib refuses such an axis too, but does not say what is wrong.
void RefuseOtherUnits(const wcsprm& prm) {
  for (int axis = 0; axis < 2; ++axis) {
    const std::string unit(Trim(prm.cunit[axis]));
    double scale = 0.0;
    double offset = 0.0;
    double power = 0.0;
    if (!unit.empty() &&
        wcsunits(unit.c_str(), "deg", &scale, &offset, &power) != 0)
      throw BadWcs(
          Format("CUNIT '{}' of axis '{}' is no unit of angle (deg, arcmin, "
                 "arcsec, mas, rad)",
                 unit, Trim(prm.ctype[axis])));
  }
}

}  // namespace

std::optional<CelestialAxes> FindCelestialAxes(
    std::span<const std::string> ctypes) {
  for (std::size_t lon = 0; lon < ctypes.size(); ++lon) {
    const std::string name = AxisName(ctypes[lon]);
    if (!IsLongitude(name)) continue;
    const std::string wanted = LatitudeOf(name);
    for (std::size_t lat = 0; lat < ctypes.size(); ++lat)
      if (AxisName(ctypes[lat]) == wanted)
        return CelestialAxes{static_cast<int>(lon), static_cast<int>(lat)};
  }
  return std::nullopt;
}

struct Wcs::State {
  State() = default;
  State(const State& other)
      : frame(other.frame),
        projection(other.projection),
        width(other.width),
        height(other.height),
        smooth(other.smooth) {
    const int status = wcssub(1, other.prm.get(), nullptr, nullptr, prm.get());
    if (status != 0) throw BadWcs(wcs_errmsg[status]);
    Set();
  }
  State& operator=(const State&) = delete;

  void Set() {
    const int status = wcsset(prm.get());
    if (status != 0)
      throw BadWcs(std::string(wcs_errmsg[status]) +
                   (status == 3 ? " (CD, PC or CDELT)" : ""));
  }

  // CRVAL 0 with the image half a turn away is the custom for cylindrical
  // maps, and leaves native longitudes beyond 180 degrees: moves the reference
  // to the middle of the image. Bounds are off while wcslib looks at the
  // corners, or it finds them off the map and moves nothing.
  void MoveCylinder() {
    int image_axes[2] = {width, height};
    wcsbchk(prm.get(), 0);
    cylfix(image_axes, prm.get());
    Set();
    wcsbchk(prm.get(), 7);
  }

  std::string ProjectionName() const {
    const std::string code = prm.get()->cel.prj.code;
    const std::string ctype(prm.get()->ctype[0]);
    if (ctype.size() > 9 && ctype[8] == '-') return code + ctype.substr(8);
    const linprm& linear = prm.get()->lin;
    const bool distorted = linear.disseq != nullptr || linear.dispre != nullptr;
    return distorted ? code + " with distortion" : code;
  }

  Parameters prm;
  Frame frame;
  std::string projection;
  int width = 0;
  int height = 0;
  bool smooth = true;

  // Scratch of ToPixels; what makes a Wcs belong to one thread.
  std::array<double, 2 * kBatch> world{};
  std::array<double, kBatch> phi{};
  std::array<double, kBatch> theta{};
  std::array<double, 2 * kBatch> intermediate{};
  std::array<double, 2 * kBatch> pixel{};
  std::array<int, kBatch> stat{};

  // Longitude and latitude of `count` points wait in `world`.
  void WorldToPixel(std::size_t count) {
    const int status =
        wcss2p(prm.get(), static_cast<int>(count), 2, world.data(), phi.data(),
               theta.data(), intermediate.data(), pixel.data(), stat.data());
    if (status == 0 || status == 9) return;
    // Some failures (a distortion that does not converge) end the whole call:
    // every point for itself then.
    for (std::size_t i = 0; i < count; ++i)
      stat[i] = wcss2p(prm.get(), 1, 2, &world[2 * i], &phi[i], &theta[i],
                       &intermediate[2 * i], &pixel[2 * i], &stat[i]);
  }

  // Native longitude of a pixel in degrees, or nothing off the projection.
  std::optional<double> NativeLongitude(double x, double y) {
    return ToNative(x, y) ? std::optional(phi[0]) : std::nullopt;
  }

  bool ToNative(double x, double y) {
    if (!std::isfinite(x) || !std::isfinite(y)) return false;
    pixel[0] = x + 1.0;
    pixel[1] = y + 1.0;
    return wcsp2s(prm.get(), 1, 2, pixel.data(), intermediate.data(),
                  phi.data(), theta.data(), world.data(), stat.data()) == 0 &&
           std::isfinite(world[0]) && std::isfinite(world[1]);
  }

  // Quad cubes and HEALPix have creases anywhere; any projection but the
  // zenithal ones has a seam at native longitude 180 deg.
  bool FindSmooth() {
    static constexpr const char* kCreased[] = {"HPX", "XPH", "TSC", "CSC",
                                               "QSC"};
    const std::string code(prm.get()->cel.prj.code);
    for (const char* creased : kCreased)
      if (code == creased) return false;
    if (prm.get()->cel.prj.category == ZENITHAL) return true;
    constexpr int kSteps = 32;
    constexpr double kNearSeamDeg = 150.0;
    for (int i = 0; i <= kSteps; ++i)
      for (int j = 0; j <= kSteps; ++j) {
        const auto lon = NativeLongitude(-0.5 + width * (i / double{kSteps}),
                                         -0.5 + height * (j / double{kSteps}));
        if (!lon || std::abs(*lon) > kNearSeamDeg) return false;
      }
    return true;
  }
};

Wcs::Wcs() : state_(std::make_unique<State>()) {}
Wcs::~Wcs() = default;
Wcs::Wcs(const Wcs& other) : state_(std::make_unique<State>(*other.state_)) {}
Wcs& Wcs::operator=(const Wcs& other) {
  if (this != &other) state_ = std::make_unique<State>(*other.state_);
  return *this;
}
Wcs::Wcs(Wcs&&) noexcept = default;
Wcs& Wcs::operator=(Wcs&&) noexcept = default;

Wcs Wcs::FromCards(std::string_view cards, int column_axis, int row_axis,
                   int width, int height) {
  RefuseLookupTables(cards);
  ParsedHeader parsed;
  ParseCards(cards, parsed);
  wcsprm& header = parsed.list[0];
  const std::string radesys(header.radesys);
  const double equinox =
      undefined(header.equinox) ? EquinoxAsText(cards) : header.equinox;

  Wcs wcs;
  State& state = *wcs.state_;
  TakePlane(header, column_axis, row_axis, state.prm);
  wcsprm* prm = state.prm.get();
  const std::string ctypes[2] = {prm->ctype[0], prm->ctype[1]};
  const auto axes = FindCelestialAxes(ctypes);
  if (!axes)
    throw BadWcs(Format("axes '{}' and '{}' are no pair of celestial axes",
                        Trim(ctypes[0]), Trim(ctypes[1])));
  state.frame = Frame::Of(AxisName(ctypes[static_cast<std::size_t>(axes->lon)]),
                          radesys, equinox);
  state.width = width;
  state.height = height;
  // Before the fixes: one of them takes a row of zeros for an omitted one.
  RefuseSingular(*prm);
  DropScampBesideSip(*prm);
  int fixed[NWCSFIX];
  wcsfix(7, nullptr, prm, fixed);
  RefuseOtherUnits(*prm);
  state.Set();
  if (prm->lng < 0 || prm->lat < 0 || Trim(prm->cel.prj.code).empty())
    throw BadWcs(Format("'{}' and '{}' have no celestial projection",
                        Trim(ctypes[0]), Trim(ctypes[1])));
  state.MoveCylinder();
  state.projection = state.ProjectionName();
  state.smooth = state.FindSmooth();
  return wcs;
}

void Wcs::ToPixels(std::span<const Direction> directions, std::span<double> x,
                   std::span<double> y) const {
  State& state = *state_;
  const auto lng = static_cast<std::size_t>(state.prm.get()->lng);
  const auto lat = static_cast<std::size_t>(state.prm.get()->lat);
  for (std::size_t start = 0; start < directions.size(); start += kBatch) {
    const std::size_t count = std::min(kBatch, directions.size() - start);
    for (std::size_t i = 0; i < count; ++i) {
      const LonLatDeg place =
          ToLonLatDeg(state.frame.FromIcrs(directions[start + i]));
      state.world[2 * i + lng] = place.lon_deg;
      state.world[2 * i + lat] = place.lat_deg;
    }
    state.WorldToPixel(count);
    for (std::size_t i = 0; i < count; ++i) {
      const bool good = state.stat[i] == 0;
      // FITS counts pixels from 1; this is the only place that knows.
      x[start + i] = good ? state.pixel[2 * i] - 1.0 : kNone;
      y[start + i] = good ? state.pixel[2 * i + 1] - 1.0 : kNone;
    }
  }
}

std::optional<Direction> Wcs::ToSky(double x, double y) const {
  State& state = *state_;
  if (!state.ToNative(x, y)) return std::nullopt;
  const Direction native = FromLonLatDeg(
      state.world[static_cast<std::size_t>(state.prm.get()->lng)],
      state.world[static_cast<std::size_t>(state.prm.get()->lat)]);
  return state.frame.ToIcrs(native);
}

int Wcs::width() const { return state_->width; }
int Wcs::height() const { return state_->height; }

namespace {

// Side of the pixel at (x, y); 0 off the projection.
double SideAt(const Wcs& wcs, double x, double y) {
  const auto east = wcs.ToSky(x + 0.5, y);
  const auto west = wcs.ToSky(x - 0.5, y);
  const auto north = wcs.ToSky(x, y + 0.5);
  const auto south = wcs.ToSky(x, y - 0.5);
  if (!east || !west || !north || !south) return 0.0;
  const Direction dx{east->x - west->x, east->y - west->y, east->z - west->z};
  const Direction dy{north->x - south->x, north->y - south->y,
                     north->z - south->z};
  return std::sqrt(Norm(Cross(dx, dy)));
}

}  // namespace

double Wcs::PixelScale() const {
  double smallest = 0.0;
  const auto look = [&](double fx, double fy) {
    const double side = SideAt(*this, width() * fx - 0.5, height() * fy - 0.5);
    if (side > 0.0 && (smallest == 0.0 || side < smallest)) smallest = side;
  };
  look(0.5, 0.5);
  for (const double fx : {0.25, 0.75})
    for (const double fy : {0.25, 0.75}) look(fx, fy);
  // A map may have its sky elsewhere: around a hole, or in one corner.
  constexpr int kSteps = 32;
  for (int i = 0; smallest == 0.0 && i < kSteps; ++i)
    for (int j = 0; j < kSteps; ++j)
      look((i + 0.5) / kSteps, (j + 0.5) / kSteps);
  if (smallest == 0.0) throw BadWcs("no part of the image lies on the sky");
  return smallest;
}

const std::string& Wcs::projection() const { return state_->projection; }
const std::string& Wcs::frame() const { return state_->frame.name(); }
bool Wcs::IsSmooth() const { return state_->smooth; }

}  // namespace hips
