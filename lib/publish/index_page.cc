// SPDX-License-Identifier: GPL-3.0-or-later
#include "publish/index_page.h"

#include <array>
#include <optional>
#include <string_view>

#include "base/direction.h"
#include "base/format.h"
#include "base/json.h"
#include "base/text.h"
#include "publish/index_template.h"

namespace hips {
namespace {

bool IsWebAddress(std::string_view text) {
  return text.starts_with("https://") || text.starts_with("http://");
}

// A link when the address is one of the web, else the text alone: a property
// must not smuggle a script in.
std::string Link(std::string_view text, std::string_view address) {
  if (!IsWebAddress(address)) return MarkupText(text);
  return Format("<a href=\"{}\">{}</a>", MarkupText(address), MarkupText(text));
}

class Rows {
 public:
  explicit Rows(const Properties& properties) : properties_(properties) {}

  void AddHtml(std::string_view label, std::string_view html) {
    if (!html.empty())
      html_ += Format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n",
                      MarkupText(label), html);
  }
  void AddText(std::string_view label, std::string_view text) {
    AddHtml(label, MarkupText(text));
  }
  /// The value of the key, linked to that of key + "_url".
  void AddKey(std::string_view label, const std::string& key) {
    std::string html;
    for (const std::string& value : properties_.All(key)) {
      if (!html.empty()) html += "<br>";
      const std::string address =
          IsWebAddress(value) ? value : properties_.GetOr(key + "_url", "");
      html += Link(value, address);
    }
    AddHtml(label, html);
  }

  const std::string& html() const { return html_; }

