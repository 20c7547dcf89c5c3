// SPDX-License-Identifier: GPL-3.0-or-later
#include "shard/choose.h"

#include <cstdint>
#include <cstdlib>
#include <initializer_list>

#include "base/error.h"
#include "base/format.h"
#include "base/text.h"

namespace hips {
namespace {

[[noreturn]] void Refuse(const std::string& message) {
  throw Error(ErrorKind::kUsage, message);
}

// A variable as a number; nothing when it is not set.
std::optional<std::int64_t> NumberOf(const Environment& environment,
                                     const char* name) {
  const auto text = environment(name);
  if (!text || Trim(*text).empty()) return std::nullopt;
  const auto number = ParseInteger(*text);
  if (!number) Refuse(Format("{} is '{}', no whole number", name, *text));
  return number;
}

ShardChoice One(std::int64_t shard, int count, const std::string& from) {
  if (shard < 1 || shard > count)
    Refuse(Format("{}: there is no shard {}; the plan has {}, counted from 1",
                  from, shard, count));
  return {{static_cast<int>(shard)}, from};
}

ShardChoice OfRank(std::int64_t rank, std::int64_t ranks, int count,
                   const std::string& from) {
  if (ranks < 1 || rank < 0 || rank >= ranks)
    Refuse(Format("{}: rank {} of {} cannot be", from, rank, ranks));
  ShardChoice choice{{}, from};
  for (std::int64_t shard = rank + 1; shard <= count; shard += ranks)
    choice.shards.push_back(static_cast<int>(shard));
  return choice;
}

// "i/N" or "i".
ShardChoice ByText(std::string_view text, int count, const std::string& from) {
  const std::size_t slash = text.find('/');
  const auto shard = ParseInteger(text.substr(0, slash));
  const auto of = slash == std::string_view::npos
                      ? std::optional<std::int64_t>(count)
                      : ParseInteger(text.substr(slash + 1));
  if (!shard || !of)
    Refuse(Format("{} '{}': write i/N, the shard and how many there are", from,
                  text));
  if (*of != count)
    Refuse(Format("{} {}: the plan has {} shards, not {}", from, text, count,
                  *of));
  return One(*shard, count, from);
}

std::optional<ShardChoice> OfArray(int count, const Environment& environment) {
  const std::string from = "SLURM_ARRAY_TASK_ID";
  const auto id = NumberOf(environment, from.c_str());
  if (!id) return std::nullopt;
  const auto first = NumberOf(environment, "SLURM_ARRAY_TASK_MIN");
  const auto last = NumberOf(environment, "SLURM_ARRAY_TASK_MAX");
  const auto tasks = NumberOf(environment, "SLURM_ARRAY_TASK_COUNT");
  const bool as_numbered =
      first.value_or(1) >= 1 && last.value_or(*id) <= count;
  if (as_numbered || !first || tasks != count) return One(*id, count, from);
  return One(*id - *first + 1, count, from);
}

std::optional<ShardChoice> OfLauncher(const char* rank_name,
                                      const char* size_name, int count,
                                      const Environment& environment) {
  const auto rank = NumberOf(environment, rank_name);
  const auto size = NumberOf(environment, size_name);
  if (!rank || !size) return std::nullopt;
  return OfRank(*rank, *size, count, rank_name);
}

std::optional<ShardChoice> OfStep(int count, const Environment& environment) {
  // A batch script carries the variables of its first task, but it is one
  // process, whatever SLURM_NTASKS says; only a step has others.
  const bool in_step = !environment("SLURM_JOB_ID") ||
                       environment("SLURM_STEP_ID") ||
                       environment("SLURM_STEPID");
  if (!in_step && environment("SLURM_PROCID"))
    return OfRank(0, 1, count, "SLURM_JOB_ID");
  return OfLauncher("SLURM_PROCID", "SLURM_NTASKS", count, environment);
}

std::optional<ShardChoice> OfIndex(const char* name, int first, int count,
                                   const Environment& environment) {
  const auto index = NumberOf(environment, name);
  if (!index) return std::nullopt;
  return One(*index - first + 1, count, name);
}

}  // namespace

Environment ProcessEnvironment() {
  return [](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

ShardChoice ChooseShards(std::string_view wanted, int count,
                         const Environment& environment) {
  if (Lower(Trim(wanted)) != "auto") return ByText(wanted, count, "--shard");
  if (const auto told = environment("HIPSGEN_SHARD"))
    return ByText(*told, count, "HIPSGEN_SHARD");
  if (auto choice = OfArray(count, environment)) return *choice;
  if (auto choice = OfLauncher("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE",
                               count, environment))
    return *choice;
  if (auto choice = OfLauncher("PMI_RANK", "PMI_SIZE", count, environment))
    return *choice;
  if (auto choice = OfStep(count, environment)) return *choice;
  if (auto choice = OfIndex("JOB_COMPLETION_INDEX", 0, count, environment))
    return *choice;
  if (auto choice = OfIndex("PBS_ARRAY_INDEX", 1, count, environment))
    return *choice;
  Refuse(
      "--shard auto: no engine says which shard this is; give --shard i/N, or "
      "set HIPSGEN_SHARD");
}

}  // namespace hips
