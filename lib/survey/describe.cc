// SPDX-License-Identifier: GPL-3.0-or-later
#include "survey/describe.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <limits>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/text.h"
#include "survey/radio_header.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

// Thrown and caught in this file only: a reason travels up from a choice deep
// inside to the file it is about.
struct Unusable {
  std::string reason;
};

std::string AxesText(const Hdu& hdu) {
  std::string text;
  for (const std::int64_t axis : hdu.axes)
    text += (text.empty() ? "" : " x ") + std::to_string(axis);
  return text;
}

std::vector<std::string> Ctypes(const Hdu& hdu) {
  std::vector<std::string> ctypes;
  for (std::size_t i = 1; i <= hdu.axes.size(); ++i)
    ctypes.emplace_back(
        Trim(hdu.header.Text(Format("CTYPE{}", i)).value_or("")));
  return ctypes;
}

std::string Quoted(const std::vector<std::string>& ctypes) {
  std::string text;
  for (const std::string& ctype : ctypes)
    text += (text.empty() ? "'" : ", '") + ctype + "'";
  return text;
}

// Frames of the Sun and of planets and moons look like celestial ones.
std::optional<std::string> BodyFrame(const std::vector<std::string>& ctypes) {
  static constexpr std::array<std::string_view, 6> kSolar = {
      "HPLN", "HPLT", "HGLN", "HGLT", "CRLN", "CRLT"};
  for (const std::string& ctype : ctypes) {
    const std::string name = Upper(ctype.substr(0, 4));
    if (std::ranges::find(kSolar, name) != kSolar.end()) return "the Sun";
    if (name.ends_with("LN") && name[0] != 'G' && name[0] != 'E')
      return "a planet or moon";
  }
  return std::nullopt;
}

// What keeps an HDU from being gridded, or nothing. The axes' other
// properties are looked at when it is chosen.
std::optional<std::string> WhyNotImage(const Hdu& hdu) {
  if (hdu.kind == HduKind::kRandomGroups)
    return "it holds random groups (visibilities); make an image of them first";
  if (hdu.kind == HduKind::kTable) return "it is a table, not an image";
  if (hdu.axes.empty()) return "it has no pixels";
  if (PixelCount(hdu) == 0)
    return Format("its image of {} pixels is empty; leave the file out",
                  AxesText(hdu));
  if (hdu.axes.size() < 2) return "its image has one axis only";
  const std::vector<std::string> ctypes = Ctypes(hdu);
  if (const std::optional<std::string> body = BodyFrame(ctypes))
    return Format("its axes {} are coordinates on {}, not on the sky",
                  Quoted(ctypes), *body);
  if (!FindCelestialAxes(ctypes))
    return Format(
        "it has no celestial coordinates (CTYPE {}); add a WCS or "
        "leave the file out",
        Quoted(ctypes));
  return std::nullopt;
}

// The reason of the HDU that comes closest to an image: one with axes, else
// one with anything but a table.
std::string BestReason(const std::vector<Hdu>& hdus) {
  for (const bool with_axes : {true, false})
    for (const Hdu& hdu : hdus)
      if (hdu.kind != HduKind::kTable && hdu.axes.empty() != with_axes &&
          (with_axes || hdu.kind == HduKind::kRandomGroups))
        return Format("HDU {}: {}", hdu.index, *WhyNotImage(hdu));
  return "no HDU holds an image";
}

const Hdu& FirstImage(const std::vector<Hdu>& hdus) {
  for (const Hdu& hdu : hdus)
    if (!WhyNotImage(hdu)) return hdu;
  throw Unusable{BestReason(hdus)};
}

const Hdu& NamedHdu(const std::vector<Hdu>& hdus, const std::string& name) {
  const std::optional<std::int64_t> number = ParseInteger(name);
  const auto found = std::ranges::find_if(hdus, [&](const Hdu& hdu) {
    return number ? hdu.index == *number
                  : Upper(Trim(hdu.name)) == Upper(Trim(name));
  });
  if (found == hdus.end())
    throw Unusable{Format("it has no HDU {} (input.hdu); it has {}", name,
                          hdus.size() == 1
                              ? "HDU 0 only"
                              : Format("HDUs 0 to {}", hdus.size() - 1))};
  if (const std::optional<std::string> reason = WhyNotImage(*found))
    throw Unusable{Format("HDU {}: {}", found->index, *reason)};
  return *found;
}

const Hdu& ChooseHdu(const std::vector<Hdu>& hdus, const std::string& wanted) {
  return Lower(wanted) == "auto" ? FirstImage(hdus) : NamedHdu(hdus, wanted);
}

