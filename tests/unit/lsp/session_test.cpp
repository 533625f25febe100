// Sessions with random edits: the server's text is the client's, and what it says after any edits is what a server
// says that has seen nothing but the result.

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "core/support/utf8.h"
#include "lsp/session/workspace.h"
#include "tests/support/catch.h"
#include "tests/support/lsp/session_driver.h"

using namespace ruff;
using namespace ruff::lsp;
using ruff::tests::SessionDriver;

namespace {

using Random = std::mt19937;

std::size_t below(Random& random, std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random); }

constexpr const char* kPieces[] = {
    "a", " ", "\n", "\r\n", "é", "漢", "🎉", "x := 1\n", "{", "}", "\"", "${", "func f(a) { return a }\n", "print(f(x))\n", ".", "# note\n",
    "await f(1)\n", "for i in [1, 2] { print(i) }\n", "struct P { y: int }\n", "P { y: 2 }.y\n", "import m\n",
};

std::string random_text(Random& random, std::size_t pieces) {
    std::string text;
    for (std::size_t i = 0; i < pieces; ++i) text += kPieces[below(random, std::size(kPieces))];
    return text;
}

/// Back to where a character of a text that is UTF-8 begins, and never between CR and LF.
std::uint32_t boundary_before(const std::string& text, std::uint32_t at) {
    while (at > 0 && at < text.size() && utf8::is_continuation(text[at])) --at;
    if (at > 0 && at < text.size() && text[at] == '\n' && text[at - 1] == '\r') --at;
    return at;
}

std::uint32_t random_boundary(Random& random, const std::string& text) {
    return boundary_before(text, static_cast<std::uint32_t>(below(random, text.size() + 1)));
}

/// Written down from the protocol, without a line index.
Json position_of(const std::string& text, std::uint32_t offset, PositionEncoding encoding) {
    std::int64_t line = 0, column = 0;
    for (std::uint32_t at = 0; at < offset;) {
        const utf8::Decoded decoded = utf8::decode(text, at);
        at += decoded.size;
        if (decoded.code_point == '\n') {
            ++line;
            column = 0;
        } else if (encoding == PositionEncoding::Utf8) {
            column += decoded.size;
        } else {
            column += encoding == PositionEncoding::Utf16 && decoded.code_point > 0xFFFF ? 2 : 1;
        }
    }
    return make_object("line", line, "character", column);
}

std::filesystem::path nowhere() { return "/nowhere/at/all"; }

}  // namespace

