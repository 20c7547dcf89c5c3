// SPDX-License-Identifier: GPL-3.0-or-later
#include "survey/option_table.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"

namespace hips {
namespace {

using Texts = std::vector<std::string>;

std::string Join(std::span<const std::string> parts,
                 std::string_view separator) {
  std::string joined;
  for (const std::string& part : parts) {
    if (!joined.empty()) joined += separator;
    joined += part;
  }
  return joined;
}

[[noreturn]] void Refuse(const std::string& value, const std::string& allowed) {
  throw Error(ErrorKind::kUsage,
              Format("'{}' is impossible; use {}", value, allowed));
}

// What a value may be: `shown` in the documentation, `sentence` in messages.
// `accept` gives the value in its normal spelling, or nothing.
struct Allowed {
  std::string shown;
  std::string sentence;
  std::function<std::optional<std::string>(const std::string&)> accept;
  Texts words;  // for "did you mean"
};

Allowed Anything(std::string shown) {
  return {std::move(shown),
          "text",
          [](const std::string& value) { return std::optional(value); },
          {}};
}

Allowed NotEmpty(std::string shown, std::string sentence) {
  return {std::move(shown),
          std::move(sentence),
          [](const std::string& value) {
            return Trim(value).empty() ? std::nullopt : std::optional(value);
          },
          {}};
}

std::optional<std::string> WordOf(const Texts& words,
                                  const std::string& value) {
  for (const std::string& word : words)
    if (Lower(word) == Lower(Trim(value))) return word;
  return std::nullopt;
}

Allowed OneOf(const Texts& words) {
  return {Join(words, "|"), "one of " + Join(words, ", "),
          [words](const std::string& value) { return WordOf(words, value); },
          words};
}

// One of the words, or a whole number from low to high.
Allowed OneOfOrInteger(const Texts& words, std::int64_t low,
                       std::int64_t high) {
  return {Format("{}|{}..{}", Join(words, "|"), low, high),
          Format("{} or a whole number {}..{}", Join(words, ", "), low, high),
          [=](const std::string& value) {
            const std::optional<std::int64_t> number = ParseInteger(value);
            if (!number) return WordOf(words, value);
            if (*number < low || *number > high)
              return std::optional<std::string>();
            return std::optional(std::to_string(*number));
          },
          words};
}

Allowed StokesName() {
  const Texts words = {"I",  "Q",  "U",  "V",  "RR", "LL",
                       "RL", "LR", "XX", "YY", "XY", "YX"};
  return {Join(words, "|") + "|CODE",
          Format("one of {} or the code on the axis", Join(words, ", ")),
          [words](const std::string& value) {
            const std::string trimmed(Trim(value));
            if (trimmed.empty() || ParseInteger(trimmed))
              return std::optional(trimmed);
            return WordOf(words, trimmed);
          },
          {}};
}

// A number that satisfies `holds`; whole when `whole`.
Allowed Number(std::string shown, std::string sentence, bool whole,
               std::function<bool(double)> holds) {
  return {std::move(shown),
          std::move(sentence),
          [whole, holds = std::move(holds)](
              const std::string& value) -> std::optional<std::string> {
            const std::optional<double> number = ParseNumber(value);
            if (!number || !std::isfinite(*number) || !holds(*number))
              return std::nullopt;
            if (whole && !ParseInteger(value)) return std::nullopt;
            return value;
          },
          {}};
}

Allowed Whole(std::int64_t low, std::int64_t high) {
  const std::string range = Format("{}..{}", low, high);
  return Number(range, "a whole number " + range, true, [=](double x) {
    return x >= static_cast<double>(low) && x <= static_cast<double>(high);
  });
}

Allowed WholeFrom(std::int64_t low) {
  return Number("N", Format("a whole number, {} or more", low), true,
                [=](double x) { return x >= static_cast<double>(low); });
}

Allowed AnyNumber(std::string shown) {
  return Number(std::move(shown), "a number", false,
                [](double) { return true; });
}

Allowed NumberFrom(std::string shown, double low) {
  return Number(std::move(shown), Format("a number, {} or more", low), false,
                [=](double x) { return x >= low; });
}

Allowed PowerOfTwo(std::int64_t low, std::int64_t high) {
  return Number(Format("{}..{}", low, high),
                Format("a power of two, {}..{}", low, high), true,
                [=](double x) {
                  return x >= static_cast<double>(low) &&
                         x <= static_cast<double>(high) &&
                         std::has_single_bit(static_cast<std::uint64_t>(x));
                });
}

std::string Accepted(const Allowed& allowed, const std::string& value) {
  if (std::optional<std::string> accepted = allowed.accept(value))
    return *std::move(accepted);
  const std::optional<std::string> near = NearMiss(value, allowed.words);
  Refuse(value, near ? Format("{} (did you mean {}?)", allowed.sentence, *near)
                     : allowed.sentence);
}

bool FlagOf(const std::string& value, const std::string& sentence) {
  const std::string word = Lower(Trim(value));
  if (word == "true" || word == "yes" || word == "on") return true;
  if (word == "false" || word == "no" || word == "off") return false;
  Refuse(value, sentence);
}

// How each kind of member is written, read and shown.
OptionType TypeOf(const std::string&) { return OptionType::kText; }
OptionType TypeOf(const Texts&) { return OptionType::kTexts; }
OptionType TypeOf(const bool&) { return OptionType::kFlag; }
OptionType TypeOf(const std::optional<bool>&) {
  return OptionType::kFlagOrAuto;
}
OptionType TypeOf(const int&) { return OptionType::kInteger; }
OptionType TypeOf(const std::int64_t&) { return OptionType::kInteger; }
OptionType TypeOf(const double&) { return OptionType::kNumber; }

Texts ValuesOf(const Texts& value) { return value; }

std::string Shown(const std::string& value) { return value; }
std::string Shown(const Texts& value) { return Join(value, ","); }
std::string Shown(const bool& value) { return value ? "true" : "false"; }
std::string Shown(const std::optional<bool>& value) {
  return value ? Shown(*value) : "auto";
}
std::string Shown(const int& value) { return std::to_string(value); }
std::string Shown(const std::int64_t& value) { return std::to_string(value); }
std::string Shown(const double& value) { return NumberText(value); }

template <typename Member>
Texts ValuesOf(const Member& value) {
  return {Shown(value)};
}

void Assign(std::string& member, const Texts& values, const Allowed& allowed) {
  member = Accepted(allowed, values.empty() ? "" : values.front());
}

void Assign(Texts& member, const Texts& values, const Allowed& allowed) {
  Texts accepted;
  for (const std::string& value : values)
    accepted.push_back(Accepted(allowed, value));
  member = std::move(accepted);
}

void Assign(bool& member, const Texts& values, const Allowed& allowed) {
  member = FlagOf(values.empty() ? "" : values.front(), allowed.sentence);
}

void Assign(std::optional<bool>& member, const Texts& values,
            const Allowed& allowed) {
  if (!values.empty() && Lower(Trim(values.front())) == "auto") {
    member.reset();
    return;
  }
  bool flag = false;
  Assign(flag, values, allowed);
  member = flag;
}

template <typename Integer>
void AssignInteger(Integer& member, const Texts& values,
                   const Allowed& allowed) {
  const std::string value = values.empty() ? "" : values.front();
  const std::optional<std::int64_t> number =
      ParseInteger(Accepted(allowed, value));
  if (!number || !std::in_range<Integer>(*number))
    Refuse(value, allowed.sentence);
  member = static_cast<Integer>(*number);
}

void Assign(int& member, const Texts& values, const Allowed& allowed) {
  AssignInteger(member, values, allowed);
}

void Assign(std::int64_t& member, const Texts& values, const Allowed& allowed) {
  AssignInteger(member, values, allowed);
}

void Assign(double& member, const Texts& values, const Allowed& allowed) {
  const std::string value =
      Accepted(allowed, values.empty() ? "" : values.front());
  member = ParseNumber(value).value();
}

Allowed Flag() { return {"true|false", "true or false", {}, {}}; }
Allowed FlagOrAuto() {
  return {"auto|true|false", "true, false or auto", {}, {}};
}

// Adds the rows of one section; `part` finds the section in the options.
template <typename Section>
class SectionRows {
 public:
  SectionRows(std::vector<OptionRow>& rows, const std::string& name,
              Section& (*part)(BuildOptions&))
      : rows_(rows), prefix_(name.empty() ? "" : name + "."), part_(part) {}

