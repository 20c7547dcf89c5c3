// SPDX-License-Identifier: GPL-3.0-or-later
// Files written behind the back of those who make them.
//
// Makers hand over the bytes of a file and go on; a few threads of the
// TileWriter's own, which mostly wait for the disk, write them past the page
// cache (base/direct_file.h). Files that belong together share a Batch, and
// whoever wants to say "this cell is done" waits for its batch.
//
//   TileWriter writer(2, 64 << 20);
//   TileWriter::Batch cell;
//   Bytes bytes = writer.TakeBuffer(tile_bytes);
//   ... fill ...
//   writer.Write(folder, tile, "fits", std::move(bytes), cell);
//   cell.Wait();  // every file of the cell is written, or the first Error
//
// Thread-safety: all members of TileWriter and Batch may be called from any
// thread at any time, except destructors, which come last. A writer may end
// before its batches and a batch before its writer.
//
// Errors: the first failure of a batch is Error(kIo) with path and cause. From
// then on nothing of that batch is written any more, and Write and Wait of it
// throw that error, from whichever thread and however often. Other batches go
// on. Files written before the failure stay.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "base/direct_file.h"
#include "store/tile_folder.h"

namespace hips {

class TileWriter {
 public:
  /// Files that belong together.
  class Batch {
   public:
    Batch();
    /// Drops the files that nobody has begun to write and waits for those
    /// being written: afterwards no file of this batch is touched.
    ~Batch();
    Batch(const Batch&) = delete;
    Batch& operator=(const Batch&) = delete;

    /// Returns when every file handed over so far has been taken by the
    /// system (not: is durable). Then the batch may take more files.
    /// throws  the first failure, when no file of this batch is being written
    void Wait();

   private:
    friend class TileWriter;
    struct State;
    std::shared_ptr<State> state_;
  };

  /// threads     writing at the same time; 0: whoever hands over a file writes
  ///             it, which is best where no disk is waited for
  /// most_bytes  of files handed over and not yet written. Used buffers kept
  ///             for TakeBuffer add a quarter of that at most, and each thread
  ///             2 MiB
  /// throws      Error(kUsage) for fewer, Error(kIo) when the system gives no
  ///             thread
  TileWriter(int threads, std::size_t most_bytes,
             WriteWay way = WriteWay::kDirect);
  /// Writes what the living batches have handed over, then ends.
  ~TileWriter();
  TileWriter(const TileWriter&) = delete;
  TileWriter& operator=(const TileWriter&) = delete;

  /// A buffer that was written before, so that its memory need not be fetched
  /// anew: the smallest that holds `bytes`, or an empty one. Size and contents
  /// are what they were; resize it.
  Bytes TakeBuffer(std::size_t bytes = 0);

  /// Hands over a file, as DirectWriter::Write; its folder must exist. Blocks
  /// while there is no room for it among the bytes on their way; a file beyond
  /// all bounds goes alone.
  /// throws  the first failure of the batch, which may be that of another file
  void Write(std::filesystem::path path, Bytes&& bytes, Batch& batch);

  /// The same for a tile; makes its folder, and goes by way of a temporary file
  /// if the folder has a place for them. The folder object is not used after
  /// the return.
  void Write(TileFolder& folder, TileAddress tile, std::string_view extension,
             Bytes&& bytes, Batch& batch);

 private:
  struct Job {
    std::filesystem::path path;
    std::filesystem::path temporary;  ///< written first, if not ""
    Bytes bytes;
    std::shared_ptr<Batch::State> batch;
  };

  void Take(Job job);
  void Start(int threads);
  void Stop();
  void WriteJobs(DirectWriter& file);
  static void WriteJob(const Job& job, DirectWriter& file);
  void WriteHere(Job job);
  void Recycle(Bytes&& bytes);

  const std::size_t most_bytes_;
  const WriteWay way_;
  std::mutex mutex_;              // guards what follows, but for the threads
  std::condition_variable work_;  // a job has come, or the end
  std::condition_variable room_;  // a job has gone
  std::deque<Job> jobs_;
  std::size_t bytes_on_way_ = 0;  // memory of jobs queued and being written
  std::vector<Bytes> used_;
  std::size_t used_bytes_ = 0;
  std::vector<DirectWriter> idle_files_;  // of those who write themselves
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace hips
