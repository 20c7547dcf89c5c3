// SPDX-License-Identifier: GPL-3.0-or-later
// A build's plan as files, for processes on many machines.
//
//   PLAN/plan.json     what holds for all: ids, options, orders, cut, OUT, and
//                      where each shard's line is
//   PLAN/parts.jsonl   one line an input (header cards, identity, plane), then
//                      one line a shard (its cells, and where the lines of the
//                      inputs are that reach them)
//   PLAN/shards/       what became of each shard (shard/record.h)
//
//   plan.json    {"version": 2, "program": "hipsgen ...", "plan_id": "<hash>",
//                 "build": "<BuildPlan::id>", "update": true,
//                 "job": "<what OUT is prepared for>", "options": {...},
//                 "leaf_order": 9, ..., "inputs": 841,
//                 "shards": [[cells, tiles, seconds, offset, bytes], ...]}
//                offset, bytes: of its line in parts.jsonl
//   input line   {"name": ..., "identity": [...], ...}, see input_json.h
//   shard line   {"inputs": [[number, offset, bytes], ...],
//                 "cells": [[npix, leaves, tiles, samples, [input, ...]], ...]}
//                leaves, tiles, samples: estimated. A cell of an update has a
//                sixth entry, the leaves to be made: [npix, ...]
//
// The plan of an update has the cells with stale leaves only. It may have none,
// and so no shards: then all is the merge's, or nothing is to be done.
//
// Whoever makes a shard reads plan.json and the lines that it needs: a survey
// of any size costs it a few milliseconds, and no mosaic is scanned again.
// Equal inputs, options and program give equal bytes. Thread-safety: values.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/json.h"
#include "hipsgen/build_plan.h"

namespace hips {

/// One shard, as plan.json has it.
struct PlannedShard {
  std::int64_t cells = 0;
  std::int64_t tiles = 0;    ///< estimated
  double seconds = 0.0;      ///< estimated, on ShardThreads
  std::uint64_t offset = 0;  ///< of its line in parts.jsonl
  std::uint64_t bytes = 0;
};

/// An input as far as its identity goes.
struct PlannedInput {
  int number = 0;  ///< in the survey
  std::string name;
  std::filesystem::path path;
  InputIdentity identity;
};

class PlanFolder {
 public:
  /// Reads plan.json.
  /// throws  Error(kUsage) when there is none; Error(kIncomplete) when it is
  ///         damaged or of another version of the program; Error(kIo)
  explicit PlanFolder(const std::filesystem::path& folder);

  const std::filesystem::path& folder() const { return folder_; }
  const std::string& id() const { return id_; }
  /// BuildPlan::id of what is planned: what the release will name.
  const std::string& build_id() const { return build_id_; }
  /// What OUT is prepared for: JobOf the plan.
  const std::string& job() const { return job_; }
  bool is_update() const { return is_update_; }
  /// What manifests in the making name: BuildPlan::work_id.
  const std::string& work_id() const { return is_update_ ? job_ : build_id_; }
  int shard_count() const { return static_cast<int>(shards_.size()); }
  /// shard  from 1
  const PlannedShard& shard(int shard) const;
  const BuildOptions& options() const { return options_; }

  /// The date that was asked for when the plan was made (SOURCE_DATE_EPOCH)
  /// holds for this process too, unless it has one of its own: engines do not
  /// hand on all of the environment. Before there are threads.
  void SetReleaseDate() const;

  /// The cells of a shard, in nested order. Reads its line.
  std::vector<TileAddress> CellsOf(int shard) const;

  /// The inputs that reach a shard. Reads its line and theirs.
  std::vector<PlannedInput> InputsOf(int shard) const;

  /// The plan of one shard: its cells, and the inputs that reach them.
  /// throws  Error(kIncomplete) when parts.jsonl is damaged
  BuildPlan Part(int shard) const;

  /// The plan of the whole; of an update, with the cells that it changes.
  BuildPlan Whole() const;

 private:
  std::string Line(std::uint64_t offset, std::uint64_t bytes) const;
  Json ShardLine(int shard) const;
  BuildPlan Common() const;

  std::filesystem::path folder_;
  Json json_;
  std::string id_;
  std::string build_id_;
  std::string job_;
  bool is_update_ = false;
  BuildOptions options_;
  std::vector<PlannedShard> shards_;
};

/// The shards of a plan: how many cells each has.
std::vector<std::size_t> ShardsOf(const BuildPlan& plan, int wanted);

/// What the files of a plan will be.
struct PlanTexts {
  std::string id;
  std::string plan;   ///< plan.json
  std::string parts;  ///< parts.jsonl
};

/// folder  where they will be: paths that were given relative stay so, from
///         there
/// sizes   cells of each shard
PlanTexts TextsOf(const BuildPlan& plan, std::span<const std::size_t> sizes,
                  const std::filesystem::path& folder);

/// plan.json last.
void WritePlan(const PlanTexts& texts, const std::filesystem::path& folder);

}  // namespace hips