// The codes on a Stokes axis, as far as they are whole numbers.
std::vector<std::int64_t> StokesPlanes(const PlaneAxis& axis,
                                       std::int64_t length) {
  constexpr std::int64_t kMostPlanes = 64;
  std::vector<std::int64_t> codes;
  for (std::int64_t i = 0; i < std::min(length, kMostPlanes); ++i) {
    const double value = std::round(axis.ValueAt(i));
    codes.push_back(std::abs(value) < 1e9 ? static_cast<std::int64_t>(value)
                                          : 0);
  }
  return codes;
}

std::string StokesTexts(const std::vector<std::int64_t>& codes) {
  std::string text;
  for (const std::int64_t code : codes)
    text += (text.empty() ? "" : ", ") + StokesText(code);
  return text;
}

bool IsStandardStokes(std::int64_t code) {
  return (code >= 1 && code <= 4) || (code <= -1 && code >= -8);
}

std::int64_t StokesIndex(const PlaneAxis& axis, std::int64_t length,
                         const std::string& wanted) {
  const std::vector<std::int64_t> planes = StokesPlanes(axis, length);
  if (wanted.empty()) {
    if (length == 1) return 0;
    throw Error(ErrorKind::kUsage,
                Format("axis {} ({}) has {} planes ({}); choose one with "
                       "input.stokes",
                       axis.axis + 1, axis.ctype, length, StokesTexts(planes)));
  }
  // A single plane without a proper code is taken for the one wanted.
  if (length == 1 && !IsStandardStokes(planes[0])) return 0;
  const auto found = std::ranges::find(planes, *StokesCode(wanted));
  if (found == planes.end())
    throw Unusable{
        Format("it has no plane {} (input.stokes); axis {} ({}) has "
               "{}",
               wanted, axis.axis + 1, axis.ctype, StokesTexts(planes))};
  return found - planes.begin();
}

std::int64_t ChannelIndex(const PlaneAxis& axis, std::int64_t length,
                          std::int64_t channel) {
  if (length == 1) return 0;
  if (channel == 0)
    throw Error(
        ErrorKind::kUsage,
        Format("axis {} ({}) has {} planes; choose one with "
               "input.channel, 1 to {}",
               axis.axis + 1, axis.ctype.empty() ? "no CTYPE" : axis.ctype,
               length, length));
  if (channel > length)
    throw Unusable{
        Format("it has no plane {} (input.channel); axis {} ({}) "
               "has {}",
               channel, axis.axis + 1, axis.ctype, length)};
  return channel - 1;
}

PlaneSelection SelectPlane(const Hdu& hdu, const CelestialAxes& celestial,
                           const InputOptions& options) {
  PlaneSelection selection{std::min(celestial.lon, celestial.lat),
                           std::max(celestial.lon, celestial.lat),
                           std::vector<std::int64_t>(hdu.axes.size(), 0)};
  std::optional<PlaneAxis> by_channel;
  bool has_stokes = false;
  for (std::size_t i = 0; i < hdu.axes.size(); ++i) {
    const int axis = static_cast<int>(i);
    if (axis == celestial.lon || axis == celestial.lat) continue;
    const std::int64_t length = hdu.axes[i];
    const PlaneAxis plane = AxisOf(hdu.header, axis);
    if (IsStokesAxis(plane)) {
      has_stokes = true;
      selection.index[i] = StokesIndex(plane, length, options.stokes);
      continue;
    }
    if (length > 1 && by_channel)
      throw Unusable{Format(
          "axes {} ({}) and {} ({}) are both longer than "
          "one; cut out one plane first",
          by_channel->axis + 1, by_channel->ctype, axis + 1, plane.ctype)};
    if (length > 1) by_channel = plane;
    selection.index[i] = ChannelIndex(plane, length, options.channel);
  }
  // What has no such axis is one plane, of intensity.
  if (options.plane_may_lack) return selection;
  if (!has_stokes && !options.stokes.empty() && options.stokes != "I")
    throw Unusable{
        Format("it has no plane {} (input.stokes): it has no STOKES "
               "axis",
               options.stokes)};
  if (!by_channel && options.channel > 1)
    throw Unusable{
        Format("it has no plane {} (input.channel): no axis of it "
               "but those of the sky is longer than one",
               options.channel)};
  return selection;
}

int Side(const Hdu& hdu, int axis) {
  const std::int64_t length = hdu.axes[static_cast<std::size_t>(axis)];
  if (length > std::numeric_limits<int>::max() / 2)
    throw Unusable{
        Format("its image of {} pixels is too large", AxesText(hdu))};
  return static_cast<int>(length);
}

