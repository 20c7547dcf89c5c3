// SPDX-License-Identifier: GPL-3.0-or-later
// hipsgen VERB ...: HiPS from FITS mosaics.
#include <malloc.h>

#include <cstdio>
#include <exception>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/format.h"
#include "base/interrupt.h"
#include "base/log.h"
#include "base/text.h"
#include "hipsgen/commands.h"

namespace hips {
namespace {

struct Verb {
  std::string name;
  std::string does;
  std::function<int(std::span<const std::string>, std::ostream&)> run;
};

const std::vector<Verb>& Verbs() {
  static const std::vector<Verb> verbs = {
      {"build", "make a HiPS from FITS mosaics", RunBuild},
      {"plan", "cut a build into shards, for a cluster", RunPlan},
      {"submit", "hand the shards of a plan to Slurm, this machine or CWL",
       RunSubmit},
      {"run", "make a shard of a plan", RunRun},
      {"status", "tell which shards of a plan are done", RunStatus},
      {"merge", "publish the shards of a plan", RunMerge},
      {"update", "make again what changed", RunUpdate},
      {"verify", "check every file against the ledger", RunVerify},
      {"adopt", "make a ledger for a HiPS of another program", RunAdopt},
      {"regenerate", "make an order, a region or a format again",
       RunRegenerate},
      {"render", "make the pictures again, in another style", RunRender},
      {"rollback", "bring back the release before the last one", RunRollback},
      {"lint", "check a HiPS against the standard", RunLint},
      {"info", "tell what a FITS file, a HiPS, a tile or a MOC is", RunInfo},
      {"simulate", "make mosaics with a known sky", RunSimulate},
  };
  return verbs;
}

void PrintHelp(std::ostream& out) {
  out << "hipsgen: HiPS tile hierarchies from FITS mosaics\n\n"
         "usage: hipsgen VERB [options]; hipsgen VERB --help tells more\n\n";
  for (const Verb& verb : Verbs())
    out << Format("  {:<10} {}\n", verb.name, verb.does);
  out << "\nexit status: 0 done, 1 a bug, 2 usage or configuration, 3 "
         "incomplete, 4 bad input,\n75 try again (disk, permission, network), "
         "130 or 143 interrupted\n";
}

int Dispatch(const std::vector<std::string>& args) {
  if (args.empty() || args[0] == "--help" || args[0] == "-h" ||
      args[0] == "help") {
    PrintHelp(args.empty() ? std::cerr : std::cout);
    return args.empty() ? ExitStatus(ErrorKind::kUsage) : 0;
  }
  if (args[0] == "--version") {
    std::cout << "hipsgen " HIPS_VERSION "\n";
    return 0;
  }
  std::vector<std::string> names;
  for (const Verb& verb : Verbs()) {
    if (verb.name == args[0])
      return verb.run(std::span(args).subspan(1), std::cout);
    names.push_back(verb.name);
  }
  const auto near = NearMiss(args[0], names);
  throw Error(ErrorKind::kUsage,
              Format("'{}' is no verb{}; hipsgen --help lists them", args[0],
                     near ? ", did you mean " + *near + "?" : ""));
}

// Tiles of a MiB come and go: their memory stays with the process instead of
// being faulted in anew each time, which costs more than their pixels.
void KeepMemory() {
#if defined(__GLIBC__)
  constexpr int kMebibyte = 1 << 20;
  mallopt(M_MMAP_THRESHOLD, 32 * kMebibyte);
  mallopt(M_TRIM_THRESHOLD, 64 * kMebibyte);
#endif
}

}  // namespace
}  // namespace hips

int main(int argc, char** argv) {
  hips::WatchInterrupts();
  hips::KeepMemory();
  try {
    const int status =
        hips::Dispatch(std::vector<std::string>(argv + 1, argv + argc));
    std::cout.flush();
    if (!std::cout) throw hips::Error(hips::ErrorKind::kIo, "standard output");
    return status;
  } catch (const hips::Error& error) {
    hips::LogError(std::string("hipsgen: ") + error.what());
    if (error.kind() == hips::ErrorKind::kInterrupted)
      return 128 + hips::InterruptSignal();
    return hips::ExitStatus(error.kind());
  } catch (const std::bad_alloc&) {
    hips::LogError("hipsgen: out of memory; use fewer --threads");
    return hips::ExitStatus(hips::ErrorKind::kIo);
  } catch (const std::exception& error) {
    hips::LogError(std::string("hipsgen: this is a bug: ") + error.what());
    return 1;
  }
}
