// SPDX-License-Identifier: GPL-3.0-or-later
#include "serve/router.h"

#include <httplib.h>

#include <algorithm>
#include <functional>

#include "base/error.h"
#include "base/format.h"
#include "base/log.h"
#include "cutout/cutout.h"
#include "cutout/cutout_request.h"
#include "page/assets.h"
#include "page/page.h"
#include "query/moc_query.h"
#include "serve/hips_list.h"
#include "serve/made.h"
#include "serve/names.h"
#include "serve/pages.h"

namespace hips {
namespace {

constexpr std::string_view kHtml = "text/html; charset=utf-8";
constexpr std::string_view kPlain = "text/plain; charset=utf-8";

// One request on its way through the library.
struct Passage {
  const Site& site;
  const Request& request;
  Answer answer;

  std::string base_url() const { return BaseUrl(site, request); }
  std::vector<std::pair<std::string, std::string>> query() const {
    return QueryPairs(QueryOf(request.target));
  }
};

thread_local Passage* passage = nullptr;

// The library's end of a connection: the head it reads; what it writes has been
// taken from the response already.
class HeadStream : public httplib::Stream {
 public:
  explicit HeadStream(std::string head) : head_(std::move(head)) {}

  bool is_readable() const override { return read_ < head_.size(); }
  bool is_writable() const override { return true; }
  ssize_t read(char* bytes, std::size_t size) override {
    const std::size_t count = std::min(size, head_.size() - read_);
    std::copy_n(head_.data() + read_, count, bytes);
    read_ += count;
    return static_cast<ssize_t>(count);
  }
  ssize_t write(const char*, std::size_t size) override {
    return static_cast<ssize_t>(size);
  }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return 0; }