 private:
  const Properties& properties_;
  std::string html_;
};

// "0.81 arcsec"; the unit follows the size.
std::string AngleText(double deg) {
  if (deg >= 1.0) return Format("{:.3g}°", deg);
  if (deg >= 1.0 / 60.0) return Format("{:.3g} arcmin", deg * 60.0);
  return Format("{:.3g} arcsec", deg * 3600.0);
}

std::string FrequencyText(double hz) {
  if (hz >= 1e12) return Format("{:.4g} THz", hz / 1e12);
  if (hz >= 1e9) return Format("{:.4g} GHz", hz / 1e9);
  return Format("{:.4g} MHz", hz / 1e6);
}

std::string SkyText(double fraction) {
  constexpr double kSkyDeg2 = 4.0 * kPi / (kDegree * kDegree);
  const double area = fraction * kSkyDeg2;
  const std::string number =
      area >= 100.0 ? Format("{:.0f}", area) : Format("{:.3g}", area);
  return Format("{} square degrees ({:.3g} % of the sky)", number,
                fraction * 100.0);
}

std::string SpectralText(const Properties& properties) {
  constexpr double kSpeedOfLight = 299792458.0;
  const auto low = properties.Number("em_min");
  const auto high = properties.Number("em_max");
  if (!low || !high || *low <= 0.0 || *high < *low) return "";
  return Format("{} to {} (wavelength {:.4g} to {:.4g} m)",
                FrequencyText(kSpeedOfLight / *high),
                FrequencyText(kSpeedOfLight / *low), *low, *high);
}

// Calendar date of a modified Julian date (Fliegel and Van Flandern 1968).
std::string DateText(double mjd) {
  if (!(mjd > -600000.0) || !(mjd < 2000000.0)) return Format("MJD {}", mjd);
  auto l = static_cast<std::int64_t>(mjd + 2400001.0) + 68569;
  const std::int64_t n = 4 * l / 146097;
  l -= (146097 * n + 3) / 4;
  const std::int64_t i = 4000 * (l + 1) / 1461001;
  l += 31 - 1461 * i / 4;
  const std::int64_t j = 80 * l / 2447;
  const std::int64_t day = l - 2447 * j / 80;
  l = j / 11;
  return Format("{:04}-{:02}-{:02}", 100 * (n - 49) + i + l, j + 2 - 12 * l,
                day);
}

std::string ObservedText(const Properties& properties) {
  const auto first = properties.Number("t_min");
  const auto last = properties.Number("t_max");
  if (!first || !last) return "";
  return Format("{} to {}", DateText(*first), DateText(*last));
}

std::string PropertyRows(const Properties& properties) {
  Rows rows(properties);
  const auto key = [&](const char* name) { return properties.GetOr(name, ""); };
  rows.AddKey("Identifier", "creator_did");
  rows.AddKey("Collection", "obs_collection");
  rows.AddText("Spectrum", SpectralText(properties));
  rows.AddText("Observed", ObservedText(properties));
  if (const auto fraction = properties.Number("moc_sky_fraction"))
    rows.AddText("Coverage", SkyText(*fraction));
  if (const auto scale = properties.Number("hips_pixel_scale"))
    rows.AddText("Pixel of the HiPS", AngleText(*scale));
  if (const auto scale = properties.Number("s_pixel_scale"))
    rows.AddText("Pixel of the data", AngleText(*scale));
  rows.AddKey("Unit of the pixels", "hips_bunit");
  rows.AddText("Tiles", Format("orders {} to {}, {} pixels wide, {}",
                               properties.GetOr("hips_order_min", "0"),
                               key("hips_order"), key("hips_tile_width"),
                               key("hips_tile_format")));
  rows.AddKey("Frame", "hips_frame");
  rows.AddKey("Display range", "hips_pixel_cut");
  rows.AddKey("Resampling", "hips_sampling");
  rows.AddKey("Overlaps", "hips_overlay");
  rows.AddKey("Processing", "hips_processing");
  rows.AddKey("Released", "hips_release_date");
  rows.AddKey("Origin of the data", "prov_progenitor");
  rows.AddKey("Made by", "hips_creator");
  rows.AddKey("Made with", "hips_builder");
  rows.AddKey("Reference", "bib_reference");
  rows.AddKey("Licence", "hips_licence");
  rows.AddKey("Copyright", "obs_copyright");
  rows.AddKey("Copyright of the HiPS", "hips_copyright");
  rows.AddKey("Acknowledgement", "obs_ack");
  return rows.html();
}

std::string Options(std::initializer_list<std::array<std::string_view, 2>> list,
                    std::string_view selected) {
  std::string html;
  for (const auto& [value, label] : list)
    html += Format("<option value=\"{}\"{}>{}</option>", value,
                   value == selected ? " selected" : "", label);
  return html;
}

std::string Control(std::string_view name, std::string_view label,
                    std::string_view options) {
  return Format("<label>{} <select name=\"{}\">{}</select></label>\n", label,
                name, options);
}

std::string Controls(const Properties& properties) {
  std::string formats;
  for (const std::string& format :
       SplitBlank(properties.GetOr("hips_tile_format", "")))
    formats += Format("<option value=\"{}\">{}</option>", MarkupText(format),
                      MarkupText(Upper(format)));
  return Control("format", "Tiles", formats) +
         Control("colours", "Colours",
                 Options({{"", "as published"},
                          {"grayscale", "grey"},
                          {"viridis", "viridis"},
                          {"magma", "magma"},
                          {"inferno", "inferno"},
                          {"cubehelix", "cubehelix"}},
                         "")) +
         Control("stretch", "Stretch (FITS)",
                 Options({{"linear", "linear"},
                          {"log", "log"},
                          {"sqrt", "sqrt"},
                          {"asinh", "asinh"},
                          {"pow2", "pow2"}},
                         properties.GetOr("hips_pixel_function", "linear")));
}

// JSON that can stand inside a script element: no '<' can end it.
std::string Config(const Properties& properties, const std::string& viewer) {
  Json json;
  json["ra"] = properties.Number("hips_initial_ra").value_or(0.0);
  json["dec"] = properties.Number("hips_initial_dec").value_or(0.0);
  json["fov"] = properties.Number("hips_initial_fov").value_or(180.0);
  json["frame"] =
      properties.GetOr("hips_frame", "") == "galactic" ? "GAL" : "ICRS";
  json["viewer"] = viewer;
  std::string result;
  for (const char c :
       json.dump(-1, ' ', false, Json::error_handler_t::replace)) {
    if (c == '<') {
      result += "\\u003c";
    } else {
      result += c;
    }
  }
  return result;
}

std::string FileList(
    const std::vector<std::pair<std::string, std::string>>& files) {
  if (files.empty()) return "";
  std::string html = "<h2>Files</h2>\n<ul>\n";
  for (const auto& [name, meaning] : files)
    html += Format("<li><a href=\"{}\">{}</a>: {}</li>\n", MarkupText(name),
                   MarkupText(name), MarkupText(meaning));
  return html + "</ul>";
}

std::string About(const Properties& properties) {
  const std::string text = properties.GetOr("obs_description", "");
  return text.empty() ? "" : "<p class=\"about\">" + MarkupText(text) + "</p>";
}

std::string Title(const Properties& properties) {
  return properties.GetOr("obs_title", properties.GetOr("creator_did", "HiPS"));
}

std::string Headline(const Properties& properties) {
  return Format("<h1>{}</h1>\n<p class=\"id\">{}</p>",
                MarkupText(Title(properties)),
                MarkupText(properties.GetOr("creator_did", "")));
}

}  // namespace

std::string IndexPage(const Properties& properties,
                      const IndexPageOptions& options) {
  const std::pair<std::string_view, std::string> places[] = {
      {"{{TITLE}}", MarkupText(Title(properties))},
      {"{{HEADLINE}}", Headline(properties)},
      {"{{CONTROLS}}", Controls(properties)},
      {"{{ABOUT}}", About(properties)},
      {"{{ROWS}}", PropertyRows(properties)},
      {"{{FILES}}", FileList(options.files)},
      {"{{CONFIG}}", Config(properties, options.viewer)},
  };
  // One pass from left to right, each place once and in the template's order:
  // what is filled in is never searched again.
  std::string page;
  std::string_view rest = kIndexTemplate;
  for (const auto& [place, text] : places) {
    const std::size_t at = rest.find(place);
    page += rest.substr(0, at);
    page += text;
    rest.remove_prefix(at + place.size());
  }
  page += rest;
  return page;
}

}  // namespace hips
