// SPDX-License-Identifier: GPL-3.0-or-later
#include "ledger/file_list.h"

#include <gtest/gtest.h>

#include <string>

#include "base/error.h"
#include "base/file.h"
#include "ledger/spare.h"
#include "support/file_bytes.h"
#include "support/test_data.h"

namespace hips {
namespace {

namespace fs = std::filesystem;

void Put(const fs::path& path, const std::string& text) {
  WriteFileAtomic(path, text);
}

TEST(FileList, ComesBack) {
  const TestFolder folder;
  const FileList files = {{"properties", {12, "aa"}}, {"Norder3/x", {0, ""}}};
  WriteFileList(folder.path(), files);
  const auto back = ReadFileList(folder.path());
  ASSERT_TRUE(back);
  ASSERT_EQ(back->size(), 2U);
  EXPECT_EQ(back->at("properties").bytes, 12U);
  EXPECT_EQ(back->at("properties").hash, "aa");
  EXPECT_FALSE(ReadFileList(folder.path() / "nowhere"));
}

TEST(FileList, IsNoneWhenAnyByteIsAnother) {
  const TestFolder folder;
  WriteFileList(folder.path(), {{"properties", {12, "0123456789"}}});
  const fs::path path = folder.path() / "files.json";
  const std::string good = ReadFile(path);
  for (std::size_t i = 0; i + 1 < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    Put(path, bad);
    const auto list = ReadFileList(folder.path());
    EXPECT_FALSE(list) << i << ": " << bad;
  }
  for (const std::size_t length : {std::size_t{0}, good.size() / 2}) {
    Put(path, good.substr(0, length));
    EXPECT_FALSE(ReadFileList(folder.path()));
  }
}

// XXH3-128 of nothing, by xxhsum -H2 /dev/null.
TEST(FileList, RecordsWhatIsThere) {
  const TestFolder folder;
  Put(folder.path() / "empty", "");
  const FileRecord record = RecordOfFile(folder.path() / "empty");
  EXPECT_EQ(record.bytes, 0U);
  EXPECT_EQ(record.hash, "99aa06d3014798d86001c324468d497f");
  EXPECT_THROW(RecordOfFile(folder.path() / "nowhere"), Error);
}

TEST(Spare, GivesBackEachFile) {
  const TestFolder folder;
  const std::string texts[] = {"", "one", std::string(100000, 'x') + "\n{"};
  FileList files;
  for (std::size_t i = 0; i < 3; ++i) {
    const std::string name = "dir/file" + std::to_string(i);
    Put(folder.path() / name, texts[i]);
    files[name] = RecordOfFile(folder.path() / name);
  }
  const auto place = [&](const std::string& name) {
    return folder.path() / name;
  };
  const fs::path spare = folder.path() / "made/spare";
  const FileRecord record = WriteSpare(spare, files, place);
  EXPECT_EQ(record.bytes, fs::file_size(spare));
  EXPECT_EQ(record.hash, RecordOfFile(spare).hash);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto copy = ReadSpare(spare, "dir/file" + std::to_string(i));
    ASSERT_TRUE(copy);
    EXPECT_EQ(*copy, BytesIn(folder.path() / ("dir/file" + std::to_string(i))));
  }
  EXPECT_FALSE(ReadSpare(spare, "dir/file3"));
  EXPECT_FALSE(ReadSpare(folder.path() / "nowhere", "dir/file0"));

  // Cut short: what is whole is there, the rest is not.
  fs::resize_file(spare, fs::file_size(spare) - 1);
  EXPECT_TRUE(ReadSpare(spare, "dir/file1"));
  EXPECT_FALSE(ReadSpare(spare, "dir/file2"));
  Put(spare, "no spare");
  EXPECT_FALSE(ReadSpare(spare, "dir/file1"));

  Put(folder.path() / "dir/file1", "another length");
  EXPECT_THROW(WriteSpare(spare, files, place), Error);
}

}  // namespace
}  // namespace hips