 private:
  std::string head_;
  std::size_t read_ = 0;
};

void Say(RequestKind kind, std::string text, std::string_view content_type,
         CacheKind cache) {
  Answer& answer = passage->answer;
  answer.status = 200;
  answer.kind = kind;
  answer.Set("Content-Type", content_type);
  answer.Set("Cache-Control", CacheControl(cache));
  answer.body = std::move(text);
}

void SayError(int status, std::string_view reason) {
  const RequestKind kind = passage->answer.kind;
  passage->answer = ErrorAnswer(status, reason);
  passage->answer.kind = kind;
}

void SayPage(std::string html, std::string_view policy) {
  Say(RequestKind::kPage, std::move(html), kHtml, CacheKind::kPage);
  passage->answer.Set("Content-Security-Policy", policy);
}

void SayAsset(const std::string& name) {
  if (name == "aladin.js")
    if (const auto file = AladinScript()) {
      Say(RequestKind::kPage, "", "text/javascript; charset=utf-8",
          CacheKind::kTile);
      passage->answer.body = FilePart{file, 0, file->byte_count()};
      return;
    }
  const auto asset = FindAsset(name);
  if (!asset) return SayError(404, "no such file");
  Say(RequestKind::kPage, std::string(asset->bytes), asset->content_type,
      CacheKind::kPage);
}

// "/ASTRON/P/x", "ASTRON/P/x" or "ivo://ASTRON/P/x", or a URL of this server.
const ServedHips* FindHips(const Collection& collection, std::string name,
                           const std::string& base_url) {
  if (name.starts_with(base_url + "/")) name = name.substr(base_url.size());
  if (name.starts_with("ivo://")) name = name.substr(5);
  std::replace(name.begin(), name.end(), '?', '/');
  if (!name.starts_with('/')) name = "/" + name;
  while (name.ends_with('/')) name.pop_back();
  const auto match = collection.Find(name);
  return match.rest ? nullptr : match.hips;
}

HipsRecords RecordsOf(const Collection& collection) {
  HipsRecords records;
  for (const auto& hips : collection.all()) {
    try {
      const auto known = hips->state();
      records.push_back((known ? known : hips->Learn())->record);
    } catch (const Error& error) {
      LogWarning(error.In(hips->path()).what());
    }
  }
  return records;
}

void Query(const httplib::Request&) {
  const MocQuery query = MocQuery::Parse(passage->query());
  QueryAnswer answer = AnswerMocQuery(
      query, RecordsOf(passage->site.collection), passage->base_url());
  Say(RequestKind::kQuery, std::move(answer.body), answer.content_type,
      CacheKind::kPage);
}

void SayMoc(const httplib::Request& asked) {
  passage->answer.kind = RequestKind::kMoc;
  const auto match = passage->site.collection.Find(asked.matches[1].str());
  if (match.hips == nullptr || match.rest)
    return SayError(404, "no such HiPS here");
  const auto state = match.hips->Learn();
  passage->answer.meter = match.hips->meter();
  const auto query = passage->query();
  const auto value = [&](std::string_view name, const std::string& none) {
    const auto found =
        std::find_if(query.begin(), query.end(),
                     [&](const auto& pair) { return pair.first == name; });
    return found == query.end() ? none : found->second;
  };
  const MocFormat format = ParseMocFormat(value("fmt", "fits"));
  const auto order = ParseMocOrder(value("order", ""));
  HipsMeter* meter = match.hips->meter();
  QueryAnswer answer =
      EncodeMoc(CoarserMoc(state->index.coverage(), order), format);
  // Of the frame of the HiPS, which only FITS can tell.
  if (format == MocFormat::kFits && !order) {
    const Bytes bytes = state->index.MocFits();
    answer.body.assign(reinterpret_cast<const char*>(bytes.data()),
                       bytes.size());
  } else if (!state->record->moc) {
    throw Error(ErrorKind::kUsage,
                "the coverage of a HiPS that is not in ICRS is to be had as "
                "fmt=fits without order only");
  }
  Say(RequestKind::kMoc, std::move(answer.body), answer.content_type,
      CacheKind::kDatum);
  passage->answer.meter = meter;
}

void CutOut() {
  const Workshop::Limits& limits = passage->site.workshop->limits;
  if (!limits.cuts_out)
    throw Error(ErrorKind::kUsage, "this server makes no cut-outs");
  const Parameters parameters = passage->query();
  CutoutLimits bounds;
  bounds.max_pixels = limits.cutout_pixels;
  const CutoutRequest request = ParseCutoutRequest(parameters, bounds);
  const ServedHips* hips =
      FindHips(passage->site.collection, request.hips, passage->base_url());
  if (hips == nullptr)
    throw Error(ErrorKind::kUsage,
                Format("hips={}: no such HiPS here; /hipslist has them all",
                       Shown(request.hips)));
  const auto state = hips->Learn();
  if (!state->facts) throw Error(ErrorKind::kUsage, state->no_facts);
  const std::string key = Format("{}|{}|hips2fits?{}", hips->path(), state->key,
                                 QueryOf(passage->request.target));
  auto made = passage->site.workshop->answers.Find(key);
  if (!made) {
    const Cutout cutout = MakeCutout(hips->files(), *state->facts, request,
                                     passage->site.workshop->tiles);
    made = MadeAnswer{std::make_shared<const std::string>(
                          reinterpret_cast<const char*>(cutout.bytes.data()),
                          cutout.bytes.size()),
                      cutout.content_type, ""};
    passage->site.workshop->answers.Keep(key, *made);
  }
  Say(RequestKind::kCutout, "", made->content_type, CacheKind::kDatum);
  passage->answer.body = made->text;
  passage->answer.meter = hips->meter();
}

// hips2fits tells errors as JSON.
void CutOutGuarded(const httplib::Request&) {
  passage->answer.kind = RequestKind::kCutout;
  try {
    CutOut();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kIo) throw;
    const int status = error.kind() == ErrorKind::kUsage ? 400 : 500;
    Say(RequestKind::kCutout, ErrorJson(error), "application/json",
        CacheKind::kPage);
    passage->answer.status = status;
  }
}

