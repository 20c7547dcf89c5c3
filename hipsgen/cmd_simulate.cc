// SPDX-License-Identifier: GPL-3.0-or-later
// hipsgen simulate OUT: mosaics of a known sky.
#include <CLI/CLI.hpp>
#include <map>
#include <memory>

#include "base/error.h"
#include "base/format.h"
#include "base/json.h"
#include "base/progress.h"
#include "base/text.h"
#include "base/threads.h"
#include "hipsgen/commands.h"
#include "simulate/simulate.h"

namespace hips {
namespace {

// Words of options that choose one of a few.
const std::map<std::string, SimulateSize> kSizes{
    {"tiny", SimulateSize::kTiny},
    {"small", SimulateSize::kSmall},
    {"medium", SimulateSize::kMedium},
    {"large", SimulateSize::kLarge}};
const std::map<std::string, SimulateFrame> kFrames{
    {"icrs", SimulateFrame::kIcrs},
    {"fk5", SimulateFrame::kFk5},
    {"fk4", SimulateFrame::kFk4},
    {"galactic", SimulateFrame::kGalactic}};
const std::map<std::string, SimulateAxes> kAxes{
    {"2", SimulateAxes::kTwo},
    {"4", SimulateAxes::kFour},
    {"mixed", SimulateAxes::kMixed}};
const std::map<std::string, SimulateNoise> kNoises{
    {"shared", SimulateNoise::kShared},
    {"independent", SimulateNoise::kIndependent},
    {"none", SimulateNoise::kNone}};

template <typename Value>
Value Chosen(const std::string& option, const std::string& word,
             const std::map<std::string, Value>& choices) {
  const auto found = choices.find(Lower(word));
  if (found != choices.end()) return found->second;
  std::string known;
  for (const auto& [name, value] : choices)
    known += (known.empty() ? "" : ", ") + name;
  throw Error(ErrorKind::kUsage,
              Format("--{} '{}': use one of {}", option, word, known));
}

LonLatDeg ParseCentre(const std::string& text) {
  const std::vector<std::string> parts = Split(text, ',');
  if (parts.size() == 2) {
    const auto ra = ParseNumber(parts[0]);
    const auto dec = ParseNumber(parts[1]);
    if (ra && dec) return {*ra, *dec};
  }
  throw Error(ErrorKind::kUsage,
              Format("--centre '{}': use RA,DEC in degrees", text));
}

// The command line as text, before it is understood.
struct Words {
  std::string out;
  std::string surveys = "lotss,tgss,apertif";
  std::string size = "small";
  std::string centre;
  std::string frame = "icrs";
  std::string projection = "SIN";
  std::string axes;
  std::string noise = "shared";
  int threads = 0;
  bool json = false;
  bool quiet = false;
};

void Describe(CLI::App& app, Words& words, SimulateOptions& options) {
  app.add_option("OUT", words.out,
                 "folder to write into: OUT/<survey>/fits, truth.csv, "
                 "survey.json")
      ->required();
  app.add_option("--surveys", words.surveys,
                 "which of lotss, tgss and apertif, with commas")
      ->capture_default_str();
  app.add_option("--size", words.size, "tiny, small, medium or large")
      ->capture_default_str();
  app.add_option("--fields", options.fields,
                 "mosaics a survey (otherwise what the size has)")
      ->check(CLI::PositiveNumber);
  app.add_option("--seed", options.seed, "another seed makes another sky")
      ->capture_default_str();
  app.add_option("--centre", words.centre,
                 "RA,DEC of the middle, degrees; any place, poles included");
  app.add_option("--frame", words.frame, "icrs, fk5, fk4 or galactic")
      ->capture_default_str();
  app.add_option("--projection", words.projection,
                 "SIN, TAN, ZEA, ... of the mosaics")
      ->capture_default_str();
  app.add_option("--axes", words.axes,
                 "2, 4 or mixed (otherwise LoTSS 2, TGSS and Apertif 4)");
  app.add_option("--bitpix", options.bitpix, "-32, -64 or 16")
      ->capture_default_str();
  app.add_flag("--weights", options.weights,
               "also maps of 1/sigma^2, in OUT/<survey>/weights");
  app.add_flag("--rms", options.rms, "also maps of sigma, in OUT/<survey>/rms");
  app.add_option("--noise", words.noise,
                 "shared by overlapping mosaics, independent, or none")
      ->capture_default_str();
  app.add_option("--threads", words.threads, "0: all of this machine")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_flag("--force", options.overwrite,
               "replace earlier simulations in OUT");
  app.add_flag("--json", words.json, "print the summary as JSON");
  app.add_flag("-q,--quiet", words.quiet, "no progress");
}

void Understand(const Words& words, SimulateOptions& options) {
  options.out = words.out;
  options.surveys = Split(Lower(words.surveys), ',');
  options.size = Chosen("size", words.size, kSizes);
  options.frame = Chosen("frame", words.frame, kFrames);
  options.noise = Chosen("noise", words.noise, kNoises);
  if (!words.axes.empty()) options.axes = Chosen("axes", words.axes, kAxes);
  if (!words.centre.empty()) options.centre = ParseCentre(words.centre);
  options.projection = Upper(words.projection);
}

void PrintSummary(const std::vector<SimulatedSurvey>& surveys, bool as_json,
                  std::ostream& out) {
  Json json = Json::array();
  for (const SimulatedSurvey& survey : surveys) {
    if (!as_json) {
      out << Format("{}: {} mosaics of {} x {}, {}, {} components\n",
                    survey.root.string(), survey.mosaics, survey.side,
                    survey.side,
                    BytesText(static_cast<std::uint64_t>(survey.bytes)),
                    survey.components);
      continue;
    }
    Json row;
    row["survey"] = survey.name;
    row["folder"] = survey.root.string();
    row["mosaics"] = survey.mosaics;
    row["side"] = survey.side;
    row["bytes"] = survey.bytes;
    row["components"] = survey.components;
    json.push_back(row);
  }
  if (as_json) out << json.dump(1) << '\n';
}

std::vector<SimulatedSurvey> Run(const Words& words,
                                 const SimulateOptions& options) {
  std::unique_ptr<Progress> progress;
  const auto style = words.quiet ? ProgressStyle::kNone : ProgressStyle::kAuto;
  std::vector<SimulatedSurvey> surveys;
  Workers workers(words.threads);
  workers.Run([&] {
    surveys = Simulate(options, [&](const SimulateStep& step) {
      if (!progress)
        progress =
            std::make_unique<Progress>("mosaics", step.mosaics_total, style);
      progress->Add(1, step.pixels);
    });
  });
  return surveys;
}

}  // namespace

int RunSimulate(std::span<const std::string> args, std::ostream& out) {
  Words words;
  SimulateOptions options;
  CLI::App app(
      "LoTSS-, TGSS- and Apertif-like mosaics of a known sky, for demos, "
      "tests and benches.",
      "hipsgen simulate");
  Describe(app, words, options);
  try {
    // CLI11 takes its arguments from the back.
    app.parse(std::vector<std::string>(args.rbegin(), args.rend()));
  } catch (const CLI::CallForHelp&) {
    out << app.help();
    return 0;
  } catch (const CLI::ParseError& error) {
    throw Error(ErrorKind::kUsage, error.what());
  }
  Understand(words, options);
  PrintSummary(Run(words, options), words.json, out);
  return 0;
}

}  // namespace hips
