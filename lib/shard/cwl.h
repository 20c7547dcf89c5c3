// SPDX-License-Identifier: GPL-3.0-or-later
// The plan as a workflow in the Common Workflow Language, for pipelines that
// are written in it: a tool for a shard, one for the merge, and a workflow
// that scatters the shards.
//
// The plan goes in as a path and not as a Directory: runs write their records
// beside it, which CWL does not let a tool do with its inputs. The engine's
// workers must see it under that path. Exit status 75 (disk, network) is
// temporary, 4 (a damaged input) permanent. Pure functions.
// Source: CWL v1.2, CommandLineTool and Workflow.
#pragma once

#include <cstdint>
#include <string>

namespace hips {

struct CwlJob {
  std::string program;  ///< hipsgen, absolute
  std::string plan;     ///< folder of the plan, absolute
  int shards = 0;
  int threads = 0;           ///< coresMax of a shard
  std::uint64_t memory = 0;  ///< bytes, ramMin of a shard
};

std::string CwlRunTool(const CwlJob& job);
std::string CwlMergeTool(const CwlJob& job);
/// Its inputs have defaults: the plan, and all of its shards.
std::string CwlWorkflow(const CwlJob& job);

}  // namespace hips