  template <typename Member>
  SectionRows& Add(const std::string& name, Member Section::*member,
                   const Allowed& allowed, std::string help) {
    BuildOptions initial;
    const Member& value = part_(initial).*member;
    OptionRow row;
    row.help = {prefix_ + name, allowed.shown, Shown(value), std::move(help)};
    row.type = TypeOf(value);
    row.set = [member, allowed, part = part_](BuildOptions& options,
                                              const Texts& values) {
      Assign(part(options).*member, values, allowed);
    };
    row.get = [member, part = part_](const BuildOptions& options) {
      BuildOptions copy = options;  // a section is found in what may change
      return ValuesOf(part(copy).*member);
    };
    rows_.push_back(std::move(row));
    return *this;
  }

  // The same, for a text that a survey file may also write as a number.
  SectionRows& AddOrInteger(const std::string& name,
                            std::string Section::*member,
                            const Allowed& allowed, std::string help) {
    Add(name, member, allowed, std::move(help));
    rows_.back().type = OptionType::kTextOrInteger;
    return *this;
  }

 private:
  std::vector<OptionRow>& rows_;
  std::string prefix_;
  Section& (*part_)(BuildOptions&);
};

void AddTop(std::vector<OptionRow>& rows) {
  SectionRows<BuildOptions> top(
      rows, "", [](BuildOptions& o) -> BuildOptions& { return o; });
  top.Add("id", &BuildOptions::id, NotEmpty("AUTH/P/NAME", "AUTH/P/NAME"),
          "Identifier of the HiPS, with or without ivo://.")
      .Add("title", &BuildOptions::title, Anything("TEXT"),
           "Title people see (obs_title); empty: the last part of the id.");
}

void AddInput(std::vector<OptionRow>& rows) {
  const Allowed path = NotEmpty("PATH,...", "paths that are not empty");
  const Allowed pattern = NotEmpty("PATTERN,...", "patterns with * ? [ ]");
  SectionRows<InputOptions> input(
      rows, "input", [](BuildOptions& o) -> InputOptions& { return o.input; });
  input
      .Add("paths", &InputOptions::paths, path,
           "Files, folders (searched in depth), globs (** spans folders) or "
           "@FILE with one path a line.")
      .Add("include", &InputOptions::include, pattern,
           "Names to take when a folder is searched; none: every FITS name.")
      .Add("exclude", &InputOptions::exclude, pattern, "Names to leave out.")
      .AddOrInteger("hdu", &InputOptions::hdu,
                    NotEmpty("auto|N|EXTNAME", "auto, a number or an EXTNAME"),
                    "HDU to read: auto is the first celestial image; a number "
                    "counts from 0, the primary HDU.")
      .AddOrInteger("stokes", &InputOptions::stokes, StokesName(),
                    "Plane of a STOKES axis longer than one, by name or by "
                    "the code on the axis.")
      .Add("channel", &InputOptions::channel, WholeFrom(0),
           "Plane, from 1, of a spectral or other axis longer than one; 0: "
           "none chosen.")
      .Add("strict", &InputOptions::strict, FlagOrAuto(),
           "Stop at an unusable input instead of skipping it; auto: when one "
           "single file was named.")
      .Add("hash_data", &InputOptions::hash_data, Flag(),
           "Know inputs again by their content instead of size and time of "
           "change (reads every file).");
}

void AddPixels(std::vector<OptionRow>& rows) {
  SectionRows<PixelOptions> pixels(
      rows, "pixels",
      [](BuildOptions& o) -> PixelOptions& { return o.pixels; });
  pixels
      .AddOrInteger("order", &PixelOptions::order,
                    OneOfOrInteger({"auto", "lossless-min"}, 0, 20),
                    "Order of the leaf tiles. auto: cells just smaller than "
                    "the finest input pixel; lossless-min: the coarsest order "
                    "that keeps three pixels a beam.")
      .Add("tile_width", &PixelOptions::tile_width, PowerOfTwo(64, 4096),
           "Pixels per tile side, a power of two.")
      .Add("kernel", &PixelOptions::kernel,
           OneOf({"beam", "nearest", "bilinear", "bicubic", "lanczos3"}),
           "Interpolation; beam is matched to the beam of each input.")
      .Add("overlay", &PixelOptions::overlay,
           OneOf({"mean", "first", "last", "sum"}),
           "What overlapping inputs become; mean is weighted.")
      .Add("hierarchy", &PixelOptions::hierarchy, OneOf({"mean", "median"}),
           "How four pixels of the children become one of the parent.")
      .Add("allow_mixed_units", &PixelOptions::allow_mixed_units, Flag(),
           "Build although BUNIT differs among the inputs.")
      .Add("allow_beam_sum", &PixelOptions::allow_beam_sum, Flag(),
           "Let overlay = sum add values per beam, which is no flux density.");
}

void AddWeights(std::vector<OptionRow>& rows) {
  SectionRows<WeightOptions> weights(
      rows, "weights",
      [](BuildOptions& o) -> WeightOptions& { return o.weights; });
  weights
      .Add("kind", &WeightOptions::kind,
           OneOf({"uniform", "taper", "map", "primary-beam"}),
           "Weight of an input where inputs overlap.")
      .Add("pattern", &WeightOptions::pattern, Anything("PATTERN"),
           "map: the file beside each mosaic, relative to its folder; {stem} "
           "is its name without .fits, {name} its name, * ? [ ] as in a "
           "shell.")
      .Add("meaning", &WeightOptions::meaning,
           OneOf({"auto", "weight", "rms", "variance", "primary-beam"}),
           "map: what its pixels are; auto goes by its name and unit.")
      .Add("taper_deg", &WeightOptions::taper_deg, NumberFrom("DEG", 0.0),
           "taper: width of the fall-off at the edge of the valid area; 0: a "
           "tenth of the mosaic.")
      .Add("primary_beam_fwhm_deg", &WeightOptions::primary_beam_fwhm_deg,
           NumberFrom("DEG", 0.0),
           "primary-beam: full width at half maximum of the antenna.")
      .Add("primary_beam_cutoff", &WeightOptions::primary_beam_cutoff,
           Number("0..1", "a number 0..1", false,
                  [](double x) { return x >= 0.0 && x <= 1.0; }),
           "Relative response below which a pixel is blank.");
}

void AddPreview(std::vector<OptionRow>& rows) {
  SectionRows<PreviewOptions> preview(
      rows, "preview",
      [](BuildOptions& o) -> PreviewOptions& { return o.preview; });
  preview
      .Add("cut", &PreviewOptions::cut,
           OneOf({"noise", "percentile", "explicit"}),
           "How black and white are chosen, once for the whole survey.")
      .Add("low", &PreviewOptions::low, AnyNumber("X"),
           "Black; explicit: in pixel units, percentile: percent.")
      .Add("high", &PreviewOptions::high, AnyNumber("X"),
           "White; explicit: in pixel units, percentile: percent.")
      .Add("sigma_low", &PreviewOptions::sigma_low, AnyNumber("X"),
           "noise: black is the median minus this many times the noise.")
      .Add("sigma_high", &PreviewOptions::sigma_high, AnyNumber("X"),
           "noise: white is the median plus this many times the noise.")
      .Add("stretch", &PreviewOptions::stretch,
           OneOf({"linear", "log", "sqrt", "asinh", "pow2"}),
           "Transfer function between black and white.")
      .Add("colormap", &PreviewOptions::colormap,
           OneOf({"grey", "viridis", "magma", "inferno", "plasma", "cubehelix",
                  "heat"}),
           "Colours of PNG and JPEG tiles.")
      .Add("invert", &PreviewOptions::invert, Flag(),
           "Exchange the ends of the colour map.")
      .Add("jpeg_quality", &PreviewOptions::jpeg_quality, Whole(1, 100),
           "Quality of JPEG tiles.")
      .Add("png_effort", &PreviewOptions::png_effort,
           OneOf({"fast", "default", "small"}),
           "Time or size of PNG tiles: default is 8 % smaller than fast and "
           "takes "
           "four times as long, small 15 % smaller and a hundred times.");
}

void AddOutput(std::vector<OptionRow>& rows) {
  SectionRows<OutputOptions> output(
      rows, "output",
      [](BuildOptions& o) -> OutputOptions& { return o.output; });
  output
      .Add("path", &OutputOptions::path, NotEmpty("PATH", "a path"),
           "Folder of the HiPS.")
      .Add("formats", &OutputOptions::formats, OneOf({"fits", "png", "jpeg"}),
           "Tile formats; the first one is offered to clients first.")
      .Add(
          "moc_order", &OutputOptions::moc_order, Whole(-1, 29),
          "Order of Moc.fits; -1: the leaf order; up to 9 deeper tells pixels.")
      .Add("progenitors", &OutputOptions::progenitors, Flag(),
           "Write the index of inputs (HpxFinder).")
      .Add("weight_hips", &OutputOptions::weight_hips, Anything("PATH"),
           "Folder of a second HiPS with the sums of weights; empty: none.")
      .Add("bitpix", &OutputOptions::bitpix, OneOf({"-32", "16", "32"}),
           "Pixels of FITS tiles: float32, or integers scaled by bscale and "
           "bzero.")
      .Add("bscale", &OutputOptions::bscale, AnyNumber("X"),
           "Value of one integer step.")
      .Add("bzero", &OutputOptions::bzero, AnyNumber("X"),
           "Value of the integer 0.")
      .Add("force", &OutputOptions::force, Flag(),
           "Replace the HiPS that is there.")
      .Add("keep_previous", &OutputOptions::keep_previous, Flag(),
           "Keep the release that is replaced, for hipsgen rollback.")
      .Add("cell_order", &OutputOptions::cell_order, Whole(-1, 29),
           "Order of the cells, the unit of work and of restart; -1: chosen "
           "by the plan.");
}

void AddRun(std::vector<OptionRow>& rows) {
  SectionRows<RunOptions> run(
      rows, "run", [](BuildOptions& o) -> RunOptions& { return o.run; });
  run.Add("threads", &RunOptions::threads, Whole(0, 4096),
          "Threads to use; 0: as many as this process may.")
      .Add("memory", &RunOptions::memory,
           NotEmpty("auto|SIZE", "auto or a size like 4G"),
           "Private memory to stay within (512M, 4G); auto: 256M and 32M for "
           "each thread.")
      .Add("scratch", &RunOptions::scratch, Anything("PATH"),
           "Folder for decoded inputs that do not fit the memory; empty: "
           "inside the output.");
}

std::vector<OptionRow> MakeRows() {
  std::vector<OptionRow> rows;
  AddTop(rows);
  AddInput(rows);
  AddPixels(rows);
  AddWeights(rows);
  AddPreview(rows);
  AddOutput(rows);
  AddRun(rows);
  return rows;
}

const std::vector<OptionHelp>& Helps() {
  static const std::vector<OptionHelp> helps = [] {
    std::vector<OptionHelp> made;
    for (const OptionRow& row : OptionRows()) made.push_back(row.help);
    return made;
  }();
  return helps;
}

// The key that has the same last part in another section: "kernel" or
// "output.kernel" for pixels.kernel.
std::optional<std::string> SameLastPart(std::string_view key) {
  const std::string_view last = key.substr(key.rfind('.') + 1);
  for (const OptionRow& row : OptionRows()) {
    const std::string& known = row.help.key;
    if (known.substr(known.rfind('.') + 1) == last) return known;
  }
  return std::nullopt;
}

}  // namespace

std::string_view TypeName(OptionType type) {
  switch (type) {
    case OptionType::kText:
      return "text in quotes";
    case OptionType::kTextOrInteger:
      return "text in quotes or a whole number";
    case OptionType::kTexts:
      return "text in quotes or an array of texts";
    case OptionType::kInteger:
      return "a whole number";
    case OptionType::kNumber:
      return "a number";
    case OptionType::kFlag:
      return "true or false";
    case OptionType::kFlagOrAuto:
      return "true, false or \"auto\"";
  }
  return "";
}

std::span<const OptionRow> OptionRows() {
  static const std::vector<OptionRow> rows = MakeRows();
  return rows;
}

const OptionRow* FindOption(std::string_view key) {
  const std::span<const OptionRow> rows = OptionRows();
  const auto found = std::ranges::find_if(
      rows, [key](const OptionRow& row) { return row.help.key == key; });
  return found == rows.end() ? nullptr : &*found;
}

std::string UnknownKeyMessage(std::string_view key) {
  Texts known;
  for (const OptionRow& row : OptionRows()) known.push_back(row.help.key);
  std::optional<std::string> meant = SameLastPart(key);
  if (!meant) meant = NearMiss(key, known);
  return meant ? Format("unknown key {}; did you mean {}?", key, *meant)
               : Format("unknown key {}", key);
}

std::span<const std::string> OptionSections() {
  static const Texts sections = {"input",  "pixels", "weights", "preview",
                                 "output", "run",    "metadata"};
  return sections;
}

std::span<const OptionHelp> OptionTable() { return Helps(); }

}  // namespace hips