// The library's own server, without its sockets.
class Routes : public httplib::Server {
 public:
  Routes() {
    // Its loops end at once when they see no socket.
    svr_sock_ = 0;
    Add("/", [](const auto&) {
      SayPage(ListPageOf(passage->site.collection,
                         {passage->site.title, passage->base_url()}),
              ListSecurityPolicy());
    });
    Add("/-/(.+)", [](const auto& asked) { SayAsset(asked.matches[1].str()); });
    Add("/view(/.+)", [](const auto& asked) {
      auto page = ViewerPageOf(passage->site.collection,
                               {passage->site.title, passage->base_url()},
                               asked.matches[1].str());
      if (!page) return SayError(404, "no such HiPS here");
      SayPage(std::move(*page), ViewerSecurityPolicy());
    });
    Add("/hipslist", [](const auto&) {
      Say(RequestKind::kList,
          HipsListText(passage->site.collection, passage->base_url()), kPlain,
          CacheKind::kPage);
    });
    Add("/hipslist\\.json", [](const auto&) {
      Say(RequestKind::kList,
          HipsListJson(passage->site.collection, passage->base_url()),
          "application/json", CacheKind::kPage);
    });
    Add("/moc(/.+)", SayMoc);
    Add("/MocServer/query", Query);
    Add("/hips2fits", CutOutGuarded);
    Add("/metrics", [](const auto&) {
      if (passage->site.metrics == nullptr || !passage->site.shows_metrics)
        return SayError(404, "no metrics here");
      passage->site.metrics->SetCacheBytes(
          CacheName::kRendered, passage->site.workshop->answers.bytes());
      passage->site.metrics->SetCacheBytes(
          CacheName::kFiles, passage->site.workshop->tiles.figures().bytes);
      Say(RequestKind::kOther, passage->site.metrics->Text(),
          "text/plain; version=0.0.4; charset=utf-8", CacheKind::kPage);
    });
    set_exception_handler(
        [](const auto&, auto&, const std::exception_ptr& error) {
          SayFault(error);
        });
  }

  void Run(Passage& way) {
    passage = &way;
    // Headers stay here: the library has its own ideas about some of them.
    // So does the query: it may be longer than the library takes, and hold a
    // second '?'.
    HeadStream stream("GET " +
                      EncodePath(PathOf(way.request.target).value_or("/")) +
                      " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    bool closed = false;
    process_request(stream, true, closed, nullptr);
    passage = nullptr;
  }

 private:
  using Handler = std::function<void(const httplib::Request&)>;

  void Add(const char* pattern, Handler handler) {
    Get(pattern, [handler = std::move(handler)](const httplib::Request& asked,
                                                httplib::Response& response) {
      handler(asked);
      response.status = 200;
    });
  }

  static void SayFault(const std::exception_ptr& fault) {
    try {
      std::rethrow_exception(fault);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kUsage) return SayError(400, error.what());
      LogError(error.In(passage->request.target).what());
    } catch (const std::exception& error) {
      LogError(passage->request.target + ": " + error.what());
    }
    SayError(500, "the server has a fault; its log says which");
  }
};

}  // namespace

std::string BaseUrl(const Site& site, const Request& request) {
  if (!site.public_url.empty()) return site.public_url;
  const std::string host = request.Get("Host").value_or("");
  // Told by a trusted proxy; what others tell does not come this far.
  const bool is_https = request.Get("X-Forwarded-Proto") == "https";
  return host.empty() ? site.listen_url
                      : (is_https ? "https://" : "http://") + host;
}

Answer RouteOwn(const Site& site, const Request& request) {
  static Routes routes;
  Passage way{site, request,
              ErrorAnswer(404, "no such file in this collection")};
  // Short: what is missing now may be there after the next release.
  way.answer.Set("Cache-Control", "public, max-age=60");
  routes.Run(way);
  return std::move(way.answer);
}

}  // namespace hips