std::string Cards(const Header& header) {
  std::string cards;
  for (const std::string& card : header.cards()) cards += card;
  return cards;
}

ImageChoice Choose(const fs::path& path, const InputOptions& options) {
  const std::vector<Hdu> hdus = ReadHdus(path);
  const Hdu& hdu = ChooseHdu(hdus, options.hdu);
  if (hdu.missing_bytes > 0)
    throw Unusable{Format(
        "HDU {}: truncated, {} of its data are missing; "
        "fetch the file again",
        hdu.index, BytesText(static_cast<std::uint64_t>(hdu.missing_bytes)))};
  const CelestialAxes axes = *FindCelestialAxes(Ctypes(hdu));
  PlaneSelection selection = SelectPlane(hdu, axes, options);
  Wcs wcs = Wcs::FromCards(Cards(hdu.header), selection.column_axis,
                           selection.row_axis, Side(hdu, selection.column_axis),
                           Side(hdu, selection.row_axis));
  return {hdu, hdus.front().header, std::move(selection), std::move(wcs)};
}

// The reader names the file in its errors; whoever prints the reason does so
// too.
std::string WithoutPath(const std::string& message, const fs::path& path) {
  const std::string name = path.string();
  if (!message.starts_with(name)) return message;
  std::string_view rest = std::string_view(message).substr(name.size());
  if (rest.starts_with(": ")) return std::string(rest.substr(2));
  const std::size_t end = rest.find(']');
  if (!rest.starts_with('[') || end == std::string_view::npos) return message;
  return Format("HDU {}{}", rest.substr(1, end - 1), rest.substr(end + 1));
}

std::string OneLine(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return text;
}

NoImage ReasonOf(const Error& error, const fs::path& path) {
  return {OneLine(WithoutPath(error.what(), path))};
}

// What HDU 0 says of the whole file counts where the image's own header is
// silent: extensions often carry the geometry only.
void Describe(Input& input, const Header& primary) {
  const Header& own = input.hdu.header;
  input.unit = std::string(Trim(own.Text("BUNIT").value_or("")));
  for (const Header* header : {&own, &primary}) {
    if (input.object.empty())
      input.object = std::string(Trim(header->Text("OBJECT").value_or("")));
    if (!input.beam) input.beam = BeamOf(*header);
    if (!input.mjd) input.mjd = MjdOf(*header);
    if (input.frequency_hz) continue;
    if (const auto frequency = FrequencyOf(*header, input.selection.index)) {
      input.frequency_hz = frequency->hz;
      input.bandwidth_hz = frequency->bandwidth_hz;
    }
  }
}

}  // namespace

std::variant<ImageChoice, NoImage> ChooseImage(const fs::path& path,
                                               const InputOptions& options) {
  try {
    return Choose(path, options);
  } catch (const Unusable& unusable) {
    return NoImage{unusable.reason};
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kUsage) throw;
    return ReasonOf(error, path);
  }
}

std::variant<Input, NoImage> DescribeInput(const fs::path& path,
                                           const InputOptions& options) {
  auto chosen = ChooseImage(path, options);
  if (NoImage* none = std::get_if<NoImage>(&chosen)) return std::move(*none);
  ImageChoice& choice = std::get<ImageChoice>(chosen);
  try {
    Footprint footprint = FootprintOf(choice.wcs);
    choice.wcs.PixelScale();  // throws when no part has a size on the sky
    Input input{.name = {},
                .path = path,
                .hdu = std::move(choice.hdu),
                .selection = std::move(choice.selection),
                .wcs = std::move(choice.wcs),
                .footprint = std::move(footprint)};
    input.width = input.wcs.width();
    input.height = input.wcs.height();
    Describe(input, choice.primary);
    input.identity = IdentityOf(path, input.hdu.header, options.hash_data);
    return input;
  } catch (const Error& error) {
    return ReasonOf(error, path);
  }
}

InputIdentity IdentityOf(const fs::path& path, const Header& header,
                         bool hash_data) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) throw IoError(path.string(), errno);
  InputIdentity identity;
  identity.size = static_cast<std::uint64_t>(status.st_size);
  identity.mtime_ns = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 +
                      status.st_mtim.tv_nsec;
  identity.header_hash = HashOf(Cards(header)).Text();
  if (hash_data) identity.data_hash = HashOf(MappedFile(path).bytes()).Text();
  return identity;
}

}  // namespace hips