TEST_CASE("incremental changes give the text that the client has") {
    Random random(20'26);
    for (const PositionEncoding encoding : {PositionEncoding::Utf8, PositionEncoding::Utf16, PositionEncoding::Utf32}) {
        std::string oracle = random_text(random, 40);
        for (int step = 0; step < 400; ++step) {
            const auto before = make_source("edited.ruff", oracle);
            Json changes{Json::Array{}};
            // Several in one message, half of the time from the end to the beginning.
            const bool goes_back = below(random, 2) == 0;
            std::uint32_t limit = static_cast<std::uint32_t>(oracle.size());
            for (std::size_t i = 0, count = 1 + below(random, 4); i < count; ++i) {
                const std::uint32_t end = boundary_before(oracle, std::min(limit, random_boundary(random, oracle)));
                const std::uint32_t begin = boundary_before(oracle, end - static_cast<std::uint32_t>(below(random, std::min(end, 12u) + 1)));
                const std::string piece = random_text(random, below(random, 3));
                const Json range = make_object("start", position_of(oracle, begin, encoding), "end", position_of(oracle, end, encoding));
                changes.push(make_object("range", range, "text", piece));
                oracle.replace(begin, end - begin, piece);
                limit = goes_back ? begin : static_cast<std::uint32_t>(oracle.size());
            }
            REQUIRE(changed_text(*before, changes, encoding) == oracle);
            if (oracle.size() > 400) oracle.resize(boundary_before(oracle, 200));
        }
        Json whole{Json::Array{}};
        whole.push(make_object("range", make_object(), "text", "lost"));
        whole.push(make_object("text", "whole\n"));
        whole.push(make_object("range", make_object("start", make_object("line", 1), "end", make_object("line", 1)), "text", "more"));
        CHECK(changed_text(*make_source("edited.ruff", oracle), whole, encoding) == "whole\nmore");
    }
}

TEST_CASE("a change outside the text is one at its edge") {
    const auto at = [](int line, int character) { return make_object("line", line, "character", character); };
    const auto change = [&](Json start, Json end, const char* text) {
        return make_object("range", make_object("start", std::move(start), "end", std::move(end)), "text", text);
    };
    const auto before = make_source("edited.ruff", "ab\ncd");
    Json changes{Json::Array{}};
    changes.push(change(at(0, 99), at(0, 99), "!"));
    CHECK(changed_text(*before, changes, PositionEncoding::Utf16) == "ab!\ncd");
    changes.push(change(at(9, 0), at(9, 9), "?"));
    CHECK(changed_text(*before, changes, PositionEncoding::Utf16) == "ab!\ncd?");
    changes.push(change(at(1, 1), at(0, 1), "-"));
    CHECK(changed_text(*before, changes, PositionEncoding::Utf16) == "ab!\nc-d?");
}

TEST_CASE("after random edits a server says what a fresh one says") {
    Random random(7);
    for (const std::string encoding : {"utf-8", "utf-16"}) {
        SessionDriver driver(nowhere(), {encoding, {}, false});
        driver.open("main.ruff", random_text(random, 30));
        driver.open("m.ruff", "export func g() { return 1 }\n");
        for (int step = 0; step < 120; ++step) {
            const std::string& text = driver.text("main.ruff");
            const std::uint32_t begin = random_boundary(random, text);
            const std::uint32_t end = random_boundary(random, text);
            const bool deletes = below(random, 3) == 0 && begin < end && end - begin < 20;
            driver.change("main.ruff", begin, deletes ? end : begin, random_text(random, below(random, 3)));
            if (step % 10 != 0) continue;
            SessionDriver fresh(nowhere(), {encoding, {}, false});
            fresh.open("m.ruff", driver.text("m.ruff"));
            fresh.open("main.ruff", driver.text("main.ruff"));
            INFO(driver.text("main.ruff"));
            CHECK(write_json(driver.diagnostics("main.ruff")) == write_json(fresh.diagnostics("main.ruff")));
            const Json document = driver.document("main.ruff");
            for (const char* method : {"textDocument/documentSymbol", "textDocument/foldingRange", "textDocument/documentLink"}) {
                CHECK(write_json(driver.request(method, document)) == write_json(fresh.request(method, document)));
            }
        }
        CHECK(driver.mistakes().empty());
    }
}

TEST_CASE("differences of semantic tokens lead to the whole") {
    Random random(11);
    SessionDriver driver(nowhere(), {"utf-16", {}, false});
    driver.open("main.ruff", "func f(a) { return a }\nlet x := f(1)\n");
    const Json document = driver.document("main.ruff");
    Json answer = driver.request("textDocument/semanticTokens/full", document);
    Json::Array data = answer["data"].items();
    std::string id(answer["resultId"].text());
    for (int step = 0; step < 60; ++step) {
        const std::uint32_t at = random_boundary(random, driver.text("main.ruff"));
        driver.change("main.ruff", at, at, below(random, 2) == 0 ? "\nprint(f(2))\n" : "let y := 1\n");
        Json params = document;
        params.set("previousResultId", id);
        const Json delta = driver.request("textDocument/semanticTokens/full/delta", params);
        REQUIRE(delta.has("edits"));
        for (const Json& edit : delta["edits"].items()) {
            const auto begin = data.begin() + *edit["start"].integer();
            data.erase(begin, begin + *edit["deleteCount"].integer());
            const Json::Array& added = edit["data"].items();
            data.insert(data.begin() + *edit["start"].integer(), added.begin(), added.end());
        }
        id = delta["resultId"].text();
        SessionDriver fresh(nowhere(), {"utf-16", {}, false});
        fresh.open("main.ruff", driver.text("main.ruff"));
        const Json whole = fresh.request("textDocument/semanticTokens/full", document);
        REQUIRE(write_json(Json(data)) == write_json(whole["data"]));
    }
}

TEST_CASE("each request has one answer, in any phase") {
    std::vector<Json> answers;
    std::mutex mutex;
    Server server([&](std::string_view body) {
        const std::lock_guard lock(mutex);
        answers.push_back(*parse_json(body));
    });
    const auto code_of = [&](int id) {
        std::int64_t code = 1;
        int count = 0;
        for (const Json& answer : answers) {
            if (answer["id"].integer() != id || answer.has("method")) continue;
            ++count;
            code = answer["error"]["code"].integer().value_or(0);
        }
        CHECK(count == 1);
        return code;
    };
    const auto ask = [&](int id, std::string_view method, Json params) {
        server.receive(request_text(Json(id), method, params));
        server.settle();
    };
    ask(1, "textDocument/hover", make_object());
    CHECK(code_of(1) == -32002);
    ask(2, "initialize", make_object("capabilities", make_object()));
    CHECK(code_of(2) == 0);
    ask(3, "initialize", make_object());
    CHECK(code_of(3) == -32600);
    ask(4, "no/such", make_object());
    CHECK(code_of(4) == -32601);
    ask(5, "textDocument/hover", make_object("textDocument", make_object("uri", "file:///x.ruff")));
    CHECK(code_of(5) == -32602);
    server.receive(request_text(Json(6), "workspace/symbol", make_object("query", "")));
    server.receive(notification_text("$/cancelRequest", make_object("id", 6)));
    server.settle();
    CHECK(code_of(6) == -32800);
    server.receive(request_text(Json(7), "shutdown", Json()));
    server.receive(request_text(Json(9), "workspace/symbol", make_object("query", "")));
    server.settle();
    CHECK(code_of(7) == 0);
    CHECK(code_of(9) == -32600);
    ask(8, "textDocument/hover", make_object());
    CHECK(code_of(8) == -32600);
    server.receive(notification_text("exit", Json()));
    server.settle();
    CHECK(server.has_exited());
    CHECK(server.run() == 0);
}

TEST_CASE("an edit takes away the answers it makes useless") {
    std::vector<Json> answers;
    std::mutex mutex;
    Server server([&](std::string_view body) {
        const std::lock_guard lock(mutex);
        answers.push_back(*parse_json(body));
    });
    server.receive(request_text(Json(1), "initialize", make_object("capabilities", make_object())));
    const Json document = make_object("uri", "untitled:One", "version", 1, "text", "let x := 1\n");
    server.receive(notification_text("textDocument/didOpen", make_object("textDocument", document)));
    const Json place = make_object("textDocument", make_object("uri", "untitled:One"), "position", make_object("line", 0, "character", 4));
    server.receive(request_text(Json(2), "textDocument/hover", place));
    server.settle();
    CHECK(answers.back()["result"]["contents"]["value"].text().find("let x: int") != std::string_view::npos);
    // Both wait when the writer comes to them: the change stops what is not answered by then, once.
    server.receive(request_text(Json(3), "textDocument/references", place));
    Json changes;
    changes.push(make_object("text", "let y := 2\n"));
    server.receive(notification_text("textDocument/didChange", make_object("textDocument", make_object("uri", "untitled:One", "version", 2),
                                                                           "contentChanges", std::move(changes))));
    server.settle();
    int count = 0;
    for (const Json& answer : answers) {
        if (answer["id"].integer() != 3) continue;
        ++count;
        const std::int64_t code = answer["error"]["code"].integer().value_or(0);
        CHECK((code == 0 || code == -32801));
    }
    CHECK(count == 1);
}

// ---- Robustness ----------------------------------------------------------------------------------------------

TEST_CASE("documents that are opened twice, changed when closed, untitled or oddly named are served") {
    SessionDriver driver(nowhere(), {"utf-16", {}, false});
    driver.open("with space 100%.ruff", "let größe := missing\n");
    CHECK_FALSE(driver.diagnostics("with space 100%.ruff").items().empty());
    driver.open("with space 100%.ruff", "let größe := 1\nprint(größe)\n");
    CHECK(driver.diagnostics("with space 100%.ruff").items().empty());
    driver.open("untitled:Untitled-1", "print(missing)\n");
    CHECK(driver.diagnostics("untitled:Untitled-1").items().size() == 1);
    const std::size_t before = driver.messages().size();
    driver.notify("textDocument/didChange", make_object("textDocument", make_object("uri", "file:///never/opened.ruff", "version", 2),
                                                        "contentChanges", Json::Array{}));
    driver.notify("textDocument/didClose", driver.document("never.ruff"));
    driver.notify("no/such", make_object());
    driver.notify("$/setTrace", make_object("value", "off"));
    CHECK(driver.messages().size() == before);
    driver.close("untitled:Untitled-1");
    CHECK(driver.request("textDocument/hover", driver.document("untitled:Untitled-1"))["error"]["code"].integer() == -32602);
    CHECK(driver.mistakes().empty());
}

TEST_CASE("an untitled document imports nothing") {
    SessionDriver driver(nowhere(), {"utf-16", {}, false});
    const Json document = make_object("uri", "untitled:One", "languageId", "ruff", "version", 1, "text", "import lib\nprint(lib.f())\n");
    driver.notify("textDocument/didOpen", make_object("textDocument", document));
    const Json place = make_object("textDocument", make_object("uri", "untitled:One"), "position", make_object("line", 1, "character", 10));
    CHECK_FALSE(driver.request("textDocument/completion", place).has("error"));
    std::string said;
    for (const Json& message : driver.messages()) {
        if (message["params"]["uri"].text() == "untitled:One") said = message["params"]["diagnostics"].items()[0]["message"].text();
    }
    CHECK(said == "Module not found: lib\nhelp: save the document first: modules are sought beside its file");
}

TEST_CASE("messages that are none get the error of the protocol, and nothing else happens") {
    SessionDriver driver(nowhere(), {"utf-16", {}, false});
    const auto code_after = [&](std::string_view body) {
        driver.send_raw(body);
        return driver.messages().back()["error"]["code"].integer();
    };
    CHECK(code_after("{") == -32700);
    CHECK(code_after("[]") == -32600);
    CHECK(code_after("7") == -32600);
    CHECK(code_after(R"({"jsonrpc":"2.0"})") == -32600);
    CHECK(code_after(R"({"jsonrpc":"2.0","id":{},"method":"shutdown"})") == -32600);
    CHECK(code_after(R"({"jsonrpc":"2.0","id":"text","method":"no/such"})") == -32601);
    CHECK(code_after(R"({"jsonrpc":"2.0","id":1.5,"method":"shutdown"})") == -32600);
    CHECK(code_after(R"({"jsonrpc":"2.0","id":900,"method":"textDocument/hover","params":7})") == -32600);
    CHECK(code_after(R"({"jsonrpc":"2.0","id":901,"method":"textDocument/hover","params":{"textDocument":[]}})") == -32602);
    // Answers to what nobody asked are heard and forgotten.
    const std::size_t before = driver.messages().size();
    driver.send_raw(R"({"jsonrpc":"2.0","id":77,"result":null})");
    driver.send_raw(R"({"jsonrpc":"2.0","id":"x","error":{"code":1,"message":"no"}})");
    CHECK(driver.messages().size() == before);
    driver.open("main.ruff", "print(1)\n");
    CHECK(driver.diagnostics("main.ruff").items().empty());
}

TEST_CASE("positions far outside are taken as the edge") {
    SessionDriver driver(nowhere(), {"utf-16", {}, false});
    driver.open("main.ruff", "let x := 1\nprint(x)");
    for (const char* position : {R"({"line":99,"character":99})", R"({"line":-1,"character":-1})", R"({"line":1e300,"character":4294967296})", "null"}) {
        Json params = driver.document("main.ruff");
        params.set("position", *parse_json(position)).set("newName", "y").set("context", make_object("includeDeclaration", true));
        for (const char* method : {"textDocument/hover", "textDocument/completion", "textDocument/references", "textDocument/rename",
                                   "textDocument/signatureHelp", "textDocument/prepareCallHierarchy"}) {
            const Json answer = driver.request(method, params);
            CHECK(answer["error"]["message"].text() != "no answer");
            CHECK(answer["error"]["code"].integer() != -32603);
        }
    }
    CHECK(driver.mistakes().empty());
}

TEST_CASE("a storm of cancellations is answered once each") {
    std::map<std::int64_t, int> answers;
    std::mutex mutex;
    Server server([&](std::string_view body) {
        const std::lock_guard lock(mutex);
        const Json message = *parse_json(body);
        if (!message.has("method")) ++answers[message["id"].integer().value_or(-1)];
    });
    server.receive(request_text(Json(0), "initialize", make_object("capabilities", make_object())));
    const Json document = make_object("uri", "untitled:One", "version", 1, "text", "let x := 1\n");
    server.receive(notification_text("textDocument/didOpen", make_object("textDocument", document)));
    constexpr int kCount = 500;
    std::thread reader([&] {
        for (int id = 1; id <= kCount; ++id) {
            server.receive(request_text(Json(id), id % 2 == 0 ? "workspace/symbol" : "textDocument/documentSymbol",
                                        make_object("query", "x", "textDocument", make_object("uri", "untitled:One"))));
            server.receive(notification_text("$/cancelRequest", make_object("id", id % 3 == 0 ? id : id - 1)));
        }
    });
    for (int i = 0; i < 20; ++i) server.settle();
    reader.join();
    server.settle();
    CHECK(answers.size() == kCount + 1);
    for (const auto& [id, count] : answers) CHECK(count == 1);
}

TEST_CASE("an id is free again when its request is answered, and not before") {
    SessionDriver driver(nowhere(), {"utf-16", {}, false});
    driver.open("main.ruff", "print(1)\n");
    const std::string body = request_text(Json(5000), "textDocument/documentSymbol", driver.document("main.ruff"));
    driver.send_raw(body);
    driver.send_raw(body);
    CHECK(driver.messages().back().has("result"));
    driver.server().receive(body);
    driver.server().receive(body);
    driver.server().settle();
    int results = 0, refusals = 0;
    for (const Json& message : driver.messages()) {
        if (message["id"].integer() != 5000) continue;
        results += message.has("result") ? 1 : 0;
        refusals += message["error"]["code"].integer() == -32600 ? 1 : 0;
    }
    // Whether the second of two was too early depends on how quick the first was; every one has its answer.
    CHECK(results + refusals == 4);
    CHECK(results >= 3);
}

TEST_CASE("a module that a link finds outside of the package is none, as for the command") {
    namespace fs = std::filesystem;
    const fs::path folder = fs::temp_directory_path() / ("ruff-lsp-outside-" + std::to_string(getpid()));
    fs::create_directories(folder / "package");
    std::ofstream(folder / "package/rufflang.toml") << "";
    std::ofstream(folder / "outside.ruff") << "export func f() { return 1 }\n";
    std::ofstream(folder / "package/inside.ruff") << "export func g() { return 1 }\n";
    fs::create_symlink("../outside.ruff", folder / "package/linked.ruff");
    fs::create_symlink("inside.ruff", folder / "package/near.ruff");
    fs::create_directory_symlink("package", folder / "also");
    for (const char* root : {"package", "also"}) {
        SessionDriver driver(folder / root, {"utf-8", {}, false});
        driver.open("main.ruff", "import linked\nfrom near import g\nprint(linked.f(), g())\n");
        const Json found = driver.diagnostics("main.ruff");
        REQUIRE(found.items().size() == 1);
        CHECK(found.items()[0]["message"].text() == "Module linked lies outside the package root " + (folder / "package").native());
        CHECK(driver.mistakes().empty());
    }
    fs::remove_all(folder);
}

TEST_CASE("links that lead in circles and a workspace that is everything end") {
    namespace fs = std::filesystem;
    const fs::path folder = fs::temp_directory_path() / ("ruff-lsp-links-" + std::to_string(getpid()));
    fs::create_directories(folder / ".hidden");
    fs::create_directory_symlink(folder, folder / "loop");
    std::ofstream(folder / "a.ruff") << "export func only_here() { }\n";
    std::ofstream(folder / ".hidden/b.ruff") << "export func not_here() { }\n";
    SessionDriver driver(folder, {"utf-16", {}, false});
    CHECK(driver.request("workspace/symbol", make_object("query", "only_here")).items().size() == 1);
    CHECK(driver.request("workspace/symbol", make_object("query", "not_here")).items().empty());
    SessionDriver everything("/", {"utf-16", {}, false});
    CHECK(everything.request("workspace/symbol", make_object("query", "only_here")).items().empty());
    fs::remove_all(folder);
    CHECK(driver.mistakes().empty());
}
