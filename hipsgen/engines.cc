// SPDX-License-Identifier: GPL-3.0-or-later
#include "hipsgen/engines.h"

#include <algorithm>
#include <deque>
#include <filesystem>
#include <map>

#include "base/error.h"
#include "base/file.h"
#include "base/format.h"
#include "base/interrupt.h"
#include "base/log.h"
#include "base/threads.h"
#include "hipsgen/child_process.h"
#include "hipsgen/shard_work.h"
#include "shard/cwl.h"
#include "shard/number_list.h"
#include "shard/slurm.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

std::string AbsoluteFolder(const PlanFolder& plan) {
  std::string folder = fs::absolute(plan.folder()).lexically_normal().string();
  if (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
  return folder;
}

// A file for an engine; only shown in a dry run.
void Put(const fs::path& path, const std::string& text, bool dry_run,
         std::ostream& out) {
  if (dry_run)
    out << Format("# {}\n{}\n", path.string(), text);
  else
    WriteFileAtomic(path, text);
}

// Slurm gives the first part of "17;cluster" back as a job id.
std::string JobId(const std::string& printed) {
  return printed.substr(0, printed.find(';'));
}

int SubmitSlurm(const PlanFolder& plan, const SubmitOptions& options,
                std::ostream& out) {
  SlurmJob job;
  job.program = ThisProgram();
  job.plan = AbsoluteFolder(plan);
  job.plan_id = plan.id();
  job.threads = plan.options().run.threads;
  job.retries = options.retries;
  job.options = options.extra;
  const fs::path folder = fs::path(job.plan) / "submit";
  Put(folder / "array.sh", SlurmArrayScript(job), options.dry_run, out);
  Put(folder / "merge.sh", SlurmMergeScript(job), options.dry_run, out);
  const auto array = SlurmArrayCommand(job, NumberList(options.shards));
  if (options.dry_run) {
    if (!options.shards.empty()) out << ShellWords(array) << '\n';
    out << ShellWords(
               SlurmMergeCommand(job, options.shards.empty() ? "" : "ARRAY"))
        << '\n';
    return 0;
  }
  MakeFolders(folder / "logs");
  std::string array_id;
  if (!options.shards.empty()) array_id = JobId(OutputOf(array));
  const std::string merge_id =
      JobId(OutputOf(SlurmMergeCommand(job, array_id)));
  if (!array_id.empty())
    out << Format("array {}: shards {}\n", array_id,
                  NumberList(options.shards));
  out << Format("merge {}: after {}\n", merge_id,
                array_id.empty() ? "nothing" : array_id);
  return 0;
}

int SubmitCwl(const PlanFolder& plan, const SubmitOptions& options,
              std::ostream& out) {
  CwlJob job;
  job.program = ThisProgram();
  job.plan = AbsoluteFolder(plan);
  job.shards = plan.shard_count();
  job.threads = ShardThreads(plan.options());
  job.memory = MemoryBound(plan.options(), job.threads);
  const fs::path folder = fs::path(job.plan) / "submit";
  const bool dry = options.dry_run;
  Put(folder / "hipsgen-run.cwl", CwlRunTool(job), dry, out);
  Put(folder / "hipsgen-merge.cwl", CwlMergeTool(job), dry, out);
  Put(folder / "workflow.cwl", CwlWorkflow(job), dry, out);
  out << Format("cwltool {}\n", ShellWord((folder / "workflow.cwl").string()));
  return 0;
}

std::vector<std::string> LocalCommand(const PlanFolder& plan,
                                      const SubmitOptions& options, int shard) {
  const int threads =
      options.threads > 0
          ? options.threads
          : std::max(1, AvailableThreads() / std::max(1, options.jobs));
  return {ThisProgram(), "run",
          "--plan",      AbsoluteFolder(plan),
          "--shard",     Format("{}/{}", shard, plan.shard_count()),
          "--threads",   std::to_string(threads),
          "--progress",  "none"};
}

// All shards, so many at a time. A failure is the merge's to tell.
void RunLocally(const PlanFolder& plan, const SubmitOptions& options,
                const std::vector<int>& shards) {
  std::deque<int> waiting(shards.begin(), shards.end());
  std::vector<pid_t> running;
  while (!waiting.empty() || !running.empty()) {
    while (!waiting.empty() && InterruptSignal() == 0 &&
           running.size() < static_cast<std::size_t>(options.jobs)) {
      running.push_back(Start(LocalCommand(plan, options, waiting.front())));
      waiting.pop_front();
    }
    if (running.empty()) break;
    std::erase(running, WaitForAny(running).pid);
  }
  ThrowIfInterrupted();
}

// What a further round may mend: not what has failed for good.
std::vector<int> WorthRetrying(const PlanFolder& plan) {
  std::vector<ShardStatus> all;
  Workers().Run([&] { all = LookAtShards(plan, Scrutiny::kManifests); });
  std::erase_if(all, [](const ShardStatus& status) {
    return status.failure &&
           status.failure->status == ExitStatus(ErrorKind::kBadInput);
  });
  return MissingShards(all);
}

int SubmitLocal(const PlanFolder& plan, const SubmitOptions& options,
                std::ostream& out) {
  const std::vector<std::string> merge = {ThisProgram(), "merge",
                                          "--plan",      AbsoluteFolder(plan),
                                          "--progress",  "none"};
  if (options.dry_run) {
    for (const int shard : options.shards)
      out << ShellWords(LocalCommand(plan, options, shard)) << '\n';
    out << ShellWords(merge) << '\n';
    return 0;
  }
  std::vector<int> shards = options.shards;
  for (int round = 0; !shards.empty(); ++round) {
    RunLocally(plan, options, shards);
    if (round == options.retries) break;
    shards = WorthRetrying(plan);
  }
  out.flush();
  return WaitForAny({Start(merge)}).status;
}

}  // namespace

int Submit(const PlanFolder& plan, const SubmitOptions& options,
           std::ostream& out) {
  if (options.engine == "slurm") return SubmitSlurm(plan, options, out);
  if (options.engine == "cwl") return SubmitCwl(plan, options, out);
  if (options.engine == "local") return SubmitLocal(plan, options, out);
  throw Error(ErrorKind::kUsage,
              Format("--engine {}: use slurm, local or cwl", options.engine));
}

}  // namespace hips
