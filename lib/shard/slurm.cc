// SPDX-License-Identifier: GPL-3.0-or-later
#include "shard/slurm.h"

#include <algorithm>
#include <string_view>

#include "base/format.h"

namespace hips {
namespace {

// %a is the shard. A line of a script, where nothing but % has a meaning.
std::string LogName(const SlurmJob& job, const char* name) {
  std::string folder;
  for (const char c : job.plan) folder += c == '%' ? "%%" : std::string(1, c);
  return folder + "/submit/logs/" + name;
}

std::string Head(const SlurmJob& job, const char* what, const char* log) {
  return Format(
      "#!/bin/bash\n"
      "# {} of the plan {}; written by hipsgen submit.\n"
      "#SBATCH --job-name=hipsgen-{}-{}\n"
      "#SBATCH --open-mode=append\n"
      "#SBATCH --output=\"{}\"\n",
      what, job.plan_id, what, job.plan_id.substr(0, 8), LogName(job, log));
}

}  // namespace

std::string SlurmArrayScript(const SlurmJob& job) {
  std::string text = Head(job, "shard", "shard-%a.log");
  text += "#SBATCH --requeue\n";
  // A minute before the time is up: cells that are done are kept.
  text += "#SBATCH --signal=B:TERM@60\n";
  if (job.threads > 0)
    text += Format("#SBATCH --cpus-per-task={}\n", job.threads);
  text += Format("exec {} run --plan {} --shard auto --progress lines\n",
                 ShellWord(job.program), ShellWord(job.plan));
  return text;
}

std::string SlurmMergeScript(const SlurmJob& job) {
  std::string text = Head(job, "merge", "merge.log");
  if (job.threads > 0)
    text += Format("#SBATCH --cpus-per-task={}\n", job.threads);
  text += Format("{} merge --plan {} --progress lines\nstatus=$?\n",
                 ShellWord(job.program), ShellWord(job.plan));
  if (job.retries > 0) {
    std::vector<std::string> again = {
        job.program, "submit",    "--plan",
        job.plan,    "--engine",  "slurm",
        "--resume",  "--retries", std::to_string(job.retries - 1)};
    if (!job.options.empty()) again.push_back("--");
    again.insert(again.end(), job.options.begin(), job.options.end());
    text += Format("if [ $status -eq 3 ]; then\n  {}\nfi\n", ShellWords(again));
  }
  return text + "exit $status\n";
}

std::vector<std::string> SlurmArrayCommand(const SlurmJob& job,
                                           const std::string& shards) {
  std::vector<std::string> command = {"sbatch", "--parsable",
                                      "--array=" + shards};
  command.insert(command.end(), job.options.begin(), job.options.end());
  command.push_back(job.plan + "/submit/array.sh");
  return command;
}

std::vector<std::string> SlurmMergeCommand(const SlurmJob& job,
                                           const std::string& array_id) {
  std::vector<std::string> command = {"sbatch", "--parsable"};
  if (!array_id.empty()) command.push_back("--dependency=afterany:" + array_id);
  command.insert(command.end(), job.options.begin(), job.options.end());
  command.push_back(job.plan + "/submit/merge.sh");
  return command;
}

std::string ShellWord(const std::string& word) {
  constexpr std::string_view kPlain = "_@%+=:,./-";
  const bool plain =
      !word.empty() && std::all_of(word.begin(), word.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               (c >= '0' && c <= '9') ||
               kPlain.find(c) != std::string_view::npos;
      });
  if (plain) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

std::string ShellWords(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words)
    text += (text.empty() ? "" : " ") + ShellWord(word);
  return text;
}

}  // namespace hips
