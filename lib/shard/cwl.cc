// SPDX-License-Identifier: GPL-3.0-or-later
#include "shard/cwl.h"

#include "base/format.h"
#include "base/json.h"

namespace hips {
namespace {

// JSON texts are YAML texts.
std::string Quoted(const std::string& text) { return Json(text).dump(); }

std::string Requirements(const CwlJob& job) {
  return Format(
      "requirements:\n"
      "  ResourceRequirement:\n"
      "    coresMin: 1\n"
      "    coresMax: {}\n"
      "    ramMin: {}\n",
      job.threads, (job.memory >> 20) + 1);
}

constexpr const char* kCodes =
    "successCodes: [0]\n"
    "temporaryFailCodes: [75]\n"
    "permanentFailCodes: [4]\n";

}  // namespace

std::string CwlRunTool(const CwlJob& job) {
  return Format(
             "#!/usr/bin/env cwl-runner\n"
             "cwlVersion: v1.2\n"
             "class: CommandLineTool\n"
             "doc: makes the tiles of one shard of a plan of hipsgen\n"
             "baseCommand: [{}, run]\n"
             "arguments: [--progress, none, --threads, $(runtime.cores)]\n"
             "inputs:\n"
             "  plan:\n"
             "    type: string\n"
             "    doc: folder of the plan, as the workers see it\n"
             "    inputBinding: {{prefix: --plan}}\n"
             "  shard:\n"
             "    type: string\n"
             "    doc: i/N\n"
             "    inputBinding: {{prefix: --shard}}\n",
             Quoted(job.program)) +
         Requirements(job) + kCodes +
         "stdout: shard.log\n"
         "stderr: shard.err\n"
         "outputs:\n"
         "  log:\n"
         "    type: stderr\n";
}

std::string CwlMergeTool(const CwlJob& job) {
  return Format(
             "#!/usr/bin/env cwl-runner\n"
             "cwlVersion: v1.2\n"
             "class: CommandLineTool\n"
             "doc: publishes the shards of a plan of hipsgen\n"
             "baseCommand: [{}, merge, --json]\n"
             "arguments: [--progress, none, --threads, $(runtime.cores)]\n"
             "inputs:\n"
             "  plan:\n"
             "    type: string\n"
             "    inputBinding: {{prefix: --plan}}\n"
             "  shards:\n"
             "    type: File[]\n"
             "    doc: what the shards said; the merge comes after them\n",
             Quoted(job.program)) +
         Requirements(job) + kCodes +
         "stdout: merge.json\n"
         "outputs:\n"
         "  summary:\n"
         "    type: stdout\n";
}

std::string CwlWorkflow(const CwlJob& job) {
  std::string shards;
  for (int shard = 1; shard <= job.shards; ++shard)
    shards += Format("{}\"{}/{}\"", shard == 1 ? "" : ", ", shard, job.shards);
  return Format(
      "#!/usr/bin/env cwl-runner\n"
      "cwlVersion: v1.2\n"
      "class: Workflow\n"
      "doc: all shards of a plan of hipsgen, then the merge\n"
      "requirements:\n"
      "  ScatterFeatureRequirement: {{}}\n"
      "inputs:\n"
      "  plan:\n"
      "    type: string\n"
      "    default: {}\n"
      "  shards:\n"
      "    type: string[]\n"
      "    default: [{}]\n"
      "steps:\n"
      "  run:\n"
      "    run: hipsgen-run.cwl\n"
      "    scatter: shard\n"
      "    in: {{plan: plan, shard: shards}}\n"
      "    out: [log]\n"
      "  merge:\n"
      "    run: hipsgen-merge.cwl\n"
      "    in: {{plan: plan, shards: run/log}}\n"
      "    out: [summary]\n"
      "outputs:\n"
      "  summary:\n"
      "    type: File\n"
      "    outputSource: merge/summary\n",
      Quoted(job.plan), shards);
}

}  // namespace hips
